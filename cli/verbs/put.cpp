#include <memory>

#include "session/request_verb.hpp"
#include "verbs/verbs.hpp"
#include "words/value.hpp"

namespace mqcoap::cli {
namespace {

struct put_arguments {
  std::string where{};
  repeat_arguments again{};
  std::vector<std::string> value{};
  std::string if_match{};
  bool create_only = false;
};

}  // namespace

verb declare_put(CLI::App& root) {
  auto app = command(root).add_subcommand("put", "Write a resource");
  auto given = std::make_shared<put_arguments>();
  app->add_option("ADDRESS", given->where, "TAG/SUBSYSTEM/PATH")->required();
  app->add_option("VALUE", given->value, "The value to send")->option_text("...")->required();
  auto if_match = app->add_option("--if-match", given->if_match, "Only if the resource has this etag")
                      ->option_text("ETAG")
                      ->not_empty();
  app->add_flag("--create-only", given->create_only, "Only if the resource has no value yet")
      ->excludes(if_match)
      ->option_text(" ");
  given->again.declare(app, method::put);
  app->footer(std::string(value_help) +
              "\n\nExamples:\n"
              "  mqcoap put 2D_XX_0_9999/axuv/gains '[0, 1, 2, 3, 4]'\n"
              "  mqcoap put 2D_XX_0_9999/axuv/config rate=5000 mode=fast\n"
              "  mqcoap put 2D_XX_0_9999/axuv/table @table.json");
  return {app, [given](const settled_options& options) {
            request_spec what(read_address(given->where), method::put);
            what.body = read_value(given->value, read_input);
            what.options.edit().if_match = given->if_match;
            what.options.edit().create_only = given->create_only;
            return run_request(options, std::move(what), given->again);
          }};
}

}  // namespace mqcoap::cli
