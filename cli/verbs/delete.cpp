#include <memory>

#include "session/request_verb.hpp"
#include "verbs/verbs.hpp"

namespace mqcoap::cli {
namespace {

struct delete_arguments {
  std::string where{};
  repeat_arguments again{};
  std::string if_match{};
};

}  // namespace

verb declare_delete(CLI::App& root) {
  auto app = command(root).add_subcommand("delete", "Delete a resource");
  auto given = std::make_shared<delete_arguments>();
  app->add_option("ADDRESS", given->where, "TAG/SUBSYSTEM/PATH")->required();
  app->add_option("--if-match", given->if_match, "Only if the resource has this etag")
      ->option_text("ETAG")
      ->not_empty();
  given->again.declare(app, method::del);
  app->footer("Example:\n  mqcoap delete 2D_XX_0_9999/axuv/shots/0");
  return {app, [given](const settled_options& options) {
            request_spec what(read_address(given->where), method::del);
            what.options.edit().if_match = given->if_match;
            return run_request(options, std::move(what), given->again);
          }};
}

}  // namespace mqcoap::cli
