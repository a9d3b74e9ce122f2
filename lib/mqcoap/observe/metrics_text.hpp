#pragma once

#include <string>
#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace mqcoap::observe {

/// Writes the text format of Prometheus, version 0.0.4. Every number is written so that it reads back as the
/// same double, whereas prometheus-cpp rounds to 16 digits: the largest doubles would become numbers out of
/// range, for which Prometheus rejects the whole page.
/// @see https://prometheus.io/docs/instrumenting/exposition_formats/
std::string to_metrics_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace mqcoap::observe
