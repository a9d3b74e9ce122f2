#pragma once

#include <memory>
#include <mqcoap/client/client_environment.hpp>

namespace mqcoap {

/// Connections by libmosquitto, the machine's clocks, Asio's timers. One for all clients of the process.
std::shared_ptr<client_environment> mosquitto_environment();

/// An alarm by a timer of Asio's.
std::unique_ptr<alarm> make_timer_alarm(const client_environment::executor& serial,
                                        std::function<void()> ring);

}  // namespace mqcoap
