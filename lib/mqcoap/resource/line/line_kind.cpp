#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/line/line.hpp>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t largest_answer = std::size_t{16} << 20;

struct line_spec {
  std::optional<located<line_address>> to;
  std::optional<line_end> terminator;
  std::optional<line_end> send_terminator;
  milliseconds timeout{};
  milliseconds connect{};
  std::optional<milliseconds> idle;
  milliseconds settle{};
  milliseconds pause{};
  std::optional<milliseconds> drain;
  std::size_t max = 0;
  std::int64_t queue = 0;
  std::optional<bool> is_answered;
  std::optional<located<json_schema>> expect;
};

struct line_keys : backend_keys {
  located<line_spec> line;
  std::optional<located<line_template>> get;
  std::optional<located<line_template>> put;
  std::optional<located<line_template>> post;
  std::optional<located<json_schema>> rest;
};

constexpr char address_expected[] = "tcp://HOST:PORT or serial:///dev/NAME?baud=115200";

value_type<line_address> wire_address() {
  return refine(text(address_expected), address_expected, string_schema("^(tcp://|serial:///)."),
                [](const std::string& text, const node& n, read_context& ctx) -> std::optional<line_address> {
                  auto read = parse_line_address(text);
                  if (read) return *std::move(read);
                  mismatch(n, address_expected, ctx, read.error().message);
                  return std::nullopt;
                });
}

/// Reads a line. An invalid one is read as an empty line, so that it is not also reported as missing.
value_type<line_template> line_text() {
  const std::string expected = "a line like VOLT {body}";
  return {expected, string_schema(),
          [inner = text(expected)](const node& n, read_context& ctx) -> std::optional<line_template> {
            const auto text = inner.read(n, ctx);
            if (!text) return line_template{};
            auto read = line_template::parse(*text);
            if (read) return *std::move(read);
            ctx.faults.error(n, "this line cannot be sent: " + read.error().message);
            return line_template{};
          }};
}

/// Reads a regular expression. @param is_whole  true if it has to match the whole text
value_type<json_schema> pattern(bool is_whole) {
  const std::string expected = "a regular expression of RE2";
  return refine(
      text(expected), expected, string_schema(),
      [is_whole](const std::string& regex, const node& n, read_context& ctx) -> std::optional<json_schema> {
        const auto anchored = is_whole ? "^(?:" + regex + ")$" : regex;
        auto made = json_schema::compile({{"type", "string"}, {"pattern", anchored}});
        if (made) return *std::move(made);
        ctx.faults.error(n, "the regular expression cannot be used: " + made.error().message);
        return std::nullopt;
      });
}

value_type<line_end> terminator_word() {
  return choice<line_end>(
      {{"lf", line_end::lf}, {"crlf", line_end::crlf}, {"cr", line_end::cr}, {"nul", line_end::nul}});
}

template <class Target>
table_row<line_spec> time_key(const char* name, milliseconds least, presence when, const char* doc,
                              Target target) {
  return key<line_spec>(name, duration(least, 1h), std::move(when), doc, target);
}

