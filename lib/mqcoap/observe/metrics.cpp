#include <mqcoap/observe/metrics.hpp>

#include <prometheus/metric_family.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <mqcoap/observe/drop_reasons.hpp>
#include <mqcoap/observe/metrics_text.hpp>
#include <mqcoap/observe/observer.hpp>
#include <mqcoap/observe/process_usage.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// A metric family that is being written.
class family {
 public:
  explicit family(const metric_info& info) {
    made_.name = info.name;
    made_.help = info.help;
    made_.type = info.type == "counter"     ? MetricType::Counter
                 : info.type == "histogram" ? MetricType::Histogram
                 : info.type == "summary"   ? MetricType::Summary
                                            : MetricType::Gauge;
    for (auto rest = info.labels; !rest.empty();) {
      const auto end = std::min(rest.find(", "), rest.size());
      names_.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
  }

  ClientMetric& add(std::initializer_list<std::string_view> labels) {
    auto& metric = made_.metric.emplace_back();
    auto name = names_.begin();
    for (const auto value : labels) metric.label.push_back({*name++, std::string(value)});
    return metric;
  }
  void add(std::initializer_list<std::string_view> labels, double value) {
    auto& metric = add(labels);
    (made_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  }
  template <class Count>
  void add_count(std::initializer_list<std::string_view> labels, Count value) {
    add(labels, static_cast<double>(value));
  }
  MetricFamily take() { return std::move(made_); }

 private:
  MetricFamily made_;
  std::vector<std::string> names_;
};

double seconds(unix_millis t) { return static_cast<double>(t.count) / 1000; }
double seconds(std::chrono::nanoseconds d) { return std::chrono::duration<double>(d).count(); }

void add_durations(family& f, const observer& o) {
  for (const auto& route : o.running().stats().routes())
    for (std::size_t role = 0; role < request_role_count; ++role) {
      const auto& counted = route.durations[role];
      if (counted.count() == 0) continue;
      auto& histogram = f.add({to_string(static_cast<request_role>(role)), route.name}).histogram;
      histogram.sample_count = counted.count();
      histogram.sample_sum = counted.sum();
      std::uint64_t up_to = 0;
      for (std::size_t i = 0; i < duration_counts::bounds.size(); ++i)
        histogram.bucket.push_back({up_to += counted.in_bucket(i), duration_counts::bounds[i]});
      histogram.bucket.push_back({counted.count(), INFINITY});
    }
}

void add_requests(family& f, const observer& o) {
  for (const auto& row : o.running().stats().tags())
    for (const auto& r : row.requests)
      f.add_count({to_string(r.role), row.tag,
                   r.verb == 0 ? std::string_view("unknown") : to_string(static_cast<method>(r.verb)),
                   std::to_string(r.code)},
                  r.count);
}

/// Visits only devices that the configuration names: the others would be an unlimited number of labels.
template <class Add>
void for_each_device(const observer& o, Add add) {
  for (const auto& [key, device] : o.running().stats().devices())
    if (o.running().stats().names(device->tag)) add(*device);
}

void add_device_durations(family& f, const observer& o) {
  for_each_device(o, [&](const device_statistics& d) {
    auto& summary = f.add({d.tag, d.broker, d.ns}).summary;
    summary.sample_count = d.answered;
    summary.sample_sum = d.seconds;
    if (const auto recent = d.durations.at(o.now()))
      summary.quantile = {
          {0.5, seconds(recent->p50)}, {0.95, seconds(recent->p95)}, {0.99, seconds(recent->p99)}};
  });
}

void add_last_seen(family& f, const observer& o) {
  for_each_device(o, [&](const device_statistics& d) {
    if (d.last_seen) f.add({d.tag, d.broker, d.ns}, seconds(o.wall(*d.last_seen)));
  });
}

void add_values(family& f, const observer& o) {
  for (const auto& [tag, device] : o.running().devices())
    for (const auto& gauge : device->gauges())
      if (const auto number = gauge.of->measured()) f.add({tag, gauge.path, gauge.unit}, *number);
}

/// Fills the family from the store; does nothing without a store.
template <class Fill>
void with_store(family& f, const observer& o, Fill fill) {
  if (const auto held = o.store()) fill(f, *held);
}

template <class Counts>
void add_histogram(family& f, const Counts& counted, double sum) {
  auto& histogram = f.add({}).histogram;
  histogram.sample_count = counted.count();
  histogram.sample_sum = sum;
  std::uint64_t up_to = 0;
  for (std::size_t i = 0; i < Counts::bounds.size(); ++i)
    histogram.bucket.push_back({up_to += counted.in_bucket(i), static_cast<double>(Counts::bounds[i])});
  histogram.bucket.push_back({counted.count(), INFINITY});
}

void add_link_drops(family& f, const observer& o) {
  for (const link* l : o.running().links())
    for (const auto& reason : link_drop_reasons)
      f.add_count({l->name(), reason.label}, l->stats().*reason.count);
}

struct row {
  metric_info info;
  void (*fill)(family&, const observer&);
};

/// Adds a value for each broker.
template <class Value>
void each_broker(family& f, const observer& o, Value value) {
  for (const link* l : o.running().links()) f.add_count({l->name()}, value(*l));
}

// clang-format off
const row rows[] = {
    {{"mqcoap_build_info", "gauge", "version", "Always 1; the label is the version."},
     [](family& f, const observer& o) { f.add({o.version()}, 1); }},
    {{"mqcoap_start_time_seconds", "gauge", "", "When the gateway was started, in seconds since 1970."},
     [](family& f, const observer& o) { f.add({}, seconds(o.started())); }},
    {{"mqcoap_ready", "gauge", "", "1 while requests are answered: this gateway is not a standby, the broker is connected, every subscription is confirmed, no other program answers for or announces the same tags, and the gateway is not stopping."},
     [](family& f, const observer& o) { f.add({}, o.why_not_ready() ? 0 : 1); }},
    {{"mqcoap_config_last_reload_successful", "gauge", "", "0 if the last reload of the configuration failed and the old one is still used."},
     [](family& f, const observer& o) { f.add({}, !o.last_reload() || o.last_reload()->ok ? 1 : 0); }},
    {{"mqcoap_config_last_success_timestamp_seconds", "gauge", "", "When the current configuration took effect, in seconds since 1970."},
     [](family& f, const observer& o) { f.add({}, seconds(o.last_good_configuration())); }},
    {{"mqcoap_configured_devices", "gauge", "", "Tags with resources of the gateway itself."},
     [](family& f, const observer& o) { f.add_count({}, o.running().device_count()); }},
    {{"mqcoap_configured_routes", "gauge", "", "Routes of the proxy."},
     [](family& f, const observer& o) { f.add_count({}, o.running().route_count()); }},
    {{"mqcoap_requests_total", "counter", "role, device, method, code", "Answered requests, by role, tag, method and code."},
     add_requests},
    {{"mqcoap_request_duration_seconds", "histogram", "role, route", "Seconds from the arrival of a request to its answer."},
     add_durations},
    {{"mqcoap_requests_in_flight", "gauge", "", "Requests that were accepted and not yet answered."},
     [](family& f, const observer& o) { f.add_count({}, o.running().in_flight()); }},
    {{"mqcoap_run_once_entries", "gauge", "", "POST, PUT and DELETE requests that are remembered so that repeats do not run again."},
     [](family& f, const observer& o) { f.add_count({}, o.running().run_once_usage().entries); }},
    {{"mqcoap_run_once_fill_ratio", "gauge", "", "How full the memory of these requests is: from 0.75 on, PUT and DELETE run without a guard; at 1, POST gets 503."},
     [](family& f, const observer& o) { f.add({}, o.running().run_once_usage().share); }},
    {{"mqcoap_answers_unsent_total", "counter", "", "Answers that the connection to the broker did not accept."},
     [](family& f, const observer& o) { f.add_count({}, o.running().counted()[event::answer_unsent]); }},
    {{"mqcoap_events_total", "counter", "outcome", "Events of resources that publish."},
     [](family& f, const observer& o) {
       const auto& counted = o.running().counted();
       f.add_count({"published"}, counted[event::event_published]);
       f.add_count({"unread"}, counted[event::event_unread]);
       f.add_count({"unsent"}, counted[event::event_unsent]);
     }},
    {{"mqcoap_dropped_messages_total", "counter", "reason", "Messages from the brokers that were dropped."},
     [](family& f, const observer& o) {
       for (const auto& reason : drop_reasons) f.add_count({reason.label}, o.running().counted()[reason.what]);
     }},
    {{"mqcoap_forwards_total", "counter", "", "Requests that were forwarded to devices."},
     [](family& f, const observer& o) { f.add_count({}, o.running().counted()[event::forwarded]); }},
    {{"mqcoap_forwards_in_flight", "gauge", "", "Requests that were sent to devices and not yet answered."},
     [](family& f, const observer& o) { f.add_count({}, o.running().whole_load().in_flight); }},
    {{"mqcoap_forwards_waiting", "gauge", "", "Requests that wait until a device can accept them."},
     [](family& f, const observer& o) { f.add_count({}, o.running().whole_load().waiting); }},
    {{"mqcoap_proxied_devices", "gauge", "", "Known devices behind the proxy, configured or not."},
     [](family& f, const observer& o) { f.add_count({}, o.running().stats().devices().size()); }},
    {{"mqcoap_device_duration_seconds", "summary", "device, broker, namespace", "Seconds from sending a request to a device to its answer. Quantiles are those of the last 5 to 10 minutes, within 7 %."},
     add_device_durations},
    {{"mqcoap_device_failures_total", "counter", "device, broker, namespace", "Requests for a device that ended without a usable answer."},
     [](family& f, const observer& o) {
       for_each_device(o, [&](const device_statistics& d) { f.add_count({d.tag, d.broker, d.ns}, d.failed); });
     }},
    {{"mqcoap_device_late_answers_total", "counter", "device, broker, namespace", "Answers of a device that arrived after the timeout."},
     [](family& f, const observer& o) {
       for_each_device(o, [&](const device_statistics& d) { f.add_count({d.tag, d.broker, d.ns}, d.late); });
     }},
    {{"mqcoap_device_last_seen_timestamp_seconds", "gauge", "device, broker, namespace", "When a device last answered, in seconds since 1970."},
     add_last_seen},
    {{"mqcoap_broker_up", "gauge", "broker", "1 while the broker is connected."},
     [](family& f, const observer& o) { each_broker(f, o, [](const link& l) { return l.up() ? 1 : 0; }); }},
    {{"mqcoap_broker_reconnects_total", "counter", "broker", "Connections after the first one."},
     [](family& f, const observer& o) {
       each_broker(f, o, [](const link& l) { return std::max<std::uint64_t>(l.stats().connects, 1) - 1; });
     }},
    {{"mqcoap_broker_messages_received_total", "counter", "broker", "Messages from the broker."},
     [](family& f, const observer& o) { each_broker(f, o, [](const link& l) { return l.stats().received; }); }},
    {{"mqcoap_broker_messages_sent_total", "counter", "broker", "Messages passed to the connection."},
     [](family& f, const observer& o) { each_broker(f, o, [](const link& l) { return l.stats().sent; }); }},
    {{"mqcoap_broker_messages_dropped_total", "counter", "broker, reason", "Messages that the connection did not transmit."},
     add_link_drops},
    {{"mqcoap_broker_queued_messages", "gauge", "broker", "Messages that wait to be passed to the connection."},
     [](family& f, const observer& o) { each_broker(f, o, [](const link& l) { return l.stats().queued; }); }},
    {{"mqcoap_log_lines_dropped_total", "counter", "", "Lines of the log that were dropped, because they could not be written fast enough, or at all."},
     [](family& f, const observer& o) { f.add_count({}, o.log_dropped()); }},
    {{"mqcoap_resource_value", "gauge", "device, path, unit", "Values of the resources with `metric: true`; absent while there is no number."},
     add_values},
    {{"mqcoap_leader", "gauge", "", "1 while this one of several gateways serves, 0 while it waits; absent without `standby`."},
     [](family& f, const observer& o) {
       if (const auto which = o.lease()) f.add_count({}, which->leads ? 1 : 0);
     }},
    {{"mqcoap_lease_age_seconds", "gauge", "", "Seconds since the lease of this gateway was renewed; absent while it waits."},
     [](family& f, const observer& o) {
       if (const auto which = o.lease(); which && which->age) f.add({}, seconds(*which->age));
     }},
    {{"mqcoap_state_commit_duration_seconds", "histogram", "", "How long each transaction of the store took; it contains the changes that waited together."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { add_histogram(to, s.commits, s.commits.sum()); });
     }},
    {{"mqcoap_state_commit_values", "histogram", "", "How many values each transaction of the store contained."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { add_histogram(to, s.batches, static_cast<double>(s.batches.sum())); });
     }},
    {{"mqcoap_state_refused_total", "counter", "", "Changes that the store refused, with SQLite also records of writes; their requests got 500 or 503."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { to.add_count({}, s.refused); });
     }},
    {{"mqcoap_state_failing", "gauge", "", "1 while the store refuses changes."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { to.add_count({}, s.failing ? 1 : 0); });
     }},
    {{"mqcoap_state_waiting", "gauge", "", "Changes that wait for the store."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { to.add_count({}, s.waiting); });
     }},
    {{"mqcoap_state_bytes", "gauge", "", "Size of the database and of its log."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { to.add_count({}, s.bytes); });
     }},
    {{"mqcoap_state_set_aside", "gauge", "", "Stored values that are not in force because their resource rejects them; mqcoap config state shows them."},
     [](family& f, const observer& o) {
       with_store(f, o, [](family& to, const store::store_status& s) { to.add_count({}, s.set_aside); });
     }},
    {{"process_cpu_seconds_total", "counter", "", "Processor time used."},
     [](family& f, const observer&) { f.add({}, process_usage::now().cpu_seconds); }},
    {{"process_resident_memory_bytes", "gauge", "", "Memory in use."},
     [](family& f, const observer&) {
       if (const auto bytes = process_usage::now().resident_bytes; bytes > 0) f.add({}, bytes);
     }},
};
// clang-format on

}  // namespace

const std::vector<metric_info>& all_metrics() {
  static const auto all = [] {
    std::vector<metric_info> infos;
    for (const auto& r : rows) infos.push_back(r.info);
    return infos;
  }();
  return all;
}

std::string make_metrics(const observer& o) {
  std::vector<MetricFamily> families;
  for (const auto& r : rows) {
    family f(r.info);
    r.fill(f, o);
    auto made = f.take();
    if (!made.metric.empty()) families.push_back(std::move(made));
  }
  return to_metrics_text(families);
}

}  // namespace mqcoap::observe
