#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/link_options.hpp>

namespace mqcoap {

class link;

/// Provides a client with its connections and the time. By default these are connections to real brokers and
/// the system clocks; a `testing::broker` provides its own. Do not derive from it: links and alarms are not
/// part of the public library.
/// @par Threads  Any.
class client_environment {
 public:
  using executor = boost::asio::any_io_executor;

  virtual ~client_environment() = default;
  virtual std::unique_ptr<link> make_link(const executor& serial, const link_options& options) = 0;
  virtual const clock& time() const noexcept = 0;
  /// @param ring  runs on `serial` at the most recently requested time or soon after; never after the alarm
  ///   is destroyed
  virtual std::unique_ptr<alarm> make_alarm(const executor& serial, std::function<void()> ring) = 0;
};

}  // namespace mqcoap
