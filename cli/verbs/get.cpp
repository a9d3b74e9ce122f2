#include <memory>

#include "session/request_verb.hpp"
#include "verbs/verbs.hpp"

namespace mqcoap::cli {
namespace {

struct get_arguments {
  std::string where{};
  repeat_arguments again{};
  std::string accept{};
  std::string etag{};
};

}  // namespace

verb declare_get(CLI::App& root) {
  auto app = command(root).add_subcommand("get", "Read a resource");
  auto given = std::make_shared<get_arguments>();
  app->add_option("ADDRESS", given->where, "TAG/SUBSYSTEM/PATH")->required();
  app->add_option("--accept", given->accept, "Ask for this format, e.g. application/link-format")
      ->option_text("TYPE")
      ->not_empty();
  app->add_option("--etag", given->etag,
                  "The version that you have: 203 without a body if it is still current")
      ->option_text("ETAG")
      ->not_empty();
  given->again.declare(app, method::get);
  app->footer(
      "Examples:\n"
      "  mqcoap get 2D_XX_0_9999/axuv/gains\n"
      "  mqcoap get -o csv 2D_XX_0_9999/axuv/samples > samples.csv\n"
      "  mqcoap get -F '%c %i ms %b' 2D_XX_0_9999/axuv/gains\n"
      "  mqcoap get GATEWAY/proxy/2D_XX_0_9999/axuv/gains     through a gateway");
  return {app, [given](const settled_options& options) {
            request_spec what(read_address(given->where), method::get);
            what.options.edit().accept = given->accept;
            what.options.edit().etag = given->etag;
            return run_request(options, std::move(what), given->again);
          }};
}

}  // namespace mqcoap::cli
