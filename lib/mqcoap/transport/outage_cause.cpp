#include <mqcoap/transport/outage_cause.hpp>

#include <algorithm>

namespace mqcoap {

outage_cause::outage_cause(connection_fault fault) {
  if (fault) attempts_.push_back({std::move(fault), {}});
}

error_code outage_cause::code() const noexcept {
  auto furthest = kind::none;
  for (const auto& each : attempts_) furthest = std::max(furthest, each.fault.what);
  return furthest == kind::none ? error_code() : make_error_code(furthest);
}

bool outage_cause::is_lasting() const noexcept {
  const auto lasts = [](const attempt& a) { return mqcoap::is_lasting(a.fault.what); };
  return !attempts_.empty() && std::all_of(attempts_.begin(), attempts_.end(), lasts);
}

std::vector<connection_fault> outage_cause::faults() const {
  std::vector<connection_fault> all;
  for (const auto& each : attempts_) all.push_back(each.fault);
  return all;
}

std::string outage_cause::message() const {
  return attempts_.size() == 1 ? attempts_.front().fault.message() : message_with_places();
}

std::string outage_cause::message_with_places() const {
  std::string all;
  for (const auto& [fault, where] : attempts_)
    all += (all.empty() ? "" : "; ") + fault.message() + " (" + where + ')';
  return all;
}

}  // namespace mqcoap
