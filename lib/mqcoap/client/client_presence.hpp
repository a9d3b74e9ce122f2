#pragma once

#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/exchange/announcement.hpp>
#include <mqcoap/transport/link.hpp>
#include <string>
#include <string_view>

namespace mqcoap {

/// Announces the presence of a client's tag on the connection of its requests: the retained ONLINE and
/// OFFLINE, and the last will. (A gateway has a separate connection for each presence.)
/// @par Threads  One at a time.
class client_presence {
 public:
  /// @param options  must outlive this
  client_presence(const client_options& options, const clock& time);

  /// Returns the topic; empty if the client has no tag, or does not announce it.
  const std::string& topic() const noexcept { return topic_; }
  /// Adds the last will, unless the user has defined one.
  void add_will(link_options& broker);

  /// Publishes ONLINE or OFFLINE. Does nothing without a connection.
  /// @param via  null: no connection
  void publish(link* via, bool online);
  /// Handles a message under the topic, and contradicts it if it is wrong.
  void hear(link* via, const inbound& m);
  /// Publishes the correction that is due, if any. It uses the same connection, because requests are in
  /// flight on it.
  void correct(link* via);
  /// Returns the earliest time at which a correction is due; `steady_time::max()` for none.
  steady_time next_need() const noexcept { return announcement_.next_need(); }

 private:
  void publish(link& via, std::string_view payload);

  const client_options& options_;
  const clock& time_;
  const std::string topic_;
  announcement announcement_;
};

}  // namespace mqcoap
