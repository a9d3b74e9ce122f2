#include <algorithm>
#include <mqcoap/resource/backend/child_keys.hpp>
#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/exec/argument.hpp>
#include <mqcoap/resource/exec/exec.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t largest_output = std::size_t{16} << 20;

using pattern_list = std::vector<named<std::size_t, json_schema>>;

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
  const std::string words = "a number from 1 to 9";
  return {words, string_schema("^[1-9]$"),
          [words](const node& n, read_context& ctx) -> std::optional<std::size_t> {
            if (n.text.size() == 1 && n.text[0] >= '1' && n.text[0] <= '9')
              return static_cast<std::size_t>(n.text[0] - '0');
            mismatch(n, words, ctx);
            return std::nullopt;
          }};
}

/// A regular expression that a whole segment has to match, as a schema.
value_type<json_schema> segment_pattern() {
  const std::string words = "a regular expression of RE2, as a text";
  return refine(
      text(words), words, string_schema(),
      [](const std::string& regex, const node& n, read_context& ctx) -> std::optional<json_schema> {
        const auto why = reading::find_regex_fault(regex);
        if (why) {
          ctx.faults.error(n, "the regular expression cannot be used: " + *why);
          return std::nullopt;
        }
        return json_schema::compile(boost::json::object{{"pattern", "^(?:" + regex + ")$"}}).value();
      });
}

bool is_interpreter(std::string_view program) {
  program.remove_prefix(program.rfind('/') + 1);  // also without one
  for (const std::string_view name : {"ash", "bash", "busybox", "dash", "fish", "ksh", "lua", "node", "perl",
                                      "php", "python", "ruby", "sh", "tclsh", "zsh"})
    if (program.starts_with(name)) return true;
  return false;
}

/// `-c`, `-lc`, `-e`
bool announces_script(std::string_view argument) {
  return argument.size() > 1 && argument[0] == '-' && argument[1] != '-' &&
         (argument.ends_with('c') || argument.ends_with('e'));
}

/// Reports a placeholder in what an interpreter runs: there, what a request brings would be a program.
void check_scripts(const std::vector<std::string>& argv, const node& at, report& faults) {
  const auto interpreter = std::find_if(argv.begin(), argv.end(), is_interpreter);
  if (interpreter == argv.end()) return;
  for (auto each = interpreter + 1; each != argv.end(); ++each)
    if (announces_script(*(each - 1)) && argument(*each).has_placeholder())
      faults.error(*at.items[static_cast<std::size_t>(each - argv.begin())],
                   "a placeholder in a script: what a request brings would be run",
                   "an argument of its own, as in [sh, -c, 'move \"$1\"', sh, \"{body}\"]");
}

class argument_checker {
 public:
  argument_checker(const exec_keys& keys, method_set methods, const kind_place& at)
      : keys_(keys), methods_(methods), faults_(at.faults), stars_(count_stars(at.path.value)) {}

  void check() {
    const auto& argv = keys_.exec.value;
    check_scripts(argv, *keys_.exec.at, faults_);
    for (std::size_t i = 0; i < argv.size(); ++i) check_argument(argv[i], *keys_.exec.at->items[i], i == 0);
    if (!keys_.paths) return;
    for (const auto& each : keys_.paths->value)
      if (each.name.value > stars_)
        faults_.error(*each.name.at, stars_words(each.name.value), "move/*: {exec: ...}");
  }

 private:
  static std::size_t count_stars(std::string_view path) {
    return static_cast<std::size_t>(std::count(path.begin(), path.end(), '*'));
  }
  std::string stars_words(std::size_t part) const {
    return "the path of the resource has no '*' of this number: " + std::to_string(part);
  }

  void check_argument(const std::string& written, const node& at, bool is_program) {
    const argument parsed(written);
    if (const auto wrong = argument::find_fault(written); !wrong.empty())
      faults_.error(at, "'" + wrong + "' is no placeholder", "{body}, {path.1}");
    if (is_program && parsed.has_placeholder())
      return faults_.error(at, "a request cannot choose the program");
    if (parsed.takes_body()) check_body(at);
    for (const auto part : parsed.path_parts()) check_part(part, at);
  }
  void check_body(const node& at) {
    if (!keys_.schema) faults_.error(at, "'{body}' needs a `schema`, which tells what a body may be");
    if (methods_.contains(method::get) || methods_.contains(method::del))
      faults_.error(at, "'{body}' is for PUT and POST, and a GET or DELETE is allowed", "methods: [PUT]");
  }
  void check_part(std::size_t part, const node& at) {
    const auto name = "{path." + std::to_string(part) + '}';
    if (part > stars_) return faults_.error(at, stars_words(part), "move/*: {exec: ...}");
    // A pattern at fault is reported by itself.
    const bool is_judged = keys_.paths && keys_.paths->at->find(std::to_string(part)) != nullptr;
    if (!is_judged)
      faults_.error(at, '\'' + name + "' needs a pattern, which tells what it may be",
                    "paths: {" + std::to_string(part) + ": \"[a-z]+\"}");
  }

  const exec_keys& keys_;
  const method_set methods_;
  report& faults_;
  const std::size_t stars_;
};

std::optional<kind_options> build_exec(const exec_keys& keys, const kind_place& at) {
  const auto methods = keys.methods ? keys.methods->value : method_set{method::get};
  argument_checker(keys, methods, at).check();
  if (keys.body_to_input && !methods.contains(method::put) && !methods.contains(method::post))
    at.faults.error(*keys.body_to_input->at->key, "neither PUT nor POST is allowed, which have a body");
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
               "exec", with_place(program_words()), another_kind(),
               "A program that runs for each request, and its arguments: `[df, --output=pcent, /]`. No "
               "shell is between. `{body}` and `{path.N}` in an argument stand for the body of a PUT or "
               "POST and for the N-th `*` of the path; `schema` and `paths` tell what they may be. What "
               "begins with `-` is refused where an option may stand, that is at the beginning of an "
               "argument that is not behind `--`. Status 0 is 205 with what the program writes, or 204, "
               "203 or 202 for a PUT, POST or DELETE; anything else is 500 with the end of its standard "
               "error. What it leaves running in its process group is ended with it.",
               &keys::exec),
           methods_key("[GET]", &keys::methods), environment_key(&keys::environment),
           key<keys>("stdin", with_place(choice<bool>({{"body", true}})),
                     presence::optional("nothing is to be read"),
                     "`body`: the program reads the body of a PUT or POST from its standard input, as JSON",
                     &keys::body_to_input),
           key<keys>(
               "paths",
               with_place(
                   map_of(part_number(), segment_pattern(), "a map from numbers to regular expressions")),
               presence::optional("anything"),
               "What the N-th `*` of the path may stand for: `{1: \"[xyz]\"}` (RE2, for all of it); anything "
               "else gets 400",
               &keys::paths),
           timeout_key("`limits.handler_timeout`", &keys::timeout),
           key<keys>("max", size(1, largest_output), presence::optional("`limits.payload`"),
                     "Bytes that the program may write; more get 500, and end it", &keys::max)}),
      build_exec,
      nullptr,
      {.takes_patterns = true}};
  return table;
}

}  // namespace mqcoap
