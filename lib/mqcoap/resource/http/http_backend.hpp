#pragma once

#include <memory>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/http/http.hpp>
#include <mqcoap/resource/http/http_pool.hpp>
#include <optional>
#include <string>

namespace mqcoap {

/// Sends requests to a server, and converts its answers to replies. Of what is sent, only the path below the
/// URL and the body come from a caller.
class http_backend final : public backend {
 public:
  /// @param pattern  the path of the resource, with its `*`
  http_backend(http_resource_options options, std::string pattern, std::shared_ptr<http_pool> pool);
  running run(backend_request what, reply_handler done) override;
  response_code unreadable() const noexcept override { return response_code::bad_gateway; }

 private:
  std::optional<std::string> target_for(const backend_request& what) const;
  http_exchange exchange_for(const backend_request& what, std::string target) const;

  const http_resource_options options_;
  const std::string pattern_;
  const std::string host_;
  const std::shared_ptr<http_pool> pool_;
};

}  // namespace mqcoap
