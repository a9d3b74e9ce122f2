#pragma once

#include <functional>
#include <map>
#include <mqcoap/base/errc.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The filters that a link is subscribed to, and the broker's answer to each. It does not use a connection:
/// the caller sends, and reports the answers.
class subscription_table {
 public:
  using handler = std::function<void(error_code)>;

  /// A handler that is due, and its argument.
  struct answer {
    handler done;
    error_code error;
  };

  enum class step {
    send,      ///< not confirmed: subscribe, if connected
    wait,      ///< already subscribing
    confirmed  ///< the broker confirmed it on this connection: `done` is due now and was not stored
  };
  /// Adds a filter. The handler is stored as well, unless the step is `confirmed`.
  step keep(const std::string& filter, handler& done);

  /// Removes a filter; handlers that still wait for it get errc::closed. Returns false if it was not
  /// in the table.
  bool drop(std::string_view filter, std::vector<answer>& due);

  /// Returns all filters, in order, for subscribing on a new connection.
  std::vector<std::string> begin_connection();
  /// Notes that the filters of one SUBSCRIBE were sent with this packet id.
  void note_sent(int id, std::vector<std::string> filters);

  struct denial {
    std::string filter;
    bool first = false;  ///< not denied before, or granted in between: should be logged
  };
  /// Handles a SUBACK: one reason code per filter, 128 and above is a denial.
  std::vector<denial> answered(int id, std::span<const int> reasons, std::vector<answer>& due);

  /// Passes errc::closed to every handler that still waits.
  std::vector<answer> close();

  std::size_t size() const noexcept { return kept_.size(); }

  bool has_dots() const noexcept { return !with_dots_.empty(); }
  /// Finds the filter that a broker means when it delivers a topic that matches none of the filters, because
  /// it routes by AMQP (RabbitMQ) and treats a dot in a topic as a '/'; empty: there is none.
  std::string_view meant_by(std::string_view topic) const;

 private:
  enum class state { idle, note_sent, confirmed, denied };
  struct entry {
    state now = state::idle;
    int packet_id = 0;
    bool denial_reported = false;
    std::vector<handler> waiting;
  };

  std::map<std::string, entry, std::less<>> kept_;
  std::map<int, std::vector<std::string>> in_flight_;
  std::map<std::string, std::string, std::less<>> with_dots_;  ///< maps a filter to its form with '/' for '.'
};

}  // namespace mqcoap
