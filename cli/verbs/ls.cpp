#include <algorithm>
#include <memory>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/base/units.hpp>

#include "options/option_layer.hpp"
#include "output/listing.hpp"
#include "session/address_search.hpp"
#include "session/request_verb.hpp"
#include "verbs/verbs.hpp"
#include "words/duration_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

struct ls_arguments {
  std::string what{};
  std::string wait{};
  bool all = false;
  bool online = false;
};

int list_devices(const ls_arguments& given, const settled_options& options) {
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
               ? "mqcoap: no device announces its presence under '" + options.client.ns.text() + "/'"
               : "mqcoap: no device that announces its presence matches '" + given.what + '\'');
  complain_hint(
      "mqcoap ls TAG asks one device, also one without a presence; -n names another namespace\n"
      "mqcoap ls TAG for each device, if the broker (RabbitMQ) sends retained messages for exact topics only",
      options.output.colour_errors);
  return status_ok;
}

/// Reads the presence of a device by its exact topic, because some brokers deliver retained messages only for
/// exact topics. The presence arrives before the answer to a request that is sent after the subscription.
void watch_presence(session& s, const request_spec& spec, presence_list& into) {
  try {
    s.subscribe(general_filter(general_topic::kind::system, *subsystem_name::parse("gateway"), spec.to.tag,
                               *resource_path::parse("presence")),
                [&into](const general_message& m) { note_presence(into, m, {}); });
  } catch (const failure&) {  // the broker denies it; the device may still answer
  }
}

void print_presence(const presence_list& known, const settled_options& options) {
  if (options.quiet) return;
  for (const auto& [tag, device] : known) {
    const auto since = age(device.updated, system_clock().wall());
    complain("mqcoap: " + tag + " announced that it is " + device.state +
             (since.empty() ? "" : ", for " + since));
  }
}

int list_resources(const ls_arguments& given, const settled_options& options) {
  if (!given.wait.empty())
    throw usage_failure("--wait has no effect on the resources of a device", "--timeout " + given.wait);
  const request_spec what(discovery_address(given.what), method::get);
  presence_list presence;
  session s(options);
  s.connect();
  watch_presence(s, what, presence);
  const auto outcome = s.request(what);
  auto resources =
      outcome.answered && !outcome.error ? read_resources(outcome.answered->answer.body) : std::nullopt;
  if (resources) {
    if (!given.all) std::erase_if(*resources, [](const auto& r) { return r.path.starts_with('.'); });
    print(show_resources(*resources, options.output, options.quiet, what.to));
    if (options.output.terminal) print_presence(presence, options);
    return status_ok;
  }
  print_presence(presence, options);
  if (outcome.answered && outcome.answered->answer.code == response_code::not_found) {
    complain("mqcoap: " + what.to.tag.text() + " answers, but lists no resources under " +
             what.to.subsystem.text() + ": " +
             safe_text(message_of(outcome.answered->answer.body), line_ends::kept));
    if (!options.quiet)
      complain_hint("mqcoap ls " + what.to.tag.text() + "/SUBSYSTEM", options.output.colour_errors);
    return status_client_error;
  }
  return report_outcome(outcome, what, options);
}

}  // namespace

verb declare_ls(CLI::App& root) {
  auto app = command(root).add_subcommand("ls", "List devices, or the resources of one");
  auto given = std::make_shared<ls_arguments>();
  app->add_option(
      "WHAT", given->what,
      "None, or a pattern with * and ?: list devices by their presence;\nTAG or TAG/SUBSYSTEM: list its "
      "resources");
  app->add_option("--wait", given->wait, "Wait at most this long for presence messages (default: 1s)")
      ->option_text("TIME");
  app->add_flag("-a,--all", given->all,
                "List also resources whose path begins with a dot, such as `.gw/status`");
  app->add_flag("--online", given->online, "List only devices that are ONLINE");
  app->footer(
      "Prints a table on a terminal, else tab-separated lines; -o csv, or -o json for one object per\n"
      "line. With --quiet it prints only names, and whole addresses of resources.\n\n"
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
