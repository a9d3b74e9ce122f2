#include "options/configuration_file.hpp"

#include <mqcoap/base/safe_text.hpp>

#include "output/output.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {

void complain_all(const std::vector<diagnostic>& diagnostics) {
  for (const auto& d : diagnostics) complain(safe_text(to_string(d), line_ends::kept));
}

config::load_result load_checked(const std::string& path) {
  auto loaded = config::load_settings(path);
  complain_all(loaded.diagnostics);
  if (!loaded.value) throw failure(status_configuration, path + " has errors and cannot be used");
  return loaded;
}

config::settings load_configuration(const std::string& path) { return *std::move(load_checked(path).value); }

}  // namespace mqcoap::cli
