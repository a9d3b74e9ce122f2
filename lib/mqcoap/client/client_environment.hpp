#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/transport/link_options.hpp>

namespace mqcoap {

class link;

/// Gives a client its connections and the time. By default these are connections to real brokers and the
/// clocks of the machine; a `testing::broker` has its own. Do not derive from it: links and alarms are no
/// part of the public library.
/// @par Threads  Any.
class client_environment {
 public:
  using executor = boost::asio::any_io_executor;

  virtual ~client_environment() = default;
  virtual std::unique_ptr<link> make_link(const executor& serial, const link_options& options) = 0;
  virtual const clock& time() const noexcept = 0;
  /// @param ring  runs on `serial` at the time last asked for or soon after; not any more when the alarm is
  /// gone
  virtual std::unique_ptr<alarm> make_alarm(const executor& serial, std::function<void()> ring) = 0;
};

}  // namespace mqcoap
