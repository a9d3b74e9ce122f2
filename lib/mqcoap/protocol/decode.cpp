#include <charconv>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/protocol/codec.hpp>
#include <mqcoap/protocol/envelope.hpp>
#include <optional>

namespace mqcoap {
namespace {

/// The number of bytes of a value that an error text quotes to identify it.
constexpr std::size_t longest_quote = 40;

/// Reads the whole text as an integer; JSON has no leading zeros or plus signs.
template <class Int>
std::optional<Int> to_integer(std::string_view text) noexcept {
  Int number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

bool is_json_integer(std::string_view text) noexcept {
  return !text.empty() && (is_digit(text.front()) || text.front() == '-') &&
         text.find_first_of(".eE") == std::string_view::npos;
}

bool is_string(std::string_view text) noexcept { return text.starts_with('"'); }

/// Reads the fields of one envelope; keeps the first fault.
class field_reader {
 public:
  field_reader(const envelope& e, const decode_rules& rules) : e_(e), rules_(rules) {}

  bool ok() const noexcept { return !fault_; }
  decode_fault take_fault() {
    add_echo(*fault_, e_, rules_);
    return *std::move(fault_);
  }
  void refuse(response_code code, std::string_view name, std::string message) {
    if (!fault_) fault_ = decode_fault{code, std::string(name), std::move(message), {}, {}};
  }
  void refuse(field f, std::string_view message) {
    refuse(is_option(f) ? response_code::bad_option : response_code::bad_request, to_string(f),
           "header." + std::string(to_string(f)) + ' ' + std::string(message));
  }

  method read_method() {
    const auto text = e_[field::method];
    std::string store;
    if (is_json_integer(text)) {
      const auto number = to_integer<std::int64_t>(text);
      if (number && *number >= 1 && *number <= 4) return static_cast<method>(*number);
    } else if (is_string(text)) {
      if (const auto m = parse_method(view_json_string(text, store))) return *m;
    } else {
      refuse(field::method, "must be GET, POST, PUT, DELETE or an integer from 1 to 4");
      return method::get;
    }
    // An unknown method is 405 and not 400 (RFC 7252 section 5.8).
    refuse(response_code::method_not_allowed, "method",
           "header.method " + log_safe(text, longest_quote) +
               " is unknown; there are GET, POST, PUT, DELETE (1 to 4)");
    return method::get;
  }

  response_code read_code() {
    const auto text = e_[field::response_code];
    const auto number = is_json_integer(text) ? to_integer<std::int64_t>(text) : std::nullopt;
    auto code =
        number ? (rules_.codes == code_rules::table ? to_response_code(*number) : fold_foreign_code(*number))
               : std::nullopt;
    if (!code) refuse(field::response_code, "must be an integer of the table of response codes");
    return code.value_or(response_code::internal_server_error);
  }

  std::optional<resource_path> read_path() {
    const auto text = e_[field::path];
    if (!is_string(text)) {
      refuse(field::path, text.empty() ? "is missing" : "must be a string");
      return std::nullopt;
    }
    std::string store;
    auto path = resource_path::parse(view_json_string(text, store), rules_.limits.path);
    if (path) return *std::move(path);
    if (path.error() == errc::too_large)
      refuse(field::path, "is longer than " + std::to_string(rules_.limits.path) + " bytes");
    else
      refuse(field::path,
             "must be segments joined by '/', none of them empty, '.' or '..', without control characters");
    return std::nullopt;
  }

  std::optional<request_id> read_id(field f) {
    const auto text = e_[f];
    if (text.empty() && f == field::request_id) refuse(f, "is missing");
    if (e_.lacks(f) && f == field::correlation_id) return std::nullopt;
    std::string store;
    const auto id = is_string(text) ? request_id::parse(view_json_string(text, store), rules_.ids)
                                    : result<request_id>(errc::invalid_id);
    if (id) return *id;
    refuse(f, rules_.ids == validation::strict
                  ? "must be a string of 32 hexadecimal digits, hyphens ignored"
                  : "must be a string of 1 to 64 characters of A-Z a-z 0-9 _ . -");
    return std::nullopt;
  }

  /// Reads a string, or returns an empty one if the field is absent. A malformed option is rejected with 402.
  std::string read_string(field f) {
    if (e_.lacks(f)) return {};
    if (!is_string(e_[f])) {
      refuse(f, "must be a string");
      return {};
    }
    auto text = decode_json_string(e_[f]);
    if (text.find('\0') != std::string::npos) refuse(f, "must not contain NUL");
    if (text.empty() && is_option(f)) refuse(f, "must not be empty");
    return text;
  }

  std::optional<unix_millis> read_timestamp() {
    const auto text = e_.timestamp;
    if (text.empty()) {
      if (rules_.ids == validation::strict)
        refuse(response_code::bad_request, "timestamp", "timestamp is missing");
      return std::nullopt;
    }
    std::string store;
    const auto unquoted = is_string(text) ? view_json_string(text, store) : text;
    if (const auto number = to_integer<std::int64_t>(unquoted)) return unix_millis{*number};
    refuse(response_code::bad_request, "timestamp",
           "timestamp must be milliseconds since 1970-01-01 UTC, an integer or a decimal string");
    return std::nullopt;
  }

  lazy<request_options> read_request_options() {
    if (!e_.has_options()) return {};
    request_options options;
    if (!e_.lacks(field::proxy_uri)) {
      auto to = address::parse(read_string(field::proxy_uri), rules_.limits.path);
      if (to)
        options.proxy_uri = *std::move(to);
      else
        refuse(field::proxy_uri, "must be TAG/SUBSYSTEM/PATH");
    }
    if (const auto wait = read_bounded(field::timeout_ms, 1, 24 * 3'600'000))
      options.timeout = std::chrono::milliseconds(*wait);
    if (const auto hops = read_bounded(field::hops, 0, 255)) options.hops = static_cast<unsigned>(*hops);
    options.etag = read_string(field::etag);
    options.if_match = read_string(field::if_match);
    if (e_[field::if_none_match] == "true")
      options.create_only = true;
    else
      options.if_none_match = read_string(field::if_none_match);
    options.accept = read_string(field::accept);
    options.content_format = read_string(field::content_format);
    options.traceparent = read_string(field::traceparent);
    options.critical = read_critical();
    return options;
  }

 private:
  std::optional<std::int64_t> read_bounded(field f, std::int64_t least, std::int64_t most) {
    if (e_.lacks(f)) return std::nullopt;
    const auto number = is_json_integer(e_[f]) ? to_integer<std::int64_t>(e_[f]) : std::nullopt;
    if (number && *number >= least && *number <= most) return number;
    refuse(f, "must be an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }

  std::string read_critical() {
    if (e_.lacks(field::critical)) return {};
    const auto list = json_text::from_validated(e_[field::critical]).value();
    if (!list.is_array()) {
      refuse(field::critical, "must be a list of option names");
      return {};
    }
    for (const auto& name : list.get_array()) {
      if (!name.is_string())
        refuse(field::critical, "must be a list of option names");
      else if (!is_known_option(name.get_string()))
        refuse(field::critical,
               "lists '" + log_safe(name.get_string(), longest_quote) + "', which is not understood here");
    }
    return std::string(e_[field::critical]);
  }

  const envelope& e_;
  const decode_rules& rules_;
  std::optional<decode_fault> fault_;
};

json_text body_of(const envelope& e) {
  return e.body.empty() ? json_text() : json_text::from_validated(e.body);
}

result<request, decode_fault> read_request(envelope& e, const decode_rules& rules) {
  field_reader read(e, rules);
  auto path = read.read_path();
  auto id = read.read_id(field::request_id);
  auto correlation = read.read_id(field::correlation_id);
  auto token = read.read_string(field::token);
  auto source = read.read_string(field::source);
  const auto sent_at = read.read_timestamp();
  const auto verb = read.read_method();
  auto options = read.read_request_options();
  if (!read.ok()) return read.take_fault();

  request r{verb,
            *std::move(path),
            *id,
            correlation,
            std::nullopt,
            std::move(source),
            body_of(e),
            sent_at,
            std::move(options),
            std::move(e.unknown)};
  if (!e.lacks(field::token)) r.token = secret(std::move(token));
  return r;
}

/// Passes on malformed options of a response like unknown fields, because they are meant for the caller.
response_options read_response_options(envelope& e) {
  response_options options;
  const auto pass_on = [&e](field f) {
    e.unknown.push_back({'"' + std::string(to_string(f)) + '"', std::string(e[f])});
  };
  const auto take = [&](field f, std::string& to) {
    if (e.lacks(f)) return;
    if (is_string(e[f]) && e[f] != "\"\"")
      to = decode_json_string(e[f]);
    else
      pass_on(f);
  };
  take(field::etag, options.etag);
  take(field::content_format, options.content_format);
  take(field::traceparent, options.traceparent);
  if (e.lacks(field::max_age)) return options;
  options.max_age = to_integer<std::uint32_t>(e[field::max_age]);
  if (!options.max_age) pass_on(field::max_age);
  return options;
}

result<response, decode_fault> read_response(envelope& e, const decode_rules& rules) {
  field_reader read(e, rules);
  const auto code = read.read_code();
  auto path = read.read_path();
  auto id = read.read_id(field::request_id);
  auto correlation = read.read_id(field::correlation_id);
  auto source = read.read_string(field::source);
  auto location = read.read_string(field::location);
  const auto sent_at = read.read_timestamp();
  if (!read.ok()) return read.take_fault();

  answer what;
  what.code = code;
  what.body = body_of(e);
  what.location = std::move(location);
  what.options = read_response_options(e);
  what.unknown = std::move(e.unknown);
  what.source = std::move(source);
  return response{std::move(what), *std::move(path), *id, correlation, sent_at};
}

result<general, decode_fault> read_general(const envelope& e, const decode_rules& rules) {
  field_reader read(e, rules);
  if (e.body.empty()) read.refuse(response_code::bad_request, "body", "body is missing");
  const auto sent_at = read.read_timestamp();
  if (!read.ok()) return read.take_fault();
  return general{body_of(e), sent_at};
}

bool is_response(const envelope& e) noexcept { return !e[field::response_code].empty(); }
/// With a response code, a null method counts as absent.
bool is_request(const envelope& e) noexcept {
  return !e[field::method].empty() && !(e.lacks(field::method) && is_response(e));
}

result<envelope, decode_fault> open_within_limit(std::string_view payload, const decode_rules& rules) {
  auto e = envelope::open(payload, rules);
  if (payload.size() <= rules.limits.payload) return e;
  decode_fault fault{response_code::request_entity_too_large,
                     {},
                     "the payload has " + std::to_string(payload.size()) + " bytes, the limit is " +
                         std::to_string(rules.limits.payload),
                     {},
                     {}};
  if (e) add_echo(fault, *e, rules);
  return fault;
}

template <class Result>
result<decoded_message, decode_fault> widen(Result read) {
  if (read) return decoded_message(*std::move(read));
  return std::move(read).error();
}

}  // namespace

result<decoded_message, decode_fault> decode(std::string_view payload, const decode_rules& rules) {
  auto e = open_within_limit(payload, rules);
  if (!e) return std::move(e).error();
  if (is_request(*e)) return widen(read_request(*e, rules));
  if (is_response(*e)) return widen(read_response(*e, rules));
  return widen(read_general(*e, rules));
}

result<request, decode_fault> decode_request(std::string_view payload, std::string_view topic_id,
                                             const decode_rules& rules) {
  auto e = open_within_limit(payload, rules);
  if (!e) return std::move(e).error();
  field_reader read(*e, rules);
  if (!is_request(*e)) {
    read.refuse(field::method, "is missing");
    return read.take_fault();
  }
  auto r = read_request(*e, rules);
  if (!r) return r;
  if (r->id.text() == topic_id) return r;
  const auto expected = request_id::parse(topic_id, rules.ids);
  if (expected && *expected == r->id) return r;
  read.refuse(field::request_id, "differs from the topic's; they must be the same id");
  return read.take_fault();
}

result<response, decode_fault> decode_response(std::string_view payload, const decode_rules& rules) {
  auto e = open_within_limit(payload, rules);
  if (!e) return std::move(e).error();
  if (is_response(*e) && !is_request(*e)) return read_response(*e, rules);
  field_reader read(*e, rules);
  if (is_request(*e))
    read.refuse(field::method, "makes this a request; a response has none");
  else
    read.refuse(field::response_code, "is missing");
  return read.take_fault();
}

}  // namespace mqcoap
