#include <mqcoap/resource/backend/child_process.hpp>

#include <sys/wait.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <mqcoap/resource/backend/spawned_child.hpp>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

namespace mqcoap {
namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

/// The capacity of a pipe.
constexpr std::size_t piece_size = 65536;
/// The limit of what is read from a pipe after the program has exited: a process outside of its group
/// may keep writing.
constexpr int most_pieces_left = 16;

struct spawn_outcome {
  std::unique_ptr<spawned_child> child{};
  int error = ECANCELED;
};

spawn_outcome spawn(const child_options& options) noexcept try {
  return {std::make_unique<spawned_child>(options), 0};
} catch (const std::system_error& e) {
  return {nullptr, e.code().value()};
} catch (const std::bad_alloc&) {
  return {nullptr, ENOMEM};
}

}  // namespace

std::string child_end::message() const {
  if (error != 0) return "it cannot be started: " + std::generic_category().message(error);
  if (WIFSIGNALED(status))
    return "it was ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
           ::strsignal(WTERMSIG(status)) + ')';
  return "it ended with status " + std::to_string(WEXITSTATUS(status));
}

/// Lives until the program is reaped.
class child_process::state : public std::enable_shared_from_this<child_process::state> {
 public:
  state(const boost::asio::any_io_executor& loop, events on)
      : on_(std::move(on)),
        exited_(loop),
        input_(loop),
        output_{stream_descriptor(loop)},
        errors_{stream_descriptor(loop)},
        kill_timer_(loop) {}

  /// Returns false if the program is no longer wanted. Called by the thread that starts it.
  bool is_wanted() const noexcept { return !ending_; }
  void begin(spawn_outcome outcome, bool has_input);
  bool write(std::string bytes);
  void close_input();
  void hold_errors(bool held);
  void end();
  void release();

 private:
  struct stream {
    stream_descriptor at;
    std::function<void(std::string_view)> events::*handler = nullptr;
    bool held = false;
    bool awaited = false;
  };

  void open(spawned_child& child);
  void await_exit();
  void on_exit();
  void listen(stream& from);
  void take(stream& from);
  void take_rest(stream& from);
  bool write_some();
  void await_taking();
  void report_end(child_end how);
  void close();

  const events on_;
  std::unique_ptr<spawned_child> child_;
  stream_descriptor exited_;
  stream_descriptor input_;
  stream output_;
  stream errors_;
  boost::asio::steady_timer kill_timer_;
  std::string unwritten_;
  std::size_t written_ = 0;
  bool close_behind_ = false;  ///< close the input when everything is written
  std::atomic<bool> ending_ = false;
  bool released_ = false;
  std::vector<char> piece_;
};

void child_process::state::begin(spawn_outcome outcome, bool has_input) {
  if (!outcome.child) return report_end({outcome.error, 0});
  child_ = std::move(outcome.child);
  try {
    open(*child_);
  } catch (const boost::system::system_error& e) {
    child_->kill();
    child_.reset();
    close();
    return report_end({e.code().value(), 0});
  }
  await_exit();
  if (ending_) {
    ending_ = false;
    return end();
  }
  listen(output_);
  listen(errors_);
  if (!has_input) return;
  const bool wanted = !unwritten_.empty();
  if (!write_some()) return await_taking();
  if (wanted && !released_) on_.taken();
}

void child_process::state::open(spawned_child& child) {
  const auto give = [](stream_descriptor& to, descriptor& from) {
    if (!from) return;
    to.assign(*from);
    from.release();
    to.non_blocking(true);
  };
  output_.handler = &events::output;
  errors_.handler = &events::errors;
  piece_.resize(piece_size);
  give(exited_, child.exited);
  give(input_, child.input);
  give(output_.at, child.output);
  give(errors_.at, child.errors);
}

void child_process::state::await_exit() {
  exited_.async_wait(stream_descriptor::wait_read, [self = shared_from_this()](error_code ec) {
    if (!ec) self->on_exit();
  });
}

/// Reads what the program wrote before it exited and is still in the pipes.
void child_process::state::on_exit() {
  kill_timer_.cancel();
  child_->kill();
  if (!ending_) {
    take_rest(output_);
    take_rest(errors_);
  }
  const int status = child_->reap();
  child_.reset();
  close();
  report_end({0, status});
}

