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

/// A thread that lets others go first.
class patient_thread {
 public:
  explicit patient_thread(std::function<void()> work);
  void detach() { thread_.detach(); }

 private:
  std::thread thread_;
};

/// Reads the configuration again and puts it in force. It is read, checked and compared with the one in force
/// on a thread of its own; the event loop puts it in force in slices, between which requests are answered.
/// The configuration before is freed on such a thread, too. Before the first device is replaced, nothing that
/// runs is touched.
/// @par Threads  Everything on the event loop.
class reloader {
 public:
  /// The callbacks run on the event loop; all references outlive this object.
  struct environment {
    boost::asio::any_io_executor loop;
    std::string file;
    gateway_host& host;
    std::function<void()> begins;  ///< the file is about to be read
    /// Makes ready what the configuration needs; throws if that fails.
    std::function<void(const config::settings& next)> prepare;
    std::function<void(config::settings next, log_output::prepared log)> in_force;
    /// It has ended. @param why  empty: the configuration is in force
    std::function<void(std::string why)> ended;
  };

  explicit reloader(environment env);

  /// Begins. During a reload: once that has ended, since the file may have been read already.
  void begin();
  /// Waits until no thread reads the gateway's options, which must not be destroyed before. Returns false if
  /// one still does after this time: it may be stuck in a file.
  bool wait_for_reader(std::chrono::milliseconds limit) const {
    return !read_.valid() || read_.wait_for(limit) == std::future_status::ready;
  }
  /// Returns true while there may be a thread, which uses the static data of the program.
  bool is_on_thread() const noexcept { return on_thread_; }

 private:
  /// What a thread has read.
  struct reading {
    std::vector<diagnostic> diagnostics{};
    std::string failure{};                   ///< why there is nothing else; empty: there is
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
  background_call<std::shared_ptr<reading>, patient_thread> reader_;
  background_call<bool, patient_thread> freer_;
  boost::asio::steady_timer pause_;
  bool under_way_ = false;
  bool on_thread_ = false;
  bool once_more_ = false;
  std::shared_ptr<reading> found_;
  std::future<void> read_;  ///< ready when the thread that reads has what it wants of the gateway
};

}  // namespace mqcoap
