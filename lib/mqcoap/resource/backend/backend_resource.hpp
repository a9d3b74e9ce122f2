#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/backend/reading.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/schema/json_schema.hpp>
#include <optional>

namespace mqcoap {

/// What every resource with a backend is told by the configuration.
struct backend_resource_options {
  method_set methods{method::get};
  std::optional<json_schema> schema{};  ///< of the body of a PUT or POST
  reading_options reading{};
  std::size_t max_depth = 32;  ///< of what is read
  /// How long a value that was read is given to others; 0: each GET reads. GETs that come while one reads
  /// share its reading.
  std::chrono::milliseconds cache{0};

  friend bool operator==(const backend_resource_options&, const backend_resource_options&) = default;
};

/// A resource that stands for something in the lab. It judges the request, has the backend read or write, and
/// makes the answer: a GET gets the value (205), a PUT or DELETE 204, a POST 203, unless the backend says
/// otherwise. A call that is ended ends the backend's work for it.
class backend_resource final : public handler, public std::enable_shared_from_this<backend_resource> {
 public:
  backend_resource(backend_resource_options options, std::shared_ptr<backend> by, const clock& time);
  void handle(responder&& r) override;

 private:
  struct caller {
    responder waiting;
  };
  using caller_list = std::list<std::shared_ptr<caller>>;
  /// One work of the backend, and who waits for it.
  struct work {
    caller_list callers;
    backend::running running;
    bool has_ended = false;
  };

  std::optional<answer> refuse(const request& r) const;
  bool give_from_cache(responder& r);
  void begin(responder&& r);
  void wait_for(const std::shared_ptr<work>& awaited, responder&& r);
  void leave(const std::shared_ptr<work>& awaited, const std::shared_ptr<caller>& gone) noexcept;
  void end(const std::shared_ptr<work>& ended, backend_reply reply);
  void give_reading(const caller_list& callers, const backend_reply& reply);
  answer answer_to(const request& r, const backend_reply& reply) const;

  const backend_resource_options options_;
  const reading reading_;
  const std::shared_ptr<backend> by_;
  const clock& time_;
  std::list<std::shared_ptr<work>> under_way_;
  std::optional<json_text> cached_;
  steady_time cached_until_{};
  std::weak_ptr<work> reading_now_;  ///< with `cache`: what further GETs wait for
};

}  // namespace mqcoap
