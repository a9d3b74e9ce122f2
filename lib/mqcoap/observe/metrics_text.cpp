#include <mqcoap/observe/metrics_text.hpp>

#include <prometheus/metric_family.h>

#include <charconv>
#include <cmath>
#include <string_view>

namespace mqcoap::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::Counter: return "counter";
    case MetricType::Gauge: return "gauge";
    case MetricType::Summary: return "summary";
    case MetricType::Histogram: return "histogram";
    default: return "untyped";
  }
}

/// Formats a number with the shortest digits, in plain notation within a readable range: 0.0001 and 100000,
/// not 1e+05.
std::string value_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  const bool is_plain = value == 0 || (std::abs(value) >= 1e-4 && std::abs(value) < 1e15);
  char text[32];
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  return {text, std::to_chars(text, text + sizeof text, value, format).ptr};
}

/// @param special  characters to escape with a backslash; they differ between a help text and
///   a label's value
void append_escaped(std::string& out, std::string_view text, std::string_view special) {
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (special.find(c) != std::string_view::npos)
      out.append(1, '\\').append(1, c);
    else
      out += c;
  }
}

/// Writes the lines of one metric.
class line_writer {
 public:
  line_writer(std::string& out, const MetricFamily& family, const ClientMetric& metric)
      : out_(out), family_(family), metric_(metric) {}

  /// @param extra  a label of only this line, with its value; empty: none
  void add(std::string_view suffix, const std::string& value, std::string_view extra = {},
           const std::string& extra_value = {}) {
    out_.append(family_.name).append(suffix);
    const char* separator = "{";
    const auto label = [&](std::string_view name, std::string_view text) {
      out_.append(separator).append(name).append("=\"");
      append_escaped(out_, text, "\\\"");
      out_ += '"';
      separator = ",";
    };
    for (const auto& each : metric_.label) label(each.name, each.value);
    if (!extra.empty()) label(extra, extra_value);
    if (*separator == ',') out_ += '}';
    out_.append(1, ' ').append(value).append(1, '\n');
  }

 private:
  std::string& out_;
  const MetricFamily& family_;
  const ClientMetric& metric_;
};

void append_metric(std::string& out, const MetricFamily& family, const ClientMetric& metric) {
  line_writer lines(out, family, metric);
  switch (family.type) {
    case MetricType::Counter: return lines.add("", value_text(metric.counter.value));
    case MetricType::Gauge: return lines.add("", value_text(metric.gauge.value));
    case MetricType::Summary:
      for (const auto& q : metric.summary.quantile)
        lines.add("", value_text(q.value), "quantile", value_text(q.quantile));
      lines.add("_sum", value_text(metric.summary.sample_sum));
      return lines.add("_count", std::to_string(metric.summary.sample_count));
    case MetricType::Histogram:
      for (const auto& b : metric.histogram.bucket)
        lines.add("_bucket", std::to_string(b.cumulative_count), "le", value_text(b.upper_bound));
      lines.add("_sum", value_text(metric.histogram.sample_sum));
      return lines.add("_count", std::to_string(metric.histogram.sample_count));
    default: return lines.add("", value_text(metric.untyped.value));
  }
}

}  // namespace

std::string to_metrics_text(const std::vector<MetricFamily>& families) {
  std::string text;
  for (const auto& family : families) {
    text.append("# HELP ").append(family.name).append(1, ' ');
    append_escaped(text, family.help, "\\");
    text.append("\n# TYPE ").append(family.name).append(1, ' ').append(type_name(family.type)) += '\n';
    for (const auto& metric : family.metric) append_metric(text, family, metric);
  }
  return text;
}

}  // namespace mqcoap::observe
