#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mqcoap/config/settings.hpp>
#include <mqcoap/gateway/gateway_host.hpp>
#include <mqcoap/net/background_call.hpp>
#include <mqcoap/settings/diagnostic.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "log_output.hpp"

namespace mqcoap {

/// Logs each diagnostic at its level.
void log_all(const std::vector<diagnostic>& diagnostics);

/// A thread with a lower priority.
class low_priority_thread {
 public:
  explicit low_priority_thread(std::function<void()> work);
  void detach() { thread_.detach(); }

 private:
  std::thread thread_;
};

/// Reads the configuration again and puts it in force. A separate thread reads and checks it, and compares it
/// with the one in force; the event loop puts it in force in slices, between which requests are answered. The
/// previous configuration is freed on such a thread as well. Before the first device is replaced, nothing in
/// use is changed.
/// @par Threads  All functions on the event loop.
class reloader {
 public:
  /// The callbacks run on the event loop; all references must outlive this object.
  struct environment {
    boost::asio::any_io_executor loop;
    std::string file;
    gateway_host& host;
    std::function<void()> begins;  ///< the file is about to be read
    /// Prepares what the configuration needs; throws if that fails.
    std::function<void(const config::settings& next)> prepare;
    std::function<void(config::settings next, log_output::prepared log)> in_force;
    /// The reload has ended.
    /// @param why  the failure; empty: the configuration is in force
    std::function<void(std::string why)> ended;
  };

  explicit reloader(environment env);

  /// Begins a reload. If one is in progress, another one follows it, because the file may already
  /// have been read.
  void begin();
  /// Waits until no thread reads the gateway's options, which must not be destroyed before. Returns false if
  /// a thread still does so after this time: it may be stuck reading a file.
  bool wait_for_reader(std::chrono::milliseconds limit) const {
    return !read_.valid() || read_.wait_for(limit) == std::future_status::ready;
  }
  /// Returns true while there may be a thread, which uses the program's static data.
  bool is_on_thread() const noexcept { return on_thread_; }

 private:
  /// The result of a reading thread.
  struct reading {
    std::vector<diagnostic> diagnostics{};
    std::string failure{};                   ///< the error if there is no other result; empty: success
    std::optional<config::settings> next{};  ///< without the options of the gateway and the brokers
    log_output::prepared log{};
    prepared_configuration prepared{};
  };

  static reading read(const std::string& file, const gateway_host& host);
  void take(std::shared_ptr<reading> found);
  void advance_later();
  void advance();
  void end(std::string why);

  const environment env_;
  background_call<std::shared_ptr<reading>, low_priority_thread> reader_;
  background_call<bool, low_priority_thread> freer_;
  boost::asio::steady_timer pause_;
  bool under_way_ = false;
  bool on_thread_ = false;
  bool once_more_ = false;
  std::shared_ptr<reading> found_;
  std::future<void> read_;  ///< ready when the reading thread no longer uses the gateway
};

}  // namespace mqcoap