const section<line_spec>& line_section() {
  static const section<line_spec> table{
      "line",
      "devices.TAG.resources.PATH.line",
      "An instrument that is controlled by lines of text, and the settings of its exchanges. Resources with "
      "the same address share one connection, on which one exchange runs at a time; each keeps its own "
      "settings.",
      {key<line_spec>("to", with_place(wire_address()), presence::required(),
                      "Its address: a TCP port, or a serial port with `baud` (9600), `parity` (`none`, "
                      "`odd`, `even`), `bits` (8), `stop` (1) and `flow` (`none`, `software`, `hardware`).",
                      &line_spec::to),
       key<line_spec>(
           "terminator", terminator_word(), "lf",
           "What ends a line of the instrument; a carriage return before a line feed belongs to it.",
           &line_spec::terminator),
       key<line_spec>("send_terminator", terminator_word(), presence::optional("as `terminator`"),
                      "What ends a line that is sent.", &line_spec::send_terminator),
       key<line_spec>("reply", choice<bool>({{"line", true}, {"none", false}}),
                      presence::optional("`line` where the line that is sent has a `?`, else `none`"),
                      "Whether the instrument answers a PUT and a POST with a line. Without an answer they "
                      "are done when they were sent. A GET always gets an answer.",
                      &line_spec::is_answered),
       key<line_spec>("expect", with_place(pattern(false)), presence::optional("anything"),
                      "A regular expression (RE2) that the answer to a PUT or POST has to match; else 502 "
                      "with the instrument's answer.",
                      &line_spec::expect),
       time_key("timeout", 1ms, "2s", "The time from sending to the end of the answer; then 504.",
                &line_spec::timeout),
       time_key("connect", 1ms, "2s", "The time for connecting; then 504.", &line_spec::connect),
       time_key("idle", 0ms, presence::optional("`30s`; a serial port stays open"),
                "A connection that was idle for this long is closed; `0s`: it stays open.", &line_spec::idle),
       time_key("settle", 0ms, "0s",
                "For this long after connecting, nothing is sent, and received data is dropped: for a board "
                "that restarts when its port is opened.",
                &line_spec::settle),
       time_key("pause", 0ms, "0s", "The delay from the end of an exchange to the next one.",
                &line_spec::pause),
       time_key(
           "drain", 0ms, presence::optional("`timeout` at a serial port; else `0s`"),
           "After a timeout the connection is reopened, and for this long a late answer is awaited, and "
           "dropped, before the next exchange: one that comes even later is taken for the next answer. Over "
           "TCP, only a converter to a serial line sends one.",
           &line_spec::drain),
       key<line_spec>("max", size(1, largest_answer), "64KiB", "Bytes of an answer; a longer one gets 502.",
                      &line_spec::max),
       key<line_spec>("queue", integer(1, 1024), "64", "Requests that may wait; a further one gets 503.",
                      &line_spec::queue)}};
  return table;
}

/// Reads an address alone, or a map.
value_type<line_spec> line_or_map() {
  const auto alone = wire_address();
  const auto map = map_with(line_section());
  const std::string expected = std::string(address_expected) + ", or a map";
  boost::json::object schema{{"anyOf", {boost::json::value(alone.schema), boost::json::value(map.schema)}}};
  return {expected, schema,
          [alone, map](const node& n, read_context& ctx) -> std::optional<line_spec> {
            if (n.is_map()) return map.read(n, ctx);
            auto at = alone.read(n, ctx);
            if (!at) return std::nullopt;
            line_spec spec;
            spec.to = {*std::move(at), &n};
            return spec;
          },
          map.section};
}

line_terms terms_of(const line_spec& spec) {
  const bool is_serial = std::holds_alternative<serial_address>(spec.to->value);
  line_terms terms;
  if (spec.terminator) terms.terminator = *spec.terminator;
  terms.send_terminator = spec.send_terminator.value_or(terms.terminator);
  if (spec.timeout.count() > 0) terms.timeout = spec.timeout;
  if (spec.connect.count() > 0) terms.connect = spec.connect;
  terms.idle = spec.idle.value_or(is_serial ? 0ms : terms.idle);
  terms.settle = spec.settle;
  terms.pause = spec.pause;
  terms.drain = spec.drain.value_or(is_serial ? terms.timeout : 0ms);
  if (spec.max > 0) terms.most = spec.max;
  if (spec.queue > 0) terms.queue = static_cast<std::size_t>(spec.queue);
  return terms;
}

