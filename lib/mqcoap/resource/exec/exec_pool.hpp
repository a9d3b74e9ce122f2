#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <mqcoap/resource/backend/backend_services.hpp>
#include <mqcoap/resource/backend/child_options.hpp>
#include <mqcoap/serve/timer_queue.hpp>
#include <optional>
#include <string>

namespace mqcoap {

class resource_site;

/// One program to be run.
struct exec_job {
  const void* owner = nullptr;  ///< the resource, whose share of the places is limited
  child_options program;
  std::string input{};  ///< used with `program.has_input`
  std::chrono::milliseconds timeout{0};
  method verb = method::get;  ///< of the request
  std::size_t most = 0;
  backend::reply_handler done;  ///< the text of the reply is the output of the program
};

/// Runs the programs of all `exec` resources and of the `exec` steps of actions: a limited number at a time
/// (`limits.exec`), while others wait in order. As with devices behind the proxy, a resource gets a place
/// only while it has fewer than are free, so that a program that hangs occupies at most half of them. A
/// program keeps its place until it has exited.
class exec_pool : public std::enable_shared_from_this<exec_pool> {
 public:
  /// The limit of waiting programs of one resource; a further one gets 503.
  static constexpr std::size_t most_waiting = 256;

  exec_pool(backend_services& services, timer_queue& timers) : services_(services), timers_(timers) {}

  /// Returns the pool that all resources of the gateway share. Throws std::invalid_argument if no programs
  /// can be run.
  static std::shared_ptr<exec_pool> open(const resource_site& at);

  backend::running run(exec_job job);

 private:
  struct run_state;
  using run_ptr = std::shared_ptr<run_state>;

  bool may_begin(const void* owner) const;
  void begin_what_may();
  void begin(const run_ptr& next);
  void cancel(const run_ptr& gone);
  void on_output(run_state& of, std::string_view piece);
  void on_errors(run_state& of, std::string_view piece);
  void answer(run_state& of, backend_reply reply);
  void on_end(const run_ptr& ended, const struct child_end& how);

  backend_services& services_;
  timer_queue& timers_;
  std::deque<run_ptr> waiting_;
  std::list<run_ptr> running_;
};

}  // namespace mqcoap
