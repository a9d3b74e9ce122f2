#pragma once

#include <functional>
#include <map>
#include <mqcoap/base/errc.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// The filters that a link keeps, and how the broker answered each. Names no connection: the caller sends,
/// and tells what came back.
class subscription_table {
 public:
  using handler = std::function<void(error_code)>;

  /// A handler that is due, and what to call it with.
  struct answer {
    handler done;
    error_code error;
  };

  enum class step {
    send,      ///< not confirmed: ask the broker, if there is a connection
    wait,      ///< asked already
    confirmed  ///< the broker confirmed it on this connection: `done` is due now and was not kept
  };
  /// Keeps a filter. The handler is kept too, unless the step is `confirmed`.
  step keep(const std::string& filter, handler& done);

  /// Forgets a filter; handlers that still wait for it get errc::closed. False if it was not kept.
  bool drop(std::string_view filter, std::vector<answer>& due);

  /// Every filter, in order; to be asked for again on a new connection.
  std::vector<std::string> begin_connection();
  /// The filters of one SUBSCRIBE were sent under this packet id.
  void asked(int id, std::vector<std::string> filters);

  struct denial {
    std::string filter;
    bool first = false;  ///< not denied before, or granted in between: worth a line in the log
  };
  /// The broker answered a SUBSCRIBE: one reason code per filter, 128 and above is a denial.
  std::vector<denial> answered(int id, std::span<const int> reasons, std::vector<answer>& due);

  /// Gives every handler that still waits errc::closed.
  std::vector<answer> close();

  std::size_t size() const noexcept { return kept_.size(); }

  bool has_dots() const noexcept { return !with_dots_.empty(); }
  /// Brokers that route by AMQP (RabbitMQ) take a dot in a topic for a '/'. Finds the filter that such a
  /// broker means when it brings a topic that none of the filters takes; empty: there is none.
  std::string_view meant_by(std::string_view topic) const;

 private:
  enum class state { idle, asked, confirmed, denied };
  struct entry {
    state now = state::idle;
    int asked_id = 0;
    bool denial_told = false;
    std::vector<handler> waiting;
  };

  std::map<std::string, entry, std::less<>> kept_;
  std::map<int, std::vector<std::string>> asked_;
  std::map<std::string, std::string, std::less<>> with_dots_;  ///< filter to how it reads with '/' for '.'
};

}  // namespace mqcoap
