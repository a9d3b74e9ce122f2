#pragma once

#include <string>

namespace mqcoap {

/// Identifies the server of a connected socket, so that two connections to the same server return the same
/// text: address and port of the peer. All addresses of this machine count as one: those in 127.0.0.0/8, and
/// those that the socket has as its local address, too. Empty if the socket is not connected.
std::string server_identity(int socket);

}  // namespace mqcoap
