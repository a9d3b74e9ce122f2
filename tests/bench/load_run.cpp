#include "load_run.hpp"

#include <algorithm>
#include <stdexcept>

#include "clock.hpp"

namespace bench {
namespace {

std::int64_t nanoseconds(double seconds) { return static_cast<std::int64_t>(seconds * 1e9); }

std::vector<process_usage> usages(const std::vector<watched_process>& processes) {
  std::vector<process_usage> out;
  for (const auto& p : processes) out.push_back(usage_of(p.pid));
  return out;
}

std::vector<process_share> shares(const std::vector<watched_process>& processes) {
  std::vector<process_share> out;
  for (const auto& p : processes) out.push_back({p, 0, usage_of(p.pid)});
  return out;
}

}  // namespace

load_run::load_run(mqtt_peer& peer, const std::vector<target>& targets, const request_writer& requests,
                   device& behind, load_options options)
    : peer_(peer),
      targets_(targets),
      requests_(requests),
      device_(behind),
      options_(std::move(options)),
      table_(options_.in_flight, static_cast<std::uint64_t>(now_ns())) {}

load_result load_run::run() {
  peer_.on_message([this](const publish_packet& m) { handle(m); });
  start_ = progress_ = now_ns();
  phase_end_ = start_ + (options_.count > 0 ? 0 : nanoseconds(options_.warm_up));
  if (options_.count > 0) begin_measuring(start_);
  if (options_.rate <= 0) {
    while (!table_.full() && sends()) send(start_, start_);
  }
  while (phase_ != phase::done) {
    if (options_.rate > 0) send_due(now_ns());
    peer_.wait(wake_time());
    step(now_ns());
  }
  peer_.on_message(nullptr);
  return std::move(result_);
}

void load_run::send(std::int64_t due, std::int64_t now) {
  if (table_.size() == 0) progress_ = now;
  // A step that is coprime to the number of targets visits all of them, and never two neighbours
  // in succession.
  next_target_ += 7919;
  const auto index = static_cast<std::uint32_t>(next_target_ % targets_.size());
  const exchange& e = table_.open(due, index);
  requests_.send(peer_, targets_[index], e.id_text());
  ++sent_;
}

/// Sends the requests that are due. In the open loop, a request that could not be sent in time keeps its
/// scheduled time, so that a stall shows in the latency of every request that it delayed.
void load_run::send_due(std::int64_t now) {
  while (sends() && !table_.full()) {
    const auto due = start_ + static_cast<std::int64_t>(static_cast<double>(sent_) * 1e9 / options_.rate);
    if (due > now) return;
    send(due, now);
  }
}

void load_run::handle(const publish_packet& message) {
  const auto topic = parse_topic(message.topic);
  if (topic && device_.takes(*topic)) return device_.handle(*topic);
  exchange* e = topic && topic->kind == "response" ? table_.find(topic->id) : nullptr;
  if (!e) {
    ++result_.unexpected;
    return;
  }
  const auto now = now_ns();
  progress_ = now;
  if (check(message, *topic, *e)) {
    ++result_.answered;
    result_.latency.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, now - e->due)));
    result_.payload_bytes += message.payload.size() + requests_.payload_size(targets_[e->target]);
  } else {
    ++result_.wrong;
  }
  table_.close(*e);
  if (options_.rate <= 0 && sends()) send(now, now);
}

bool load_run::check(const publish_packet& message, const topic_parts& topic, const exchange& e) {
  const target& requested = targets_[e.target];
  const auto code = response_code_in(message.payload);
  const bool good = topic.tag == requested.tag && topic.subsystem == requested.subsystem &&
                    code == options_.expect && names_id(message.payload, e.id_text()) &&
                    message.payload.size() >= options_.expect_bytes;
  if (good && checked_fully_) return true;
  checked_fully_ = true;
  auto fault = fault_of(message.payload, requested, e.id_text(), options_.expect);
  if (fault.empty() && !good) fault = "the answer has another topic or is too short";
  if (fault.empty()) return true;
  if (result_.first_fault.empty()) result_.first_fault = std::move(fault);
  return false;
}

