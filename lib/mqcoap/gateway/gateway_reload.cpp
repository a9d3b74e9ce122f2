#include <algorithm>
#include <chrono>
#include <mqcoap/gateway/gateway_intake.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <unordered_set>
#include <utility>

namespace mqcoap {
namespace {

/// For requests that were on their way to a broker that is no longer the default, and for what a connection
/// does that keeps another from beginning.
constexpr std::chrono::seconds leaving_patience{5};

}  // namespace

void gateway::reconfigure(gateway_options options, std::vector<link*> links) {
  if (drained_) return;
  state_draft draft(state_);
  auto devices = make_devices(options, draft);
  options_ = std::move(options);
  proxy_.reconfigure(options_.proxy);
  log_ = request_log(options_.logged_body, hooks_.log);
  stats_.configure(options_);
  keep_devices(std::move(devices));
  draft.put_in_force();
  const auto before = std::exchange(links_, std::move(links));
  returns_.begin(links_);
  change_intake();
  let_go_of_links(before);
  subscribe_requests();
  wake_soon();
}

/// Puts those that stay where there is a null, and keeps those that have calls to answer.
void gateway::keep_devices(device_map changed) {
  for (auto& [tag, device] : changed)
    if (device == nullptr) device = std::move(devices_.at(tag));
  for (auto& [tag, device] : devices_)
    if (device != nullptr && device.use_count() > 1) leaving_devices_.push_back(std::move(device));
  devices_ = std::move(changed);
}

void gateway::change_intake() {
  link& now = *links_.front();
  if (&now == intake_->via) return;
  const auto again = std::find_if(leaving_intakes_.begin(), leaving_intakes_.end(),
                                  [&](const auto& each) { return each.from->via == &now; });
  auto next = again == leaving_intakes_.end() ? std::make_shared<intake>(*this, now) : std::move(again->from);
  if (again != leaving_intakes_.end()) leaving_intakes_.erase(again);
  // The old one asks until the new one has what it asked for, and both may lead to one broker.
  twins_.begin();
  intake_->via->subscribe_to_others({});
  leaving_intakes_.push_back({std::exchange(intake_, std::move(next)), time_.now() + leaving_patience});
}

void gateway::let_go_of_links(const std::vector<link*>& before) {
  const auto now = time_.now();
  std::erase_if(leaving_links_, [this](const leaving_link& each) { return is_kept(*each.via); });
  for (link* const l : before)
    if (!is_kept(*l)) leaving_links_.push_back({l, false, now + leaving_patience});
  // Of earlier reloads, too: this one may have brought a client id back.
  for (auto& leaving : leaving_links_) {
    const auto has_its_name = [&](const link* other) {
      return other->client_id() == leaving.via->client_id();
    };
    if (leaving.in_the_way || std::none_of(links_.begin(), links_.end(), has_its_name)) continue;
    leaving.in_the_way = true;
    leaving.patience = now + leaving_patience;
    for (auto& each : leaving_intakes_) {
      if (each.from->via != leaving.via) continue;
      each.from->unsubscribe();
      each.patience = now;
    }
  }
}

/// Tells of the links of which nothing is expected any more.
void gateway::retire() {
  const auto now = time_.now();
  for (const auto& [via, in_the_way, patience] : leaving_links_) {
    if (!in_the_way || now < patience) continue;
    proxy_.on_link_down(*via, "its settings were changed");
    for (auto& each : leaving_intakes_)  // the other one goes to the same broker, under the same name
      if (each.from->via == via) each.from->via = intake_->via;
  }
  for (auto& each : leaving_intakes_)
    if (now >= each.patience) each.from->unsubscribe();
  std::erase_if(leaving_intakes_,
                [now](const auto& each) { return now >= each.patience && each.from->in_flight == 0; });
  settle_intakes();
  // Not where the answer is given: a handler may still be at work then.
  std::erase_if(leaving_devices_, [](const auto& device) { return device.use_count() == 1; });

  std::vector<link*> over;
  std::erase_if(leaving_links_, [&](const leaving_link& each) {
    const bool done = proxy_.let_go(*each.via) &&
                      std::none_of(leaving_intakes_.begin(), leaving_intakes_.end(),
                                   [&](const auto& other) { return other.from->via == each.via; });
    if (done) over.push_back(each.via);
    return done;
  });
  if (hooks_.retired)
    for (link* const l : over) hooks_.retired(*l);
}

bool gateway::is_kept(const link& l) const noexcept {
  return std::find(links_.begin(), links_.end(), &l) != links_.end();
}

gateway::intake* gateway::intake_of(const link& l) noexcept {
  if (intake_->via == &l) return intake_.get();
  const auto at = std::find_if(leaving_intakes_.begin(), leaving_intakes_.end(),
                               [&](const auto& each) { return each.from->via == &l; });
  return at == leaving_intakes_.end() ? nullptr : at->from.get();
}

/// What is wanted and not there is asked for first; what is there and not wanted goes when that is confirmed,
/// so that no request falls between.
void gateway::subscribe_requests() {
  auto& from = *intake_;
  const auto wanted = request_filters();
  std::unordered_set<std::string> missing(wanted.begin(), wanted.end());
  std::list<standing_subscription> kept;
  for (auto* const list : {&from.requests, &from.outdated})
    for (auto at = list->begin(); at != list->end();) {
      const auto next = std::next(at);
      if (missing.erase(at->filter()) > 0) kept.splice(kept.end(), *list, at);
      at = next;
    }
  from.outdated.splice(from.outdated.end(), from.requests);
  from.requests = std::move(kept);
  for (const auto& filter : wanted)
    if (missing.contains(filter))
      from.requests.emplace_back(*from.via, filter, [this, &from, filter](error_code ec) {
        on_requests_subscribed(from, filter, ec);
      });
  const auto all = all_requests_filter(options_.ns);
  const auto takes_all = [&all](const auto& s) { return s.filter() == all; };
  if (!from.outdated.empty() && (std::any_of(from.requests.begin(), from.requests.end(), takes_all) ||
                                 std::any_of(from.outdated.begin(), from.outdated.end(), takes_all)))
    twins_.begin();
  for (auto& each : from.requests) each.ask();
  watch_for_rivals();
  settle_intakes();
}

/// Ends what has a successor that the broker has confirmed.
void gateway::settle_intakes() {
  intake_->drop_outdated();
  if (subscribed())
    for (auto& each : leaving_intakes_) each.from->unsubscribe();
  if (intake_->outdated.empty() && !leaving_intake_asks()) twins_.end_soon(time_.now());
}

bool gateway::leaving_intake_asks() const noexcept {
  return std::any_of(leaving_intakes_.begin(), leaving_intakes_.end(),
                     [](const leaving_intake& each) { return each.from->asks(); });
}

void gateway::wake_soon() {
  alarm_at_ = time_.now();
  wake_.wake_at(alarm_at_);
}

}  // namespace mqcoap
