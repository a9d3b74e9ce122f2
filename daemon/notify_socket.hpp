#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace mqcoap {

/// The service manager's socket, $NOTIFY_SOCKET (sd_notify(3)), written to without blocking: a manager that
/// does not read must not block the event loop.
class notify_socket {
 public:
  notify_socket();
  ~notify_socket();
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  /// Returns false if the environment does not specify a socket.
  bool is_wanted() const noexcept { return !address_.empty(); }

  /// @return std::errc::resource_unavailable_try_again if the manager has not read earlier messages
  std::error_code send(std::string_view state) const noexcept;

 private:
  std::string address_;
  int socket_ = -1;
};

}  // namespace mqcoap
