#pragma once

#include <chrono>
#include <memory>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/process/program.hpp>
#include <utility>

namespace mqcoap {

/// Passes requests to a program, which may have been started by the resource before a reload.
class process_backend final : public backend {
 public:
  process_backend(std::shared_ptr<program> by, std::chrono::milliseconds timeout)
      : by_(std::move(by)), timeout_(timeout) {}
  running run(backend_request what, reply_handler done) override {
    return by_->ask(what, timeout_, std::move(done));
  }
  response_code unreadable() const noexcept override { return response_code::bad_gateway; }

 private:
  const std::shared_ptr<program> by_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace mqcoap
