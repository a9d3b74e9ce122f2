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

/// The options that all resources with a backend have.
struct backend_resource_options {
  method_set methods{method::get};
  std::optional<json_schema> schema{};  ///< schema of the body of a PUT or POST
  reading_options reading{};
  std::size_t max_depth = 31;  ///< nesting limit of values that are read, which a payload wraps once more
  /// How long a value that was read is used for further GETs; 0 if each GET reads. GETs that arrive during a
  /// read share it.
  std::chrono::milliseconds cache{0};
  bool is_metric = false;  ///< the number that was read last is also a metric

  friend bool operator==(const backend_resource_options&, const backend_resource_options&) = default;
};

/// Serves a resource by its backend. Checks the request, lets the backend read or write, and builds the
/// answer: 205 with the value for GET, 204 for PUT, 202 for DELETE and 203 for POST, unless the backend
/// returns another code. A cancelled call cancels the work of the backend for it.
class backend_resource final : public handler, public std::enable_shared_from_this<backend_resource> {
 public:
  backend_resource(backend_resource_options options, std::shared_ptr<backend> by, const clock& time);
  void handle(responder&& r) override;
  bool is_metric() const noexcept override { return options_.is_metric; }
  std::optional<double> measured() override { return measured_; }

 private:
  struct caller {
    responder waiting;
  };
  using caller_list = std::list<std::shared_ptr<caller>>;
  /// An operation of the backend, and the callers that wait for it.
  struct work {
    caller_list callers;
    backend::running running;
    std::uint64_t writes_before = 0;  ///< `writes_` when it began
    bool is_reusable = false;         ///< what it reads may be given to later callers
    bool is_write = false;
    bool has_ended = false;
  };

  std::optional<answer> refuse(const request& r) const;
  bool give_from_cache(responder& r);
  void begin(responder&& r);
  void wait_for(const std::shared_ptr<work>& awaited, responder&& r);
  void leave(const std::shared_ptr<work>& awaited, const std::shared_ptr<caller>& gone) noexcept;
  void end(const std::shared_ptr<work>& ended, backend_reply reply);
  void note_write() noexcept;
  void note_unknown_write() noexcept;
  void give_reading(const work& ended, const caller_list& callers, const backend_reply& reply);
  answer answer_to(const request& r, const backend_reply& reply) const;

  const backend_resource_options options_;
  const reading reading_;
  const std::shared_ptr<backend> by_;
  const clock& time_;
  std::list<std::shared_ptr<work>> under_way_;
  std::optional<json_text> cached_;
  steady_time cached_until_{};
  steady_time uncached_until_{};  ///< a write may still be carried out: nothing that is read is reused
  std::optional<double>
      measured_;  ///< the value that was read last; nothing if reading failed, or it was not a number
  std::weak_ptr<work> reading_now_;  ///< with `cache`: the read in progress that further GETs share
  std::uint64_t writes_ = 0;         ///< the beginnings and ends of writes so far
};

}  // namespace mqcoap
