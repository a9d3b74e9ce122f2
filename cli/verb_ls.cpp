#include <algorithm>
#include <memory>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>

#include "address_search.hpp"
#include "duration_words.hpp"
#include "failure.hpp"
#include "listing.hpp"
#include "option_layer.hpp"
#include "request_verb.hpp"
#include "verbs.hpp"

namespace mqcoap::cli {
namespace {

struct words {
  std::string what{};
  std::string wait{};
  bool all = false;
  bool online = false;
};

int list_devices(const words& given, const settled_options& options) {
  if (given.all) throw usage_failure("-a has no effect on a list of devices", "mqcoap ls -a TAG");
  const auto most = duration_of("--wait", given.wait.empty() ? "1s" : given.wait, longest_timeout);
  session s(options);
  s.connect();
  auto devices = find_devices(s, given.what, most);
  const bool any = !devices.empty();
  if (given.online) std::erase_if(devices, [](const auto& each) { return each.second.state != "ONLINE"; });
  print(show_devices(devices, options.output, options.quiet, system_clock().wall()));
  if (!devices.empty() || options.quiet) return status_ok;
  if (any) {
    complain("mqcoap: no device is ONLINE");
    return status_ok;
  }
  complain(given.what.empty()
               ? "mqcoap: no device tells its presence under '" + options.client.ns.text() + "/'"
               : "mqcoap: no device that tells its presence fits '" + given.what + '\'');
  complain_hint("mqcoap ls TAG asks one device, also a silent one; -n names another namespace",
                options.output.colour_errors);
  return status_ok;
}

int list_resources(const words& given, const settled_options& options) {
  if (!given.wait.empty())
    throw usage_failure("--wait has no effect on the resources of a device", "--timeout " + given.wait);
  const request_spec what(discovery_address(given.what), method::get);
  session s(options);
  s.connect();
  const auto outcome = s.request(what);
  auto resources =
      outcome.answered && !outcome.error ? read_resources(outcome.answered->answer.body) : std::nullopt;
  if (resources) {
    if (!given.all) std::erase_if(*resources, [](const auto& r) { return r.path.starts_with('.'); });
    print(show_resources(*resources, options.output, options.quiet, what.to));
    return status_ok;
  }
  if (outcome.answered && outcome.answered->answer.code == response_code::not_found) {
    complain("mqcoap: " + what.to.tag.text() + " is there, but lists no resources under " +
             what.to.subsystem.text() + ": " +
             safe_text(words_of(outcome.answered->answer.body), line_ends::kept));
    if (!options.quiet)
      complain_hint("mqcoap ls " + what.to.tag.text() + "/SUBSYSTEM", options.output.colour_errors);
    return status_client_error;
  }
  return report_outcome(outcome, what, options);
}

}  // namespace

verb declare_ls(CLI::App& root) {
  auto app = command(root).add_subcommand("ls", "List devices, or the resources of one");
  auto given = std::make_shared<words>();
  app->add_option(
      "WHAT", given->what,
      "Nothing, or a pattern with * and ?: devices that tell their presence; TAG or TAG/SUBSYSTEM: "
      "its resources");
  app->add_option("--wait", given->wait, "For presences, at most (default: 1s)")->option_text("TIME");
  app->add_flag("-a,--all", given->all,
                "Of resources also those whose path begins with a dot, as `.gw/status`");
  app->add_flag("--online", given->online, "Of devices only those that are ONLINE");
  app->footer(
      "A table on a terminal; else tab-separated, -o csv or json (one object a line). --quiet: only names,\n"
      "of resources their whole addresses.\n\n"
      "Examples:\n"
      "  mqcoap ls\n"
      "  mqcoap ls '2D_*'\n"
      "  mqcoap ls --online\n"
      "  mqcoap ls 2D_XX_0_9999\n"
      "  mqcoap ls --quiet 2D_XX_0_9999/axuv | xargs -n 1 mqcoap get");
  return {.app = app,
          .run =
              [given](const settled_options& options) {
                if (given->online && !is_search(given->what))
                  throw usage_failure("--online is for a list of devices; " + given->what + " is one");
                return is_search(given->what) ? list_devices(*given, options)
                                              : list_resources(*given, options);
              },
          .has = effects::with_outputs({"body", "json", "csv"})};
}

}  // namespace mqcoap::cli
