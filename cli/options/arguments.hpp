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

/// An option or argument that was declared. All calls return it, so that they can be chained.
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

  /// Refuses numbers outside of the range. T is int, std::size_t or double.
  template <typename T>
  declared_option between(T least, T most);
  /// Refuses numbers that are not over 0.
  declared_option positive();
  declared_option one_of(std::initializer_list<const char*> words);

 private:
  CLI::Option* option_;
};

/// What was declared of an option or an argument, and what the command line gives for it.
struct option_facts {
  std::string name;                ///< as an error text names it: `--timeout`, `ADDRESS`
  std::vector<std::string> names;  ///< `-W` and `--timeout`; of an argument: none
  std::string about;
  std::string value_word;  ///< what the help shows for the value
  bool takes_value = false;
  bool repeated = false;  ///< it takes several values
  bool given = false;
  std::string value;  ///< the last one that was given

  bool is_argument() const { return names.empty(); }
  bool is_named(std::string_view name) const;
};

/// A verb while it is declared, and afterwards what is known of it. CLI11's headers take most of the time
/// that a source with them takes to compile: verbs declare their options by this class and do not include
/// them.
class command {
 public:
  command() = default;
  explicit command(CLI::App& app) : app_(&app) {}
  command* operator->() { return this; }
  const command* operator->() const { return this; }
  operator CLI::App*() const { return app_; }

  command add_subcommand(const std::string& name, const std::string& about);
  /// T is one of the types in arguments.cpp.
  template <typename T>
  declared_option add_option(const std::string& names, T& into, const std::string& about);
  declared_option add_flag(const std::string& names, bool& into, const std::string& about);
  void footer(const std::string& text);
  void require_subcommand(int count);
  /// True if this verb was on the command line.
  [[nodiscard]] bool parsed() const;

  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::string about() const;
  /// @param above  the words before it
  [[nodiscard]] std::string help(const std::string& above) const;
  /// The help of the program, also while a verb of it is parsed.
  [[nodiscard]] std::string program_help() const;
  /// In the order in which they were declared.
  [[nodiscard]] std::vector<option_facts> options() const;
  [[nodiscard]] std::vector<command> below() const;

 private:
  CLI::App* app_ = nullptr;
};

}  // namespace mqcoap::cli
