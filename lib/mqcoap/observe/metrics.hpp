#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::observe {

class observer;

/// The description of a metric.
struct metric_info {
  std::string_view name;
  std::string_view type;    ///< `counter`, `gauge`, `histogram` or `summary`
  std::string_view labels;  ///< `role, device`; empty: none
  std::string_view help;
};

/// Returns all metrics, in the order of the output; docs/metrics.md has a row for each.
const std::vector<metric_info>& all_metrics();

/// Writes the text format of Prometheus, version 0.0.4. Metrics without a current value are left out.
std::string make_metrics(const observer& o);

}  // namespace mqcoap::observe
