#pragma once

#include <memory>
#include <mqcoap/resource/action/action_step.hpp>
#include <mqcoap/resource/exec/exec_backend.hpp>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Runs a program, and ignores its standard output.
class exec_step final : public action_step {
 public:
  explicit exec_step(std::shared_ptr<exec_backend> by) : by_(std::move(by)) {}

  std::string_view name() const noexcept override { return "exec"; }
  outcome refuse(const call& of) const override;
  running begin(const call& of, steady_time deadline, done_handler done) override;

 private:
  const std::shared_ptr<exec_backend> by_;
};

}  // namespace mqcoap
