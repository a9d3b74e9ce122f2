#include "options/arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <mqcoap/base/safe_text.hpp>
#include <optional>
#include <type_traits>
#include <vector>

namespace mqcoap::cli {
namespace {

option_facts facts_of(const CLI::Option& option) {
  option_facts facts{.name = option.get_name(option.get_positional(), false),
                     .names = {},
                     .about = option.get_description(),
                     .value_word = option.get_option_text(),
                     .takes_value = option.get_expected_max() > 0 && option.get_type_size_max() > 0,
                     .repeated = option.get_items_expected_max() > 1,
                     .given = option.count() > 0,
                     .value = {}};
  if (!option.get_positional()) {
    for (const auto& name : option.get_snames()) facts.names.push_back('-' + name);
    for (const auto& name : option.get_lnames()) facts.names.push_back("--" + name);
  }
  if (facts.given && facts.takes_value) facts.value = option.results().back();
  return facts;
}

template <typename T>
struct value_in {
  using type = T;
};
template <typename T>
struct value_in<std::optional<T>> {
  using type = T;
};

template <typename T>
constexpr const char* expected_number() {
  if constexpr (std::floating_point<T>) return "a decimal number like 2 or 0.5";
  return std::is_signed_v<T> ? "a whole number in decimal digits"
                             : "a whole number in decimal digits, without a sign";
}

/// Reads a number in decimal digits, and replaces the text of an integer by a form that CLI11 reads as
/// decimal: it would read 010 as 8, and accept 0x3, nan and infinity.
/// @return what is wrong; empty if nothing is
template <typename T>
std::string read_number(std::string& text) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const std::string quoted = '\'' + safe_text(text) + '\'';
  if (read.ec == std::errc::result_out_of_range && read.ptr == end) return quoted + " is out of range";
  bool is_read = read.ec == std::errc{} && read.ptr == end;
  if constexpr (std::floating_point<T>)
    is_read = is_read && std::isfinite(number);
  else if (is_read)
    text = std::to_string(number);
  return is_read ? "" : quoted + ": expected " + expected_number<T>();
}

/// Prepares the text of a value for the checks of the option and for its conversion.
/// @return what is wrong; empty if nothing is
template <typename T>
std::string read_text(std::string& text) {
  text = unguarded(text);
  if constexpr (std::is_arithmetic_v<T>) return read_number<T>(text);
  return {};
}

std::string check_positive(std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number > 0 ? "" : text + " is not greater than 0";
}

constexpr char guard = '\0';

}  // namespace

std::string guarded(const std::string& argument) { return guard + argument; }

std::string unguarded(const std::string& text) { return text.starts_with(guard) ? text.substr(1) : text; }

bool option_facts::is_named(std::string_view wanted) const {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

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
  option_->check(CLI::Validator(check_positive, ""));
  return *this;
}

declared_option declared_option::not_empty() {
  option_->check(CLI::Validator(
      [](const std::string& text) { return text.empty() ? std::string("must not be empty") : std::string(); },
      ""));
  return *this;
}

declared_option declared_option::one_of(std::initializer_list<const char*> choices) {
  option_->check(CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())));
  return *this;
}

command command::add_subcommand(const std::string& name, const std::string& about) {
  return command(*app_->add_subcommand(name, about));
}

template <typename T>
declared_option command::add_option(const std::string& names, T& into, const std::string& about) {
  auto* const option = app_->add_option(names, into, about);
  option->transform(CLI::Validator(read_text<typename value_in<T>::type>, ""));
  return declared_option(*option);
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

std::string command::name() const { return app_->get_name(); }

std::string command::about() const { return app_->get_description(); }

std::string command::help(const std::string& above) const { return app_->help(above); }

std::string command::program_help() const {
  return app_->get_formatter()->make_help(app_, app_->get_name(), CLI::AppFormatMode::Normal);
}

std::vector<option_facts> command::options() const {
  std::vector<option_facts> all;
  for (const auto* option : std::as_const(*app_).get_options()) all.push_back(facts_of(*option));
  return all;
}

std::vector<command> command::below() const {
  std::vector<command> all;
  for (auto* each : app_->get_subcommands([](CLI::App*) { return true; })) all.emplace_back(*each);
  return all;
}

}  // namespace mqcoap::cli
