#include "counter.hpp"

#include <chrono>
#include <memory>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace mqcoap {
namespace {

struct count_in_progress {
  responder caller;
  timer_queue::timer ends;
};

class counter_resource final : public handler, public std::enable_shared_from_this<counter_resource> {
 public:
  counter_resource(const counter_options& options, timer_queue& bus)
      : bus_(bus), count_(options.start), can_stop_(options.can_stop) {}

  void handle(responder&& r) override {
    if (auto refused = refuse_method(r.req(), {method::get, method::post}))
      return std::move(r).respond(*std::move(refused));
    if (r.req().verb == method::post) throw std::runtime_error("the counter is jammed");
    const auto begun = std::make_shared<count_in_progress>();
    begun->ends = bus_.after(std::chrono::milliseconds(50), [begun, counter = weak_from_this()] {
      if (const auto self = counter.lock())
        std::move(begun->caller).respond(give(begun->caller.req(), self->next(), ""));
      else
        std::move(begun->caller).fail(response_code::service_unavailable, "the counter is gone");
    });
    if (can_stop_)
      r.when_cancelled([stopped = std::weak_ptr(begun)] {
        if (const auto still = stopped.lock()) still->ends.cancel();
      });
    begun->caller = std::move(r);
  }

 private:
  json_text next() { return json_text::from_validated(std::to_string(++count_)); }

  timer_queue& bus_;
  std::int64_t count_;
  const bool can_stop_;
};

struct counter_keys {
  std::int64_t start = 0;
};

std::optional<kind_options> build_counter(const counter_keys& keys, const kind_place& /*at*/) {
  return counter_options{keys.start};
}

}  // namespace

void counter_options::make(resource_site& at) const {
  at.serve(at.path(),
           std::make_shared<counter_resource>(*this, bus != nullptr ? *bus : at.services().timers));
}

const kind_module& counter_kind() {
  using keys = counter_keys;
  static const kind_table<keys> table{
      {key<keys>("counter", integer(0, 1000), another_kind(),
                 "A number that counts how often it was read, from here on. Reading takes 50 ms.",
                 &keys::start)},
      build_counter};
  return table;
}

}  // namespace mqcoap
