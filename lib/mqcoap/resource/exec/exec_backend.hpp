#pragma once

#include <memory>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/exec/argument.hpp>
#include <mqcoap/resource/exec/exec.hpp>
#include <mqcoap/resource/exec/exec_pool.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mqcoap {

/// Runs a program for each request.
class exec_backend final : public backend {
 public:
  /// @param pattern  the path of the resource, with its `*`
  exec_backend(exec_options options, std::string pattern, std::shared_ptr<exec_pool> pool);
  running run(backend_request what, reply_handler done) override;
  /// Returns the error for a request that cannot be passed to the program; nothing if it can.
  std::optional<backend_reply> refuse(const backend_request& what) const;

 private:
  result<std::vector<std::string>, backend_reply> arguments_for(const backend_request& what) const;

  const exec_options options_;
  const std::string pattern_;
  const std::vector<argument> arguments_;  ///< the arguments after the program
  const std::shared_ptr<exec_pool> pool_;
};

}  // namespace mqcoap
