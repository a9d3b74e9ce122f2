#include "options/help_formatter.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::cli {
namespace {

constexpr int words_column = 26;

std::string without_end_spaces(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// Writes a name and its description, whose lines form a second column.
void append_row(std::ostream& out, const std::string& name, const std::string& about) {
  const auto left = "  " + without_end_spaces(name);
  out << left;
  if (about.empty()) {
    out << '\n';
    return;
  }
  if (left.size() >= words_column)
    out << '\n' << std::string(words_column, ' ');
  else
    out << std::string(words_column - left.size(), ' ');
  for (const char c : about) {
    out << c;
    if (c == '\n') out << std::string(words_column, ' ');
  }
  out << '\n';
}

/// Replaces CLI11's own formatter, whose output differs between versions in nearly every line.
class help_formatter final : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::ostringstream out;
    out << without_end_spaces(app->get_description()) << '\n' << usage_of(*app, name);
    append_options(out, "Arguments", app->get_options([](const CLI::Option* o) {
      return is_shown(*o) && o->get_positional();
    }));
    for (const auto& group : app->get_groups()) {
      const auto wanted = [&](const CLI::Option* o) {
        return is_shown(*o) && o->nonpositional() && o->get_group() == group;
      };
      append_options(out, is_first_group(group) ? "Options" : group, app->get_options(wanted));
      if (group != app->get_groups().back()) out << '\n';
    }
    append_verbs(out, *app, mode);
    if (const auto footer = app->get_footer(); !footer.empty()) out << '\n' << footer << '\n';
    return out.str();
  }

 private:
  static bool is_shown(const CLI::Option& o) { return !o.get_group().empty(); }

  /// Newer versions of CLI11 write the name of the default group in capitals.
  static bool is_first_group(std::string_view group) { return group == "OPTIONS"; }

  std::string usage_of(const CLI::App& app, const std::string& name) const {
    std::string usage = "Usage: " + name;
    if (!app.get_options([](const CLI::Option* o) { return o->nonpositional(); }).empty())
      usage += " [OPTIONS]";
    for (const auto* o : app.get_options([](const CLI::Option* each) { return each->get_positional(); }))
      usage += ' ' + make_option_usage(o);
    const auto named = [](const CLI::App* verb) { return !verb->get_name().empty(); };
    if (!app.get_subcommands(named).empty())
      usage += app.get_require_subcommand_min() == 0 ? " [VERB ...]" : " VERB ...";
    return usage + '\n';
  }

  void append_options(std::ostream& out, const std::string& title,
                      const std::vector<const CLI::Option*>& options) const {
    if (options.empty()) return;
    out << '\n' << title << ":\n";
    for (const auto* o : options) {
      const bool positional = o->get_positional();
      append_row(out, make_option_name(o, positional) + make_option_opts(o), make_option_desc(o));
    }
  }

  static void append_verbs(std::ostream& out, const CLI::App& app, CLI::AppFormatMode) {
    std::vector<std::string> groups;
    for (const auto* verb : app.get_subcommands({}))
      if (std::find(groups.begin(), groups.end(), verb->get_group()) == groups.end() &&
          !verb->get_group().empty())
        groups.push_back(verb->get_group());
    for (const auto& group : groups) {
      out << '\n' << (group == "SUBCOMMANDS" ? "Subcommands" : group) << ":\n";
      for (const auto* verb :
           app.get_subcommands([&](const CLI::App* each) { return each->get_group() == group; }))
        append_row(out, verb->get_display_name(), verb->get_description());
    }
  }
};

}  // namespace

void use_help_formatter(CLI::App& root) {
  const auto formatter = std::make_shared<help_formatter>();
  // Removes CLI11's type names, which are noise where an option has no placeholder.
  for (const char* noise : {"TEXT", "REQUIRED", "UINT"}) formatter->label(noise, "");
  root.formatter(formatter);
}

}  // namespace mqcoap::cli
