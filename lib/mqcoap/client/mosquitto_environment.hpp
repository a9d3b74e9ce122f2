#pragma once

#include <memory>
#include <mqcoap/client/client_environment.hpp>

namespace mqcoap {

/// Connections through libmosquitto, the system clocks, and Asio's timers. Shared by all clients
/// of the process.
std::shared_ptr<client_environment> mosquitto_environment();

/// Creates an alarm that uses an Asio timer.
std::unique_ptr<alarm> make_timer_alarm(const client_environment::executor& serial,
                                        std::function<void()> ring);

}  // namespace mqcoap
