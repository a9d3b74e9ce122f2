#include <spdlog/spdlog.h>

#include <mqcoap/gateway/request_log.hpp>

namespace mqcoap {
std::string log_safe(std::string_view text, std::size_t longest) {
  std::string safe(text.substr(0, longest));
  for (char& c : safe)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  if (text.size() > longest) safe += "...";
  return safe;
}

void request_log::answer(const call& c, const mqcoap::answer& what, const clock& time) const {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  const double millis = std::chrono::duration<double, std::milli>(time.now() - c.received).count();
  spdlog::debug(
      "{} from={} {} {}/{}/{} -> {} {:.1f} ms{}{}{}", c.req.id.text(),
      c.req.source.empty() ? "-" : log_safe(c.req.source, 64), to_string(c.req.verb), c.topic.tag(),
      c.topic.subsystem(), log_safe(c.req.path.key()), to_int(what.code), millis,
      c.req.options->traceparent.empty() ? "" : " trace=" + log_safe(c.req.options->traceparent, 64),
      body_bytes_ == 0 ? "" : " ", body_bytes_ == 0 ? "" : log_safe(what.body.text(), body_bytes_));
}

void request_log::fault(const exchange_topic& topic, const decode_fault& f) const {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  spdlog::debug("{} {}/{} -> {} {}", topic.id(), topic.tag(), topic.subsystem(), to_int(f.code),
                log_safe(f.words));
}

}  // namespace mqcoap
