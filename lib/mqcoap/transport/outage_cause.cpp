#include <mqcoap/transport/outage_cause.hpp>

namespace mqcoap {

outage_cause::outage_cause(connection_fault fault) {
  if (fault) attempts_.push_back({std::move(fault), {}});
}

std::vector<connection_fault> outage_cause::faults() const {
  std::vector<connection_fault> all;
  for (const auto& each : attempts_) all.push_back(each.fault);
  return all;
}

std::string outage_cause::words() const {
  return attempts_.size() == 1 ? attempts_.front().fault.words() : words_with_places();
}

std::string outage_cause::words_with_places() const {
  std::string all;
  for (const auto& [fault, where] : attempts_)
    all += (all.empty() ? "" : "; ") + fault.words() + " (" + where + ')';
  return all;
}

}  // namespace mqcoap
