#include "options/effects.hpp"

#include <algorithm>
#include <utility>

#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

/// Returns a list such as `body, json or csv`.
std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out.append(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ").append(words[i]);
  return out;
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

bool has_effect(const effects& which, const option_facts& option) {
  if (option.is_named("--token-file")) return which.token;
  if (option.is_named("--timeout")) return which.timeout;
  if (option.is_named("--output")) return !which.outputs.empty();
  if (option.is_named("--include")) return which.header;
  if (option.is_named("--format")) return which.format;
  if (option.is_named("--debug")) return which.debug;
  if (option.is_named("--quiet") || option.is_named("--help") || option.is_named("--version")) return true;
  return which.broker;
}

void refuse_idle_options(const command& root, const effects& which, std::string_view verb) {
  for (const auto& option : root.options()) {
    if (!option.given) continue;
    if (!has_effect(which, option))
      throw usage_failure(option.name + " has no effect on " + std::string(verb),
                          "mqcoap " + std::string(verb) + " --help");
    if (!option.is_named("--output")) continue;
    if (std::find(which.outputs.begin(), which.outputs.end(), option.value) == which.outputs.end())
      throw usage_failure(std::string(verb) + " does not know -o " + option.value,
                          "-o " + listed(which.outputs));
  }
}

}  // namespace mqcoap::cli
