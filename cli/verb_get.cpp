#include <memory>

#include "request_verb.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {

verb declare_get(CLI::App& root) {
  auto* app = root.add_subcommand("get", "Read a resource");
  auto where = std::make_shared<std::string>();
  app->add_option("ADDRESS", *where, "TAG/SUBSYSTEM/PATH")->required();
  app->footer(
      "Examples:\n"
      "  mqcoap get 2D_XX_0_9999/axuv/gains\n"
      "  mqcoap get -o csv 2D_XX_0_9999/axuv/samples > samples.csv\n"
      "  mqcoap get -F '%c %i ms %b' 2D_XX_0_9999/axuv/gains");
  return {app, [where](const settled_options& options) {
            return run_request(options, {.to = read_address(*where), .verb = method::get});
          }};
}

}  // namespace mqcoap::cli
