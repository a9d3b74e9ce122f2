#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <vector>

namespace mqcoap::cli {

declared_option declared_option::required() {
  option_->required();
  return *this;
}

declared_option declared_option::option_text(const std::string& text) {
  option_->option_text(text);
  return *this;
}

declared_option declared_option::group(const std::string& name) {
  option_->group(name);
  return *this;
}

declared_option declared_option::capture_default_str() {
  option_->capture_default_str();
  return *this;
}

declared_option declared_option::expected(int count) {
  option_->expected(count);
  return *this;
}

declared_option declared_option::take_all() {
  option_->take_all();
  return *this;
}

declared_option declared_option::excludes(const declared_option& other) {
  option_->excludes(other.option_);
  return *this;
}

template <typename T>
declared_option declared_option::between(T least, T most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

template declared_option declared_option::between(int, int);
template declared_option declared_option::between(std::size_t, std::size_t);
template declared_option declared_option::between(double, double);

declared_option declared_option::positive() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

declared_option declared_option::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}

command command::add_subcommand(const std::string& name, const std::string& about) {
  return command(*app_->add_subcommand(name, about));
}

template <typename T>
declared_option command::add_option(const std::string& names, T& into, const std::string& about) {
  return declared_option(*app_->add_option(names, into, about));
}

template declared_option command::add_option(const std::string&, std::string&, const std::string&);
template declared_option command::add_option(const std::string&, std::vector<std::string>&,
                                             const std::string&);
template declared_option command::add_option(const std::string&, std::optional<std::string>&,
                                             const std::string&);
template declared_option command::add_option(const std::string&, std::optional<int>&, const std::string&);
template declared_option command::add_option(const std::string&, std::optional<std::size_t>&,
                                             const std::string&);
template declared_option command::add_option(const std::string&, std::size_t&, const std::string&);
template declared_option command::add_option(const std::string&, double&, const std::string&);

declared_option command::add_flag(const std::string& names, bool& into, const std::string& about) {
  return declared_option(*app_->add_flag(names, into, about));
}

void command::footer(const std::string& text) { app_->footer(text); }

void command::require_subcommand(int count) { app_->require_subcommand(count); }

bool command::parsed() const { return app_->parsed(); }

}  // namespace mqcoap::cli
