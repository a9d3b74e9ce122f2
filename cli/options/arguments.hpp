#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mqcoap::cli {

/// Returns an argument in a form that CLI11 does not interpret; options and arguments receive the original
/// text. The form begins with a NUL, which no argument of a process contains.
std::string guarded(const std::string& argument);
/// Returns the original text of a guarded argument; any other text is returned unchanged.
std::string unguarded(const std::string& text);

/// A declared option or argument. Its functions return the object, so that calls can be chained.
class declared_option {
 public:
  explicit declared_option(CLI::Option& option) : option_(&option) {}
  declared_option* operator->() { return this; }

  declared_option required();
  declared_option option_text(const std::string& text);
  declared_option group(const std::string& name);
  declared_option capture_default_str();
  declared_option expected(int count);
  declared_option take_all();
  declared_option excludes(const declared_option& other);

  /// Rejects numbers outside of the range. T is int, std::size_t or double.
  template <typename T>
  declared_option between(T least, T most);
  /// Rejects numbers that are not greater than 0.
  declared_option positive();
  /// Rejects an empty text, as of a shell variable that is not set.
  declared_option not_empty();
  declared_option one_of(std::initializer_list<const char*> choices);

 private:
  CLI::Option* option_;
};

/// The declaration of an option or an argument, and its value on the command line.
struct option_facts {
  std::string name;                ///< the name in error messages: `--timeout`, `ADDRESS`
  std::vector<std::string> names;  ///< `-W` and `--timeout`; none for an argument
  std::string about;
  std::string value_word;  ///< the placeholder of the value in the help
  bool takes_value = false;
  bool repeated = false;  ///< accepts several values
  bool given = false;
  std::string value;  ///< the last value given

  bool is_argument() const { return names.empty(); }
  bool is_named(std::string_view name) const;
};

/// A verb: its declaration and the result of parsing. CLI11's headers take most of the compile time of a
/// source that includes them; verbs declare their options with this class and do not include CLI11.
class command {
 public:
  command() = default;
  explicit command(CLI::App& app) : app_(&app) {}
  command* operator->() { return this; }
  const command* operator->() const { return this; }
  operator CLI::App*() const { return app_; }

  command add_subcommand(const std::string& name, const std::string& about);
  /// Adds an option. T is one of the types that arguments.cpp instantiates. Numbers are read in decimal, and
  /// are finite.
  template <typename T>
  declared_option add_option(const std::string& names, T& into, const std::string& about);
  declared_option add_flag(const std::string& names, bool& into, const std::string& about);
  void footer(const std::string& text);
  void require_subcommand(int count);
  /// True if this verb was on the command line.
  [[nodiscard]] bool parsed() const;

  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::string about() const;
  /// @param above  the program name and the verbs that precede this one
  [[nodiscard]] std::string help(const std::string& above) const;
  /// Returns the help of the program, even if one of its verbs was parsed.
  [[nodiscard]] std::string program_help() const;
  /// Returns the options in declaration order.
  [[nodiscard]] std::vector<option_facts> options() const;
  [[nodiscard]] std::vector<command> below() const;

 private:
  CLI::App* app_ = nullptr;
};

}  // namespace mqcoap::cli
