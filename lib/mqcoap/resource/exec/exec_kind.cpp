#include <mqcoap/resource/backend/child_keys.hpp>
#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/exec/argument_checks.hpp>
#include <mqcoap/resource/exec/exec.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t largest_output = std::size_t{16} << 20;

struct exec_keys : backend_keys {
  located<std::vector<std::string>> exec;
  environment_list environment;
  std::optional<located<bool>> body_to_input;
  std::optional<located<pattern_list>> paths;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::size_t> max;
  std::optional<located<method_set>> methods;
};

value_type<std::size_t> part_number() {
  const std::string expected = "a number from 1 to 9";
  return {expected, string_schema("^[1-9]$"),
          [expected](const node& n, read_context& ctx) -> std::optional<std::size_t> {
            if (n.text.size() == 1 && n.text[0] >= '1' && n.text[0] <= '9')
              return static_cast<std::size_t>(n.text[0] - '0');
            mismatch(n, expected, ctx);
            return std::nullopt;
          }};
}

/// Reads a regular expression that a whole segment has to match, as a schema.
value_type<json_schema> segment_pattern() {
  const std::string expected = "a regular expression of RE2, as a text";
  return refine(
      text(expected), expected, string_schema(),
      [](const std::string& regex, const node& n, read_context& ctx) -> std::optional<json_schema> {
        const auto why = reading::find_regex_fault(regex);
        if (why) {
          ctx.faults.error(n, "the regular expression cannot be used: " + *why);
          return std::nullopt;
        }
        return json_schema::compile(boost::json::object{{"pattern", "^(?:" + regex + ")$"}}).value();
      });
}

std::optional<kind_options> build_exec(const exec_keys& keys, const kind_place& at) {
  const auto methods = keys.methods ? keys.methods->value : method_set{method::get};
  check_arguments(
      {keys.exec, methods, keys.schema.has_value(), at.path.value, keys.paths ? &*keys.paths : nullptr},
      at.faults);
  if (keys.body_to_input && !methods.contains(method::put) && !methods.contains(method::post))
    at.faults.error(*keys.body_to_input->at->key, "`stdin: body` needs PUT or POST in `methods`");
  exec_options options;
  options.program = {keys.exec.value, build_environment(keys.environment), keys.body_to_input.has_value()};
  if (keys.paths)
    for (const auto& each : keys.paths->value) options.paths.emplace(each.name.value, each.value);
  options.timeout = keys.timeout.value_or(std::chrono::milliseconds(0));
  options.most = keys.max.value_or(at.limits.payload);
  options.front = build_backend_options(keys, methods, at);
  return options;
}

}  // namespace

const kind_module& exec_kind() {
  using keys = exec_keys;
  static const kind_table<keys> table{
      with_backend_keys<keys>(
          {key<keys>(
               "exec", with_place(program_and_arguments()), another_kind(),
               "A program that runs for each request, and its arguments: `[df, --output=pcent, /]`. No shell "
               "is used. `{body}` and `{path.N}` in an argument stand for the body of a PUT or POST and for "
               "the N-th `*` of the path; `schema` and `paths` restrict their values. A value that begins "
               "with `-` is refused where it could be an option, that is at the beginning of an argument "
               "that is not after `--`. Exit status 0 gives 205 with the program's output, or 204, 203 or "
               "202 for a PUT, POST or DELETE; any other status gives 500 with the end of its standard "
               "error. Processes that it leaves in its process group are killed.",
               &keys::exec),
           methods_key("[GET]", &keys::methods), environment_key(&keys::environment),
           key<keys>("stdin", with_place(choice<bool>({{"body", true}})),
                     presence::optional("standard input is empty"),
                     "`body`: the program reads the body of a PUT or POST from its standard input, as JSON",
                     &keys::body_to_input),
           key<keys>("paths",
                     with_place(map_of(part_number(), segment_pattern(),
                                       "a map from numbers to regular expressions")),
                     presence::optional("anything"),
                     "What the N-th `*` of the path may stand for: `{1: \"[xyz]\"}` (RE2, for the whole "
                     "segment); anything else gets 400",
                     &keys::paths),
           timeout_key("`limits.handler_timeout`", &keys::timeout),
           key<keys>(
               "max", size(1, largest_output), presence::optional("`limits.payload`"),
               "Bytes that the program may write; if it writes more, it is killed, and the request gets 500",
               &keys::max)}),
      build_exec,
      nullptr,
      {.takes_patterns = true}};
  return table;
}

}  // namespace mqcoap
