#pragma once

#include <string>

namespace mqcoap {

/// Identifies the server of a connected socket, so that two connections to one server give the same text:
/// address and port of the peer. All addresses of this machine are one: those that the kernel answers from
/// the same address. Empty if the socket is not connected.
std::string server_identity(int socket);

}  // namespace mqcoap
