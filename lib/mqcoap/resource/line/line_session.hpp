#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/base/log_sink.hpp>
#include <mqcoap/exchange/throttle.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/line/line_terms.hpp>
#include <mqcoap/resource/line/line_wire.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// Runs the exchanges with an instrument one after the other, and ensures that no exchange gets the answer to
/// another one. Makes all decisions, and does no I/O: a wire delivers the bytes, and the owner calls
/// `expire` at `next_deadline`.
///
/// After a timeout the connection is closed, because the late answer may still arrive on it. On the next
/// connection, where it may arrive as well (a serial line), the late answer is awaited and dropped for the
/// time `drain` of the exchange, and then until the line is quiet. Unsolicited bytes are dropped, and the
/// next exchange begins when the line is quiet.
/// @par Threads  Used by one thread. A handler of an answer may call `ask` again; it must not
///   destroy this object.
class line_session final : public line_wire::listener {
 public:
  /// The line is quiet when nothing has arrived for this long.
  static constexpr std::chrono::milliseconds quiet{50};
  /// The limit of unsolicited bytes between two exchanges; beyond it, the connection is closed.
  static constexpr std::size_t most_unsolicited = std::size_t{256} << 10;

  /// @param name  the name of the instrument, for the log
  line_session(std::string name, line_wire& wire, const clock& time, log_sink log);

  /// @param deadline  when the caller stops waiting; `done` is called shortly before that
  backend::running ask(line_exchange what, steady_time deadline, backend::reply_handler done);

  void on_open() override;
  void on_failed(const std::string& why) override;
  void on_sent() override;
  void on_bytes(std::string_view bytes) override;
  void on_closed(const std::string& why) override;

  void expire();
  steady_time next_deadline() const;
  bool is_closed() const noexcept { return state_ == state::closed; }

 private:
  enum class state : std::uint8_t {
    closed,
    opening,
    settling,  ///< open; received bytes are dropped
    ready,
    talking,  ///< an exchange has begun
  };
  struct job {
    line_exchange what;
    steady_time requested_at;
    steady_time until;
    backend::reply_handler done;
  };
  using job_ptr = std::shared_ptr<job>;

  /// The exchange that has begun, whose caller may no longer wait.
  struct talk {
    std::weak_ptr<job> caller;
    bool is_answered = true;
    line_terms terms;
    steady_time begun{};
    steady_time until{};
    bool is_sent = false;
    std::string got;  ///< the bytes of the answer so far
  };

  job_ptr next_waiting();
  void forget_the_gone();
  void advance();
  bool step();
  void open(const job& first);
  bool begin(const job_ptr& next);
  void take_answer(std::string_view bytes);
  void take_unsolicited(std::string_view bytes);
  void take_line(std::size_t end);
  void end_talk(backend_reply reply);
  void be_ready();
  void close(bool is_answer_owed);
  void expire_waiting(steady_time now);
  void expire_talk(steady_time now);
  void answer(const std::weak_ptr<job>& caller, backend_reply reply);
  void answer_all_waiting(const backend_reply& reply);
  void note_unsolicited(std::size_t bytes, std::string_view shown);
  void warn(throttle& by, const std::string& message);
  steady_time settled_at() const;
  std::string text_of_waiting(const job& late, steady_time now) const;
  void deliver();

  const std::string name_;
  line_wire& wire_;
  const clock& time_;
  const log_sink log_;

  state state_ = state::closed;
  std::deque<std::weak_ptr<job>> waiting_;  ///< each job is owned by the handle of its caller
  talk talk_;
  std::deque<std::pair<std::weak_ptr<job>, backend_reply>>
      answers_;  ///< delivered when the state is consistent

  line_terms opened_by_;        ///< the terms of the exchange that opened or last used the connection
  steady_time open_until_{};    ///< the deadline for opening
  steady_time settle_until_{};  ///< the earliest end of settling
  steady_time owed_until_{};    ///< until then, a late answer may arrive
  line_end owed_end_ = line_end::lf;
  bool has_to_be_quiet_ = false;
  steady_time silent_since_{};
  steady_time free_at_{};  ///< no exchange begins before this time
  steady_time close_at_ = steady_time::max();
  bool is_fresh_ = false;  ///< no exchange has begun since the connection was opened
  std::size_t unsolicited_ = 0;

  throttle unsolicited_lines_{log_interval};
  throttle silent_lines_{log_interval};
  throttle failed_lines_{log_interval};
  static constexpr std::chrono::minutes log_interval{1};
};

}  // namespace mqcoap
