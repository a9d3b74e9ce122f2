#include "report.hpp"

#include <boost/json.hpp>

namespace bench {
namespace {

namespace json = boost::json;

json::object memory(const process_share& p) {
  return {{"pid", p.process.pid}, {"rss_bytes", p.at_end.rss_bytes}, {"peak_bytes", p.at_end.peak_bytes}};
}

json::object memories(const std::vector<process_share>& processes) {
  json::object out;
  for (const auto& p : processes) out[p.process.name] = memory(p);
  return out;
}

}  // namespace

std::string to_json(const load_options& options, const load_result& result) {
  const auto answered = static_cast<double>(result.answered);
  const double seconds = result.seconds > 0 ? result.seconds : 1;
  const double each = answered > 0 ? 1e6 / answered : 0;
  json::object processes;
  for (const auto& p : result.processes) {
    auto entry = memory(p);
    entry["cpu_s"] = p.cpu_seconds;
    entry["cpu_us_per_request"] = p.cpu_seconds * each;
    processes[p.process.name] = std::move(entry);
  }
  const auto microseconds = [&](double share) {
    return static_cast<double>(result.latency.quantile(share)) * 1e-3;
  };
  json::object line{{"event", "run"},
                    {"good", result.good()},
                    {"in_flight", options.in_flight},
                    {"rate", options.rate},
                    {"seconds", result.seconds},
                    {"answered", result.answered},
                    {"lost", result.lost},
                    {"wrong", result.wrong},
                    {"unexpected", result.unexpected},
                    {"requests_per_s", answered / seconds},
                    {"payload_mb_per_s", static_cast<double>(result.payload_bytes) / seconds * 1e-6},
                    {"latency_us",
                     {{"mean", result.latency.mean() * 1e-3},
                      {"p50", microseconds(0.5)},
                      {"p99", microseconds(0.99)},
                      {"max", static_cast<double>(result.latency.max()) * 1e-3}}},
                    {"processes", std::move(processes)},
                    {"own_cpu_us_per_request", result.own_cpu_seconds * each}};
  if (!result.first_fault.empty()) line["first_fault"] = result.first_fault;
  return json::serialize(line);
}

std::string to_json(const load_options& options, const held_result& result) {
  return json::serialize(json::object{{"event", "held"},
                                      {"good", result.answered == options.in_flight},
                                      {"in_flight", options.in_flight},
                                      {"answered", result.answered},
                                      {"idle", memories(result.idle)},
                                      {"held", memories(result.held)}});
}

}  // namespace bench
