#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mqcoap/client/client_base.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/completion.hpp>
#include <mqcoap/client/event_queue.hpp>
#include <mqcoap/transport/link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A message of nobody.
template <>
struct no_result<general_message> {
  static general_message make();
};

/// The subscriptions of one client to general payloads: what it subscribed to, and who gets what. Those with
/// a handler are called; those without keep their messages until they are received.
/// @par Threads  One at a time.
class event_hub {
 public:
  using receiving = operation<error_code, general_message>;

  explicit event_hub(const client_options& options) : options_(options) {}

  /// @param on_message  empty: messages wait to be received
  subscription_id add(std::string filter, client_base::general_handler on_message);
  /// The filter of a subscription that has ended now, if there was one. What waits to receive from it
  /// completes with errc::closed.
  std::optional<std::string> remove(subscription_id id);
  bool wants(std::string_view filter) const noexcept;
  std::vector<std::string> filters() const;

  void receive(subscription_id from, const std::shared_ptr<receiving>& done);

  /// Hands a message to the subscriptions that take it. False if it is no general payload.
  /// @param own_filter  of the client itself, which takes the message as well; empty: none does
  bool hand_out(const inbound& m, std::string_view own_filter);
  /// Calls no handler any more.
  /// @par Threads  Any.
  void stop() noexcept { stopped_ = true; }
  void clear();

 private:
  struct subscription {
    std::string filter;
    std::shared_ptr<const client_base::general_handler> on_message;  ///< null: messages are kept
    event_queue kept;
    std::deque<std::shared_ptr<receiving>> waiting;
  };

  bool is_copy(const inbound& m, std::size_t filters);
  void give(subscription& to, const general_message& m, std::size_t bytes) const;
  void tell(const client_base::general_handler& on_message, const general_message& m,
            std::string_view topic) const noexcept;

  const client_options& options_;
  std::map<subscription_id, subscription> all_;
  std::uint64_t last_ = 0;
  std::atomic<bool> stopped_{false};
  /// Brokers may send a message once for each of our filters that takes it.
  struct {
    std::string topic, payload;
    std::size_t due = 0;
  } copies_;
};

}  // namespace mqcoap
