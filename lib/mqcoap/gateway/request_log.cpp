#include <mqcoap/gateway/request_log.hpp>

#include <spdlog/spdlog.h>

#include <mqcoap/base/safe_text.hpp>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t longest_name = 64;

request_record record_of(const call& c, const mqcoap::answer& what, std::chrono::nanoseconds took) {
  request_record r;
  r.request_id = c.req.id.text();
  r.source = log_safe(c.req.source, longest_name);
  r.method = to_string(c.req.verb);
  r.device = c.target.tag();
  r.subsystem = c.target.subsystem();
  r.path = log_safe(c.req.path.key());
  r.code = to_int(what.code);
  r.took = std::chrono::duration_cast<std::chrono::microseconds>(took);
  if (c.req.correlation_id) r.correlation_id = c.req.correlation_id->text();
  r.traceparent = log_safe(c.req.options->traceparent, longest_name);
  return r;
}

}  // namespace

request_log::request_log(std::size_t body_bytes, request_sink sink)
    : body_bytes_(body_bytes), sink_(std::move(sink)) {}

void request_log::answer(const call& c, const mqcoap::answer& what, const clock& time) const {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  auto r = record_of(c, what, time.now() - c.received);
  if (body_bytes_ > 0) r.message = log_safe(what.body.text(), body_bytes_);
  write(r);
}

void request_log::fault(const exchange_topic& topic, const decode_fault& f) const {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  request_record r;
  r.request_id = topic.id();
  r.device = topic.tag();
  r.subsystem = topic.subsystem();
  r.code = to_int(f.code);
  r.message = log_safe(f.message);
  write(r);
}

void request_log::write(const request_record& r) const {
  if (sink_) return sink_(r);
  spdlog::debug("{}", to_line(r));
}

}  // namespace mqcoap
