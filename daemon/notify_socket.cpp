#include "notify_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace mqcoap {

notify_socket::notify_socket() {
  const char* named = std::getenv("NOTIFY_SOCKET");
  if (named == nullptr || *named == '\0') return;
  address_ = named;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

notify_socket::~notify_socket() {
  if (socket_ >= 0) ::close(socket_);
}

std::error_code notify_socket::send(std::string_view state) const noexcept {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (address_.empty() || address_.size() >= sizeof to.sun_path)
    return make_error_code(std::errc::filename_too_long);
  std::memcpy(to.sun_path, address_.data(), address_.size());
  auto length = offsetof(sockaddr_un, sun_path) + address_.size();
  if (address_.front() == '@')
    to.sun_path[0] = '\0';  // an abstract name, whose length is significant
  else
    ++length;
  const auto count = ::sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                              reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(length));
  return count >= 0 ? std::error_code() : std::error_code(errno, std::system_category());
}

}  // namespace mqcoap
