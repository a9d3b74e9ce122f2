#include "output/bench_result.hpp"

#include <spdlog/fmt/ranges.h>

#include <array>
#include <map>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/protocol/response_code.hpp>
#include <set>
#include <utility>
#include <vector>

#include "output/table.hpp"
#include "words/duration_text.hpp"

namespace mqcoap::cli {
namespace {

constexpr std::array<std::pair<const char*, double>, 4> quantiles{
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

/// The exit statuses of failures, the most serious first.
constexpr std::array by_severity{status_unreachable, status_internal,     status_usage,
                                 status_no_answer,   status_server_error, status_client_error};

std::chrono::nanoseconds at(const histogram& h, double share) {
  return std::chrono::nanoseconds(h.quantile(share));
}

std::string name_of(int code) {
  const auto known = to_response_code(code);
  return std::string(known ? to_string(*known) : "");
}

std::string load_text(const bench_subject& what) {
  return what.rate > 0 ? fmt::format("{:g} requests/s", what.rate)
                       : fmt::format("{} in flight", what.in_flight);
}

double seconds_of(const bench_result& r) { return std::chrono::duration<double>(r.elapsed).count(); }

std::uint64_t failures_in_all(const bench_result& r) {
  std::uint64_t sum = 0;
  for (const auto& [error, count] : r.failures) sum += count;
  return sum;
}

/// Returns the number of failures by error message, without timeouts.
std::map<std::string, std::uint64_t> failures_by_message(const bench_result& r) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [error, count] : r.failures) counts[error.message()] += count;
  return counts;
}

}  // namespace

void bench_result::count(const error_code& outcome, int code, std::chrono::nanoseconds took) {
  if (!outcome || outcome.category() == response_category()) {
    ++answered;
    ++codes[code];
    latency.record(static_cast<std::uint64_t>(took.count()));
  } else if (outcome == errc::timed_out) {
    ++timeouts;
  } else {
    ++failures[outcome];
  }
}

double bench_result::per_second() const {
  return elapsed.count() > 0 ? static_cast<double>(answered) / seconds_of(*this) : 0;
}

std::uint64_t bench_result::failed() const {
  std::uint64_t errors = 0;
  for (const auto& [code, count] : codes)
    if (code >= 400) errors += count;
  return errors + timeouts + failures_in_all(*this);
}

std::string to_report(const bench_subject& what, const bench_result& r) {
  std::string out =
      fmt::format("{} {}, {}, {:.1f} s\n", what.method, what.address, load_text(what), seconds_of(r));
  out += fmt::format("  answers   {} of {}, {:.1f}/s\n", r.answered, r.sent, r.per_second());
  for (const auto& [code, count] : r.codes) out += fmt::format("  {:<9} {} {}\n", code, count, name_of(code));
  if (r.timeouts > 0) out += fmt::format("  timeouts  {}\n", r.timeouts);
  for (const auto& [message, count] : failures_by_message(r))
    out += fmt::format("  failed    {} {}\n", count, message);
  if (r.answered == 0) return out;
  out += "  latency  ";
  for (const auto& [name, share] : quantiles)
    out += fmt::format(" {} {}, ", name, to_text(at(r.latency, share)));
  return out + fmt::format(" max {}\n", to_text(std::chrono::nanoseconds(r.latency.max())));
}

std::string to_csv(const bench_subject& what, const bench_result& r) {
  std::string header = "address,method,in_flight,rate,seconds,requests,answers,per_second,failed,timeouts";
  std::string row = fmt::format("{},{},{},{:g},{:.3f},{},{},{:.1f},{},{}", csv_cell(what.address),
                                what.method, what.in_flight, what.rate, seconds_of(r), r.sent, r.answered,
                                r.per_second(), r.failed(), r.timeouts);
  for (const auto& [name, share] : quantiles) {
    header += fmt::format(",{}_ms", name);
    row += fmt::format(",{:.3f}", milliseconds_of(at(r.latency, share)));
  }
  row += fmt::format(",{:.3f}", milliseconds_of(std::chrono::nanoseconds(r.latency.max())));
  return header + ",max_ms\n" + row + '\n';
}

std::string to_json(const bench_subject& what, const bench_result& r) {
  std::string out = "{\"address\":";
  append_json_string(out, what.address);
  out += fmt::format(
      R"(,"method":"{}","in_flight":{},"rate":{:g},"seconds":{:.3f},"requests":{},"answers":{},)"
      R"("per_second":{:.1f},"timeouts":{},"codes":{{)",
      what.method, what.in_flight, what.rate, seconds_of(r), r.sent, r.answered, r.per_second(), r.timeouts);
  std::vector<std::string> members;
  for (const auto& [code, count] : r.codes) members.push_back(fmt::format("\"{}\":{}", code, count));
  out += fmt::format("{}}},\"failures\":{{", fmt::join(std::exchange(members, {}), ","));
  for (const auto& [message, count] : failures_by_message(r)) {
    std::string name;
    append_json_string(name, message);
    members.push_back(fmt::format("{}:{}", name, count));
  }
  out += fmt::format("{}}},\"latency_ms\":{{", fmt::join(members, ","));
  for (const auto& [name, share] : quantiles)
    out += fmt::format("\"{}\":{:.3f},", name, milliseconds_of(at(r.latency, share)));
  return out +
         fmt::format("\"max\":{:.3f}}}}}\n", milliseconds_of(std::chrono::nanoseconds(r.latency.max())));
}

std::string to_progress(const bench_result& r) {
  return fmt::format("{:.0f} s  {:.0f} answers/s  p99 {}  {} failed", seconds_of(r), r.per_second(),
                     to_text(at(r.latency, 0.99)), r.failed());
}

exit_status status_of(const bench_result& r) {
  std::set<exit_status> occurred;
  for (const auto& [error, count] : r.failures) occurred.insert(status_of(error));
  if (r.timeouts > 0) occurred.insert(status_of(errc::timed_out));
  for (const auto& [code, count] : r.codes) occurred.insert(status_of(error_code(code, response_category())));
  for (const auto status : by_severity)
    if (occurred.contains(status)) return status;
  return status_ok;
}

}  // namespace mqcoap::cli
