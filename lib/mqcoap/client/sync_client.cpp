#include <mqcoap/client/sync_client.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <mqcoap/transport/log.hpp>
#include <stdexcept>
#include <thread>
#include <tuple>

namespace mqcoap {
namespace {

exchange_names names_of(const client_options& options, const request_spec& what) {
  return {what.to.path.text(), options.source, what.to.tag.text(), {}, std::string(to_string(what.verb))};
}

/// Returns the text of an error answer, or its body if that is not a string.
std::string detail_of(const answer& a) {
  if (a.body.is_null()) return {};
  return a.body.is_string() ? decode_json_string(a.body.text()) : std::string(a.body.text());
}

[[noreturn]] void throw_failure(error_code error, const answer& a, exchange_names names) {
  if (is_answer(error)) throw_response_exception(a.code, detail_of(a), std::move(names));
  throw exchange_failed(error, detail_of(a), std::move(names));
}

}  // namespace

/// The thread that the asynchronous client runs on.
class sync_client::worker {
 public:
  /// @param log  receives exceptions of completions, because nothing else would report them
  explicit worker(log_sink log) : log_(std::move(log)), thread_([this] { run(); }) {}
  /// Runs what is still posted and joins the thread. Precondition: the client is destroyed, because its
  /// pending operations would keep the loop running.
  ~worker() {
    work_.reset();
    thread_.join();
  }
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  boost::asio::io_context& loop() noexcept { return loop_; }
  bool is_this_thread() const noexcept { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  void run() {
    for (;;) try {
        loop_.run();
        return;
      } catch (const std::exception& e) {
        say(log_, log_level::error, "a completion failed: {}", e.what());
      } catch (...) {
        say(log_, log_level::error, "a completion threw something that is not a std::exception");
      }
  }

  const log_sink log_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  std::thread thread_;
};

sync_client::sync_client(client_options options)
    : options_(std::move(options)),
      worker_(std::make_unique<worker>(options_.broker.log)),
      client_(std::make_unique<client>(worker_->loop().get_executor(), options_)) {
  if (options_.source.empty()) options_.source = client_->client_id();
}

sync_client::~sync_client() {
  try {
    disconnect();
  } catch (const std::exception&) {  // cannot be reported; the client is destroyed in any case
  }
  client_.reset();
}

/// Starts an operation and waits for its results.
template <class... Results, class Start>
std::tuple<Results...> sync_client::wait(Start start) {
  if (worker_->is_this_thread())
    throw std::logic_error("a blocking call on the client's own thread would wait for itself: use async()");
  std::promise<std::tuple<Results...>> promise;
  auto future = promise.get_future();
  start([promise = std::move(promise)](Results... results) mutable {
    promise.set_value(std::tuple<Results...>(std::move(results)...));
  });
  return future.get();
}

void sync_client::connect(error_code& error) {
  std::tie(error) = wait<error_code>([&](auto done) { client_->async_connect(std::move(done)); });
}

void sync_client::connect() {
  error_code error;
  connect(error);
  if (error) throw exchange_failed(error, client_->outage_message());
}

void sync_client::disconnect() {
  wait<error_code>([&](auto done) { client_->async_disconnect(std::move(done)); });
}

response sync_client::request(request_spec what, error_code& error) {
  auto [ended, answer] = wait<error_code, response>(
      [&](auto done) { client_->async_request(std::move(what), std::move(done)); });
  error = ended;
  return std::move(answer);
}

response sync_client::request(request_spec what) {
  auto names = names_of(options_, what);
  error_code error;
  auto answer = request(std::move(what), error);
  if (!error) return answer;
  names.request_id = answer.id.text();
  throw_failure(error, answer, std::move(names));
}

response sync_client::get(std::string_view to) { return request({to}); }
response sync_client::put(std::string_view to, json_text body) {
  return request({to, method::put, std::move(body)});
}
response sync_client::post(std::string_view to, json_text body) {
  return request({to, method::post, std::move(body)});
}
response sync_client::del(std::string_view to) { return request({to, method::del}); }

std::vector<outcome> sync_client::batch(std::vector<request_spec> requests) {
  return std::get<1>(wait<error_code, std::vector<outcome>>(
      [&](auto done) { client_->async_batch(std::move(requests), std::move(done)); }));
}

void sync_client::publish(general_topic to, json_text body, bool retain) {
  const auto topic = to.text();
  const auto [error] = wait<error_code>(
      [&](auto done) { client_->async_publish(std::move(to), std::move(body), retain, std::move(done)); });
  if (error) throw exchange_failed(error, topic + ": " + error.message());
}

void sync_client::unsubscribe(subscription_id which) {
  client_->unsubscribe(which);
  wait_for_handlers();
}

bool sync_client::remove_handler(handler_id which) {
  const bool was_there = client_->remove_handler(which);
  wait_for_handlers();
  return was_there;
}

/// Handlers run one at a time on the client's thread: what is posted there runs after the current handler.
void sync_client::wait_for_handlers() {
  if (worker_->is_this_thread()) return;
  wait<>([&](auto done) { boost::asio::post(client_->get_handler_executor(), std::move(done)); });
}

subscription_id sync_client::subscribe(general_filter which, client::general_handler handler) {
  const auto filter = which.text(options_.ns);
  const auto [error, id] = wait<error_code, subscription_id>(
      [&](auto done) { client_->async_subscribe(std::move(which), std::move(handler), std::move(done)); });
  if (error) throw exchange_failed(error, filter + ": " + error.message());
  return id;
}

}  // namespace mqcoap
