#include <mqcoap/observe/observer.hpp>

#include <algorithm>
#include <iterator>
#include <mqcoap/observe/documents.hpp>
#include <mqcoap/observe/metrics.hpp>

namespace mqcoap::observe {
namespace {

constexpr char exposition[] = "text/plain; version=0.0.4; charset=utf-8";

std::string down_text(const gateway& g, const std::string& broker) {
  for (const auto& row : g.stats().brokers())
    if (row.name == broker && row.why) return "broker " + broker + " is not connected: " + row.why.message();
  return "broker " + broker + " is not connected yet";
}

std::string rival_text(const std::vector<std::string>& tags) {
  std::string message = "another program answers for or announces " + tags.front();
  if (tags.size() > 1)
    message += ", and " + std::to_string(tags.size() - 1) + " more of the tags served here";
  return message + ": every request may run twice";
}

}  // namespace

observer::observer(const clock& time, std::string version)
    : time_(time),
      version_(std::move(version)),
      started_(time.wall()),
      began_(time.now()),
      good_since_(started_) {}

void observer::set_reload(reload_status s) {
  if (s.ok) good_since_ = s.when;
  reload_ = std::move(s);
}

unix_millis observer::wall(steady_time t) const {
  const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - t);
  return {time_.wall().count - ago.count()};
}

std::optional<std::string> observer::why_not_ready() const {
  const auto& g = *running_;
  if (g.draining()) return "the gateway is stopping";
  if (const auto which = lease(); which && !which->leads)
    return "this gateway is a standby: another one serves, or none can reach the database";
  const auto& serving = *g.links().front();
  if (!serving.up()) return down_text(g, serving.name());
  if (!g.subscribed())
    return "broker " + serving.name() + " has not confirmed every subscription to requests";
  if (const auto others = rivals(); !others.empty()) return rival_text(others);
  return std::nullopt;
}

std::vector<std::string> observer::rivals() const {
  const auto answering = running_->rivals().tags();
  const auto announcing = presences().rivals;
  std::vector<std::string> all;
  std::set_union(answering.begin(), answering.end(), announcing.begin(), announcing.end(),
                 std::back_inserter(all));
  return all;
}

json_text observer::document(own_document which) const {
  switch (which) {
    case own_document::status: return make_status_document(*this);
    case own_document::devices: return make_devices_document(*this);
    case own_document::brokers: return make_brokers_document(*this);
    case own_document::state: return make_state_document(*this);
    case own_document::config: break;
  }
  return configuration_;
}

std::optional<http_page> observer::page(std::string_view path) const {
  if (path == "/metrics") return http_page{200, exposition, make_metrics(*this)};
  if (path == "/healthz") return http_page{200, plain_text, "ok\n"};
  if (path != "/readyz") return std::nullopt;
  const auto why = why_not_ready();
  return why ? http_page{503, plain_text, *why + '\n'} : http_page{200, plain_text, "ready\n"};
}

}  // namespace mqcoap::observe
