#include "effects.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "failure.hpp"

namespace mqcoap::cli {
namespace {

/// `body, json or csv`
std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out.append(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ").append(words[i]);
  return out;
}

bool is_named(const CLI::Option& option, const char* name) {
  const auto& names = option.get_lnames();
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

effects effects::none() {
  return {.broker = false,
          .token = false,
          .timeout = false,
          .outputs = {},
          .header = false,
          .format = false,
          .debug = false};
}

effects effects::with_outputs(std::vector<std::string> kinds) {
  return {.broker = true,
          .token = true,
          .timeout = true,
          .outputs = std::move(kinds),
          .header = false,
          .format = false,
          .debug = true};
}

bool has_effect(const effects& which, const CLI::Option& option) {
  if (is_named(option, "token-file")) return which.token;
  if (is_named(option, "timeout")) return which.timeout;
  if (is_named(option, "output")) return !which.outputs.empty();
  if (is_named(option, "include")) return which.header;
  if (is_named(option, "format")) return which.format;
  if (is_named(option, "debug")) return which.debug;
  if (is_named(option, "quiet") || is_named(option, "help") || is_named(option, "version")) return true;
  return which.broker;
}

void refuse_idle_options(const CLI::App& root, const effects& which, std::string_view verb) {
  for (const auto* option : root.get_options()) {
    if (option->count() == 0) continue;
    if (!has_effect(which, *option))
      throw usage_failure(option->get_name(false, false) + " has no effect on " + std::string(verb),
                          "mqcoap " + std::string(verb) + " --help");
    if (!is_named(*option, "output")) continue;
    const auto kind = option->as<std::string>();
    if (std::find(which.outputs.begin(), which.outputs.end(), kind) == which.outputs.end())
      throw usage_failure(std::string(verb) + " does not know -o " + kind, "-o " + listed(which.outputs));
  }
}

}  // namespace mqcoap::cli
