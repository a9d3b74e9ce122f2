#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <cstdint>
#include <map>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/client/client.hpp>
#include <mqcoap/client/client_options.hpp>
#include <mqcoap/client/handler_chain.hpp>
#include <mqcoap/client/request_spec.hpp>
#include <mqcoap/client/stat_counter.hpp>
#include <mqcoap/exchange/outcome_memory.hpp>
#include <mqcoap/exchange/pending_table.hpp>
#include <mqcoap/protocol/topic.hpp>
#include <mqcoap/transport/link.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mqcoap {

/// The requests of one client, from the call to the answer. Keeps one standing subscription per device, and
/// sends to a device only when the broker has confirmed it. Owns no link and no timer, and asks no clock but
/// the one given: a test can run it by hand.
/// @par Threads  One at a time.
class requester {
 public:
  using completion = boost::asio::any_completion_handler<void(error_code, response)>;

  /// Who is told how requests ended, from inside any function of the requester: it calls nothing back.
  class observer {
   public:
    virtual void completed(completion done, error_code error, response&& answer) noexcept = 0;

   protected:
    ~observer() = default;
  };

  requester(const client_options& options, const response_chain& chain, const clock& time, observer& told);

  /// The link to send over from now on; null: none.
  void attach(link* via);

  /// Takes a request. Nothing if it ended at once (the observer was told).
  std::optional<request_id> begin(request_spec what, completion done);
  /// Completes with boost::asio::error::operation_aborted, if it is still pending.
  void cancel(const request_id& id);

  void on_response(const exchange_topic& topic, std::string_view payload);
  void on_link_up();
  void on_link_down(const outage_cause& why);
  void expire(steady_time now);
  steady_time next_deadline() const noexcept { return pending_.earliest(); }
  /// Completes everything with errc::closed. @param forever  and whatever comes after
  void close(bool forever);

  /// For what has to share an id.
  request_id next_id() { return ids_.next(); }
  /// Adds what the requester has counted. From any thread.
  void count(client_stats& into) const noexcept;

 private:
  struct device {
    enum class state : std::uint8_t {
      idle,   ///< the broker is not asked for the answers, on this connection
      asked,  ///< it is
      ready,  ///< it has confirmed
    };
    std::string filter;
    state now = state::idle;
    std::size_t pending = 0;                        ///< requests not yet ended
    std::map<std::uint64_t, request_id> waiting{};  ///< those not yet sent, in order
    steady_time last_used{};
  };
  struct entry {
    completion done;
    request_spec what;  ///< once sent, without what only the device needs
    std::chrono::milliseconds timeout;
    steady_time deadline;
    when_disconnected if_disconnected;
    std::uint64_t order;  ///< among those that wait to be sent
    device* at;
    bool sent = false;
    steady_time sent_at{};
  };

  bool up() const noexcept { return link_ != nullptr && link_->up(); }
  device* find_or_add(const device_tag& tag);
  bool make_room();
  void ask(const device_tag& tag, device& d);
  void on_subscribed(const std::string& tag, error_code error);
  void send(device& d, const request_id& id, entry& e);
  /// Hears of what becomes of a request after it was sent, if anything but an answer may come of it.
  link::written_handler follow(const request_id& id, std::size_t size) const;
  std::string unsent_words(error_code error, std::size_t size) const;
  void leave(const entry& e);
  void end(const request_id& id, entry e, error_code error, std::string_view words);
  /// Whether the request has left.
  enum class fate : std::uint8_t { not_sent, sent };
  void fail(completion done, const resource_path& path, const request_id& id, error_code error,
            std::string_view words, fate was = fate::not_sent);

  const client_options& options_;
  const response_chain& chain_;
  const clock& time_;
  observer& told_;
  const std::string source_;
  link* link_ = nullptr;
  std::unordered_map<std::string, device> devices_;
  pending_table<entry> pending_;
  outcome_memory outcomes_;
  request_id_generator ids_;
  std::uint64_t last_order_ = 0;
  std::string payload_;  ///< reused for every request
  bool closed_ = false;
  stat_counter requests_, answers_, late_, duplicates_, mismatched_, foreign_, waiting_;
  std::shared_ptr<requester*> alive_;
};

}  // namespace mqcoap
