#include <memory>

#include "session/request_verb.hpp"
#include "verbs/verbs.hpp"
#include "words/value.hpp"

namespace mqcoap::cli {
namespace {

struct post_arguments {
  std::string where{};
  repeat_arguments again{};
  std::vector<std::string> value{};
};

}  // namespace

verb declare_post(CLI::App& root) {
  auto app = command(root).add_subcommand("post", "Run an action, or add an item to a collection");
  auto given = std::make_shared<post_arguments>();
  app->add_option("ADDRESS", given->where, "TAG/SUBSYSTEM/PATH")->required();
  app->add_option("VALUE", given->value, "The value to send")->option_text("...");
  given->again.declare(app, method::post);
  app->footer(std::string(value_help) +
              "\n\nExamples:\n"
              "  mqcoap post 2D_XX_0_9999/axuv/arm\n"
              "  mqcoap post 2D_XX_0_9999/axuv/shots number=17 comment='first light'");
  return {app, [given](const settled_options& options) {
            request_spec what(read_address(given->where), method::post);
            what.body = read_value(given->value, read_input);
            return run_request(options, std::move(what), given->again);
          }};
}

}  // namespace mqcoap::cli
