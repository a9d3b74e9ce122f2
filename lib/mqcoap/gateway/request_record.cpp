#include <mqcoap/gateway/request_record.hpp>

#include <spdlog/fmt/fmt.h>

namespace mqcoap {

std::string to_line(const request_record& r) {
  if (!r.took)
    return fmt::format("{} {}/{} -> {} {}", r.request_id, r.device, r.subsystem, r.code, r.message);
  const double millis = std::chrono::duration<double, std::milli>(*r.took).count();
  return fmt::format("{} from={} {} {}/{}/{} -> {} {:.1f} ms{}{}{}{}", r.request_id,
                     r.source.empty() ? "-" : r.source, r.method, r.device, r.subsystem, r.path, r.code,
                     millis, r.traceparent.empty() ? "" : " trace=", r.traceparent,
                     r.message.empty() ? "" : " ", r.message);
}

}  // namespace mqcoap
