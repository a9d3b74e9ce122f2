#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <string>

namespace mqcoap::test {

/// A socket like those of service managers and the journal, in its own folder.
class datagram_socket {
 public:
  datagram_socket() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mqcoap-socket-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    path_ = folder_ + "/socket";
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    REQUIRE(path_.size() < sizeof at.sun_path);
    std::memcpy(at.sun_path, path_.c_str(), path_.size() + 1);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  }
  ~datagram_socket() {
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }
  datagram_socket(const datagram_socket&) = delete;
  datagram_socket& operator=(const datagram_socket&) = delete;

  const std::string& path() const noexcept { return path_; }

  /// Returns the next datagram without waiting; empty if there is none.
  std::string take() const {
    std::array<char, 4096> buffer;
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
  }

 private:
  std::string folder_;
  std::string path_;
  int socket_ = -1;
};

}  // namespace mqcoap::test
