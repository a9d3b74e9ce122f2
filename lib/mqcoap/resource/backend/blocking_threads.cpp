#include <mqcoap/resource/backend/blocking_threads.hpp>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace mqcoap {

struct blocking_threads::state {
  std::mutex lock;
  std::condition_variable idle;
  std::size_t running = 0;
  std::optional<boost::asio::any_io_executor> loop;  ///< empty if results are dropped

  void run(const work& call) {
    {
      const std::scoped_lock hold(lock);
      if (!loop) return;
      ++running;
    }
    auto result = call();
    const std::scoped_lock hold(lock);
    if (loop) boost::asio::post(*loop, std::move(result));
    --running;
    idle.notify_all();
  }
};

struct blocking_threads::pool {
  boost::asio::thread_pool threads{blocking_threads::threads};
  pool* next = nullptr;  ///< in the list of pools whose calls have outlasted the grace period
};

blocking_threads::blocking_threads(boost::asio::any_io_executor loop, std::chrono::milliseconds grace)
    : grace_(grace), state_(std::make_shared<state>()) {
  state_->loop = std::move(loop);
}

blocking_threads::~blocking_threads() {
  if (!pool_) return;
  pool_->threads.stop();
  std::unique_lock hold(state_->lock);
  state_->loop.reset();
  const bool is_idle = state_->idle.wait_for(hold, grace_, [this] { return state_->running == 0; });
  hold.unlock();
  if (is_idle) {
    pool_->threads.join();
    return;
  }
  // Does not destroy the pool, because its destructor would wait for the threads. The list keeps it reachable
  // for leak checkers.
  static std::atomic<pool*> hanging{nullptr};
  auto* const left = pool_.release();
  left->next = hanging.exchange(left);
}

void blocking_threads::run(work call) {
  if (!pool_) pool_ = std::make_unique<pool>();
  boost::asio::post(pool_->threads, [s = state_, call = std::move(call)] { s->run(call); });
}

}  // namespace mqcoap