void load_run::step(std::int64_t now) {
  const bool stalled = table_.size() > 0 && now - progress_ >= nanoseconds(options_.timeout);
  if (phase_ == phase::warm_up && now >= phase_end_) begin_measuring(now);
  const bool over = options_.count > 0 ? all_answered() : now >= phase_end_;
  if (phase_ == phase::measured && (over || stalled)) end_measuring(now);
  if (phase_ == phase::draining && (table_.size() == 0 || stalled)) {
    result_.lost = table_.size();
    phase_ = phase::done;
  }
}

void load_run::begin_measuring(std::int64_t now) {
  phase_ = phase::measured;
  phase_end_ = now + nanoseconds(options_.seconds);
  result_.answered = 0;
  result_.payload_bytes = 0;
  result_.latency.clear();
  before_ = usages(options_.processes);
  own_cpu_before_ = own_cpu_seconds();
  measured_from_ = now_ns();
}

void load_run::end_measuring(std::int64_t now) {
  phase_ = phase::draining;
  result_.seconds = static_cast<double>(now - measured_from_) * 1e-9;
  result_.own_cpu_seconds = own_cpu_seconds() - own_cpu_before_;
  result_.processes = shares(options_.processes);
  for (std::size_t i = 0; i < before_.size(); ++i) {
    auto& share = result_.processes[i];
    share.cpu_seconds = share.at_end.cpu_seconds - before_[i].cpu_seconds;
  }
}

std::int64_t load_run::wake_time() const noexcept {
  auto at = now_ns() + nanoseconds(options_.timeout);
  if (table_.size() > 0) at = std::min(at, progress_ + nanoseconds(options_.timeout));
  if (phase_ < phase::draining && options_.count == 0) at = std::min(at, phase_end_);
  if (options_.rate > 0 && sends() && !table_.full()) {
    at = std::min(at, start_ + static_cast<std::int64_t>(static_cast<double>(sent_) * 1e9 / options_.rate));
  }
  return at;
}

held_result hold_requests(mqtt_peer& peer, const std::vector<target>& targets, const request_writer& requests,
                          device& behind, const load_options& options) {
  held_result out;
  in_flight_table table(options.in_flight, static_cast<std::uint64_t>(now_ns()));
  auto progress = now_ns();
  peer.on_message([&](const publish_packet& message) {
    progress = now_ns();
    const auto topic = parse_topic(message.topic);
    if (topic && behind.takes(*topic)) return behind.handle(*topic);
    exchange* e = topic ? table.find(topic->id) : nullptr;
    if (!e) throw std::runtime_error("an answer to nothing that was asked");
    // An answer while the device is muted is an error: the request was not forwarded.
    const auto fault = fault_of(message.payload, targets[e->target], e->id_text(), options.expect);
    if (!fault.empty()) throw std::runtime_error(fault);
    ++out.answered;
    table.close(*e);
  });
  const auto wait = [&](const char* what) {
    const auto until = progress + nanoseconds(options.timeout);
    if (now_ns() >= until) throw std::runtime_error(std::string("held requests: ") + what);
    peer.wait(until);
  };

  out.idle = shares(options.processes);
  behind.be_mute(true);
  // Keeps few in transit, so that the measured memory is that of waiting requests, and not that of a burst.
  constexpr std::size_t window = 64;
  for (std::size_t sent = 0; sent < options.in_flight; ++sent) {
    while (sent - behind.waiting() >= window) wait("they do not reach the device");
    const auto index = static_cast<std::uint32_t>(sent % targets.size());
    requests.send(peer, targets[index], table.open(now_ns(), index).id_text());
  }
  while (behind.waiting() < options.in_flight) wait("they do not reach the device");
  out.held = shares(options.processes);
  behind.be_mute(false);
  behind.answer_waiting();
  while (table.size() > 0) wait("their answers do not come back");
  peer.on_message(nullptr);
  return out;
}

}  // namespace bench
