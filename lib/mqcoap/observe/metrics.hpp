#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class observer;

/// A metric that the gateway has.
struct metric_info {
  std::string_view name;
  std::string_view type;    ///< `counter`, `gauge`, `histogram` or `summary`
  std::string_view labels;  ///< `role, device`; empty: none
  std::string_view help;
};

/// All of them, in the order in which they are given; docs/metrics.md has a row for each.
const std::vector<metric_info>& all_metrics();

/// The text format of Prometheus, version 0.0.4. Metrics that have no value now are left out.
std::string make_metrics(const observer& o);

}  // namespace mqcoap