void child_process::state::report_end(child_end how) {
  ending_ = true;
  if (!released_) on_.ended(how);
}

void child_process::state::close() {
  error_code ignored;
  exited_.close(ignored);
  input_.close(ignored);
  output_.at.close(ignored);
  errors_.at.close(ignored);
}

/// Waits until there is something to read, and then reads it, instead of reading asynchronously. Therefore,
/// output that was not read when the program exits is still in the pipe.
void child_process::state::listen(stream& from) {
  if (from.held || std::exchange(from.awaited, true)) return;
  from.at.async_wait(stream_descriptor::wait_read, [self = shared_from_this(), &from](error_code ec) {
    from.awaited = false;
    if (!ec && !self->ending_ && !from.held) self->take(from);
  });
}

void child_process::state::take(stream& from) {
  error_code ec;
  const auto got = from.at.read_some(boost::asio::buffer(piece_), ec);
  if (ec && ec != boost::asio::error::would_block) {
    error_code ignored;
    from.at.close(ignored);  // the program closed the stream, and may still be running
    return;
  }
  if (got > 0) (on_.*from.handler)({piece_.data(), got});
  if (!ending_) listen(from);
}

void child_process::state::take_rest(stream& from) {
  for (int i = 0; i < most_pieces_left && from.at.is_open() && !ending_; ++i) {
    error_code ec;
    const auto got = from.at.read_some(boost::asio::buffer(piece_), ec);
    if (ec) return;
    (on_.*from.handler)({piece_.data(), got});
  }
}

bool child_process::state::write(std::string bytes) {
  unwritten_ = std::move(bytes);
  written_ = 0;
  if (!input_.is_open()) return false;  // not open yet, or closed again
  if (write_some()) return true;
  await_taking();
  return false;
}

/// Returns true if everything is written.
bool child_process::state::write_some() {
  while (input_.is_open() && written_ < unwritten_.size()) {
    error_code ec;
    written_ += input_.write_some(boost::asio::buffer(unwritten_) + written_, ec);
    if (ec == boost::asio::error::would_block) return false;
    if (ec) {
      error_code ignored;
      input_.close(ignored);
      return false;
    }
  }
  unwritten_.clear();
  if (close_behind_ && input_.is_open()) input_.close();
  return true;
}

void child_process::state::await_taking() {
  if (!input_.is_open()) return;
  input_.async_wait(stream_descriptor::wait_write, [self = shared_from_this()](error_code ec) {
    if (ec || self->ending_) return;
    if (!self->write_some()) return self->await_taking();
    self->on_.taken();
  });
}

void child_process::state::close_input() {
  close_behind_ = true;
  if (unwritten_.empty() && input_.is_open()) input_.close();
}

void child_process::state::hold_errors(bool held) {
  errors_.held = held;
  if (!held && !ending_ && errors_.at.is_open()) listen(errors_);
}

void child_process::state::end() {
  if (ending_.exchange(true) || !child_) return;
  child_->terminate();
  kill_timer_.expires_after(spawned_child::grace_period);
  kill_timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (!ec && self->child_) self->child_->kill();
  });
}

/// Terminates the program, and closes the pipes: a process that still reads gets an end of file, and one that
/// writes gets an error.
void child_process::state::release() {
  released_ = true;
  end();
  error_code ignored;
  input_.close(ignored);
  output_.at.close(ignored);
  errors_.at.close(ignored);
}

child_process::child_process(backend_services& services, child_options options, events on)
    : state_(std::make_shared<state>(services.loop(), std::move(on))) {
  services.run_blocking([options = std::move(options), state = state_]() mutable -> std::function<void()> {
    auto outcome = std::make_shared<spawn_outcome>();
    if (state->is_wanted()) *outcome = spawn(options);
    return [state = std::move(state), outcome = std::move(outcome), has_input = options.has_input] {
      state->begin(std::move(*outcome), has_input);
    };
  });
}

child_process::~child_process() { state_->release(); }
bool child_process::write(std::string bytes) { return state_->write(std::move(bytes)); }
void child_process::close_input() { state_->close_input(); }
void child_process::end() { state_->end(); }
void child_process::hold_errors(bool held) { state_->hold_errors(held); }

}  // namespace mqcoap
