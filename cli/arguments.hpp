#pragma once

#include <initializer_list>
#include <string>

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

/// A verb while it is declared. CLI11's headers take most of the time that a source with them takes to
/// compile: verbs declare their options by this class and do not include them.
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

 private:
  CLI::App* app_ = nullptr;
};

}  // namespace mqcoap::cli