/// Reports placeholders that have no value, or whose value is not restricted.
void check_placeholders(const line_keys& keys, const kind_place& at) {
  const bool is_tree = at.path.value.ends_with("**");
  for (const auto* const each : {&keys.get, &keys.put, &keys.post}) {
    if (!*each) continue;
    const auto& line = (*each)->value;
    if (line.has_body() && each == &keys.get)
      at.faults.error(*(*each)->at, "a GET has no body that could stand for {body}");
    else if (line.has_body() && !keys.schema)
      at.faults.error(*(*each)->at, "{body} needs a `schema` that says what it may be",
                      "schema: {type: number, minimum: 0, maximum: 30}");
    if (line.has_rest() && !is_tree)
      at.faults.error(*(*each)->at, "{rest} is what '**' stands for, and the path has none",
                      at.path.value + "/**");
    else if (line.has_rest() && !keys.rest)
      at.faults.error(*(*each)->at, "{rest} needs a pattern that says what it may be", "rest: '[1-4]'");
    if (is_tree && !line.has_rest())
      at.faults.error(*(*each)->at, "the path has '**', but {rest}, which stands for its value, is missing");
  }
  if (keys.rest && !is_tree)
    at.faults.error(*keys.rest->at->key, "`rest` says what '**' may stand for, and the path has none");
}

/// Reports the key `expect` if no answer to a PUT or POST is expected.
void check_expected(const line_keys& keys, report& faults) {
  const auto& spec = keys.line.value;
  const auto is_answered = [&spec](const std::optional<located<line_template>>& line) {
    return line && spec.is_answered.value_or(line->value.is_query());
  };
  if (spec.expect && !is_answered(keys.put) && !is_answered(keys.post))
    faults.error(*spec.expect->at, "no answer to a PUT or POST is expected", "reply: line");
}

std::optional<kind_options> build_line(const line_keys& keys, const kind_place& at) {
  method_set methods;
  if (keys.get) methods.insert(method::get);
  if (keys.put) methods.insert(method::put);
  if (keys.post) methods.insert(method::post);
  if (!keys.get && !keys.put && !keys.post) {
    at.faults.error(*keys.line.at, "one of `get`, `put` and `post` is required: the line that is sent");
    return std::nullopt;
  }
  check_placeholders(keys, at);
  check_expected(keys, at.faults);
  if (!keys.line.value.to) return std::nullopt;
  line_options options;
  options.at = keys.line.value.to->value;
  options.terms = terms_of(keys.line.value);
  if (keys.get) options.get = keys.get->value;
  if (keys.put) options.put = keys.put->value;
  if (keys.post) options.post = keys.post->value;
  options.is_answered = keys.line.value.is_answered;
  if (keys.line.value.expect) options.expect = keys.line.value.expect->value;
  if (keys.rest) options.rest = keys.rest->value;
  options.front = build_backend_options(keys, methods, at);
  return options;
}

}  // namespace

const kind_module& line_kind() {
  using keys = line_keys;
  static const kind_table<keys> table{
      with_backend_keys<keys>(
          {key<keys>("line", with_place(line_or_map()), another_kind(),
                     "An instrument that is controlled by lines of text, over TCP or a serial port.",
                     &keys::line),
           key<keys>(
               "get", with_place(line_text()), presence::optional("no GET"),
               "The line that is sent for a GET, like `MEAS:VOLT?`. With `parse: number`, SCPI's 9.9E37 and "
               "9.91E37 get 503",
               &keys::get),
           key<keys>(
               "put", with_place(line_text()), presence::optional("no PUT"),
               "The line that is sent for a PUT, like `VOLT {body}`: `{body}` stands for a number, a boolean "
               "or a text of ASCII without `;` and `?`, and needs a `schema`",
               &keys::put),
           key<keys>("post", with_place(line_text()), presence::optional("no POST"),
                     "The line that is sent for a POST; the answer is its body", &keys::post),
           key<keys>("rest", with_place(pattern(true)), presence::optional("no `{rest}`"),
                     "What may stand for the `**` of the path, and for `{rest}` in a line: a regular "
                     "expression (RE2) that matches all of it",
                     &keys::rest)}),
      build_line,
      nullptr,
      {.paths = subtree_paths::allowed}};
  return table;
}

}  // namespace mqcoap
