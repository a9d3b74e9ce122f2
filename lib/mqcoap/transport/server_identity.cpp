#include <mqcoap/transport/server_identity.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace mqcoap {
namespace {

struct endpoint_text {
  std::string address;
  std::string port;
};

using name_call = int (*)(int, sockaddr*, socklen_t*);

endpoint_text read_name(int socket, name_call get) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (get(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return {text.data(), std::to_string(ntohs(v4.sin_port))};
  }
  if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return {text.data(), std::to_string(ntohs(v6.sin6_port))};
  }
  return {};
}

}  // namespace

std::string server_identity(int socket) {
  const auto peer = read_name(socket, ::getpeername);
  if (peer.address.empty()) return {};
  const auto here = read_name(socket, ::getsockname);
  const bool is_this_machine = here.address == peer.address || peer.address.starts_with("127.");
  return (is_this_machine ? "here" : peer.address) + ' ' + peer.port;
}

}  // namespace mqcoap
