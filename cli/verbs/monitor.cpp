#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "options/watch_options.hpp"
#include "output/exchange_pairing.hpp"
#include "output/exchange_text.hpp"
#include "session/bus_session.hpp"
#include "verbs/verbs.hpp"
#include "words/address_pattern.hpp"
#include "words/duration_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char monitor_examples[] =
    "Each line holds the time of the request, its `source` (a claim), method and address, the code, the\n"
    "latency, and the sizes of both payloads. A `!` marks a payload that breaks the protocol, and a\n"
    "second answer to a request. Ctrl-C ends it, with status 130 and a summary on stderr. -o json\n"
    "prints one object per line.\n\n"
    "Examples:\n"
    "  mqcoap monitor\n"
    "  mqcoap monitor 'GW_*/axuv' --for 1min\n"
    "  mqcoap monitor -o json | jq 'select(.code >= 400)'";

struct monitor_arguments {
  std::string pattern = "*";
  std::string overdue = "5s";
  watch_limits limits;
};

class monitor {
 public:
  monitor(const monitor_arguments& given, address_pattern pattern, const settled_options& options)
      : options_(options),
        pattern_(std::move(pattern)),
        most_(given.limits.count),
        duration_(given.limits.time()),
        pairs_({.overdue = duration_of("--overdue", given.overdue),
                .wanted = [this](auto tag, auto subsystem,
                                 auto path) { return pattern_.matches(tag, subsystem, path); }}),
        session_(
            options.client.broker,
            {pattern_.filter(options.client.ns, "request"), pattern_.filter(options.client.ns, "response")},
            options.client.timeout, {[this] { begin(); }, [this](const inbound& m) { take(m); }}),
        alarm_(session_.loop()) {}

  int run() {
    const bool finished = session_.run();
    if (!options_.quiet) complain(to_summary(pairs_.totals()));
    if (!finished) throw interrupted(session_.signal());
    return status_ok;
  }

 private:
  void begin() {
    if (!options_.quiet && options_.output.kind != output_kind::json)
      complain("watching " + options_.client.ns.text() + "; Ctrl-C ends it");
    if (duration_) session_.finish_after(*duration_);
  }

  void take(const inbound& m) {
    if (m.retained) return;
    if (const auto seen =
            pairs_.on_message(m.topic, m.payload, session_.time().now(), session_.time().wall()))
      show(*seen);
    set_alarm();
  }

  void show(const seen_exchange& e) {
    if (most_ > 0 && shown_ >= most_) return;
    print((options_.output.kind == output_kind::json ? to_json_line(e) : to_line(e, options_.output.colour)) +
          '\n');
    if (++shown_ == most_) session_.finish();
  }

  void set_alarm() {
    const auto next = pairs_.next_overdue();
    if (next >= alarm_at_) return;
    alarm_at_ = next;
    alarm_.expires_at(next);
    alarm_.async_wait([this](boost::system::error_code ec) {
      if (ec) return;
      alarm_at_ = steady_time::max();
      session_.guarded([this] {
        for (const auto& e : pairs_.take_overdue(session_.time().now())) show(e);
      });
      set_alarm();
    });
  }

  const settled_options& options_;
  const address_pattern pattern_;
  const std::uint64_t most_;
  const std::optional<std::chrono::milliseconds> duration_;
  exchange_pairing pairs_;
  bus_session session_;
  boost::asio::steady_timer alarm_;
  steady_time alarm_at_ = steady_time::max();
  std::uint64_t shown_ = 0;
};

int run(const monitor_arguments& given, const settled_options& options) {
  return monitor(given, address_pattern::parse(given.pattern), options).run();
}

}  // namespace

verb declare_monitor(CLI::App& root) {
  auto app = command(root).add_subcommand("monitor", "Show requests and their answers as they pass");
  auto given = std::make_shared<monitor_arguments>();
  app->add_option("pattern", given->pattern, "TAG, TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH, with * and ?")
      ->capture_default_str()
      ->option_text("PATTERN");
  app->add_option("--overdue", given->overdue, "Show a request that has no answer after this time")
      ->capture_default_str()
      ->option_text("DURATION");
  given->limits.declare(app, "lines");
  app->footer(monitor_examples);
  auto has = effects::with_outputs({"body", "json"});
  has.token = false;
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = std::move(has)};
}

}  // namespace mqcoap::cli
