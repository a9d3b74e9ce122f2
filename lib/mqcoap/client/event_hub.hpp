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

/// An empty message with a placeholder topic.
template <>
struct no_result<general_message> {
  static general_message make();
};

/// The subscriptions of one client to general payloads, and the dispatch of messages to them. Those with a
/// handler are called; those without store their messages until they are received.
/// @par Threads  One at a time.
class event_hub {
 public:
  using receiving = operation<error_code, general_message>;

  explicit event_hub(const client_options& options) : options_(options) {}

  /// @param on_message  empty: messages are stored until they are received
  subscription_id add(std::string filter, client_base::general_handler on_message);
  /// Removes a subscription and returns its filter, or nothing if there is none with this id. Operations that
  /// wait to receive from it complete with errc::closed.
  std::optional<std::string> remove(subscription_id id);
  bool wants(std::string_view filter) const noexcept;
  std::vector<std::string> filters() const;

  void receive(subscription_id from, const std::shared_ptr<receiving>& done);
  /// Completes operations that could not be completed earlier because memory had run out. @throws
  /// std::bad_alloc if it still has
  void retry();

  /// Passes a message to the subscriptions whose filter matches it. Returns false if it is not
  /// a general payload.
  /// @param own_filter  a filter of the client itself that matches the message as well; empty: none does
  bool hand_out(const inbound& m, std::string_view own_filter);
  /// Stops calling handlers.
  /// @par Threads  Any.
  void stop() noexcept { stopped_ = true; }
  void clear();

 private:
  struct subscription {
    std::string filter;
    std::shared_ptr<const client_base::general_handler> on_message;  ///< null: messages are stored
    event_queue kept;
    std::deque<std::shared_ptr<receiving>> waiting;
  };

  static void serve(subscription& to);
  bool is_copy(const inbound& m, std::size_t filters);
  void notify(const client_base::general_handler& on_message, const general_message& m,
              std::string_view topic) const noexcept;

  const client_options& options_;
  std::map<subscription_id, subscription> all_;
  std::uint64_t last_ = 0;
  std::atomic<bool> stopped_{false};
  /// The last message of which copies are due: brokers may send a message once for each matching filter.
  struct {
    std::string topic, payload;
    std::size_t due = 0;
  } copies_;
};

}  // namespace mqcoap
