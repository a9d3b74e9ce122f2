#include <mqcoap/resource/exec/argument_checks.hpp>

#include <algorithm>
#include <mqcoap/resource/exec/argument.hpp>

namespace mqcoap {
namespace {

bool is_interpreter(std::string_view program) {
  program.remove_prefix(program.rfind('/') + 1);  // also correct without a slash
  for (const std::string_view name : {"ash", "bash", "busybox", "dash", "fish", "ksh", "lua", "node", "perl",
                                      "php", "python", "ruby", "sh", "tclsh", "zsh"})
    if (program.starts_with(name)) return true;
  return false;
}

/// Returns true for options that precede a script: `-c`, `-lc`, `-e`.
bool announces_script(std::string_view argument) {
  return argument.size() > 1 && argument[0] == '-' && argument[1] != '-' &&
         (argument.ends_with('c') || argument.ends_with('e'));
}

/// Reports a placeholder in a script that an interpreter runs, because there a part of a request
/// would be executed.
void check_scripts(const std::vector<std::string>& argv, const node& at, report& faults) {
  const auto interpreter = std::find_if(argv.begin(), argv.end(), is_interpreter);
  if (interpreter == argv.end()) return;
  for (auto each = interpreter + 1; each != argv.end(); ++each)
    if (announces_script(*(each - 1)) && argument(*each).has_placeholder())
      faults.error(*at.items[static_cast<std::size_t>(each - argv.begin())],
                   "a placeholder in a script: text from a request would be run as code",
                   "pass it as a separate argument, as in [sh, -c, 'move \"$1\"', sh, \"{body}\"]");
}

class argument_checker {
 public:
  argument_checker(const argument_rules& rules, report& faults)
      : rules_(rules), faults_(faults), stars_(count_stars(rules.path)) {}

  void check() {
    const auto& argv = rules_.argv.value;
    check_scripts(argv, *rules_.argv.at, faults_);
    for (std::size_t i = 0; i < argv.size(); ++i) check_argument(argv[i], *rules_.argv.at->items[i], i == 0);
    if (rules_.paths == nullptr) return;
    for (const auto& each : rules_.paths->value)
      if (each.name.value > stars_)
        faults_.error(*each.name.at, stars_text(each.name.value), "move/*: {exec: ...}");
  }

 private:
  static std::size_t count_stars(std::string_view path) {
    return static_cast<std::size_t>(std::count(path.begin(), path.end(), '*'));
  }
  std::string stars_text(std::size_t part) const {
    return "the path of the resource has no '*' of this number: " + std::to_string(part);
  }

  void check_argument(const std::string& written, const node& at, bool is_program) {
    const argument parsed(written);
    if (const auto wrong = argument::find_fault(written); !wrong.empty())
      faults_.error(at, "'" + wrong + "' is not a placeholder", "{body}, {path.1}");
    if (is_program && parsed.has_placeholder())
      return faults_.error(at, "a request cannot choose the program");
    if (parsed.takes_body()) check_body(at);
    for (const auto part : parsed.path_parts()) check_part(part, at);
  }
  void check_body(const node& at) {
    if (!rules_.has_schema) faults_.error(at, "'{body}' needs a `schema`, which says what a body may be");
    if (rules_.methods.contains(method::get) || rules_.methods.contains(method::del))
      faults_.error(at, "'{body}' is for PUT and POST, and a GET or DELETE is allowed", "methods: [PUT]");
  }
  void check_part(std::size_t part, const node& at) {
    const auto name = "{path." + std::to_string(part) + '}';
    if (part > stars_) return faults_.error(at, stars_text(part), "move/*: {exec: ...}");
    // An invalid pattern is reported separately.
    const bool is_judged = rules_.paths != nullptr && rules_.paths->at->find(std::to_string(part)) != nullptr;
    if (!is_judged)
      faults_.error(at, '\'' + name + "' needs a pattern, which says what it may be",
                    "paths: {" + std::to_string(part) + ": \"[a-z]+\"}");
  }

  const argument_rules& rules_;
  report& faults_;
  const std::size_t stars_;
};

}  // namespace

void check_arguments(const argument_rules& of, report& faults) { argument_checker(of, faults).check(); }

}  // namespace mqcoap
