#include "session/session.hpp"

#include <boost/asio/steady_timer.hpp>
#include <csignal>

#include "session/broker_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {

session::session(const settled_options& options)
    : options_(options), signals_(loop_, SIGINT, SIGTERM), client_(loop_.get_executor(), options.client) {
  await_signal();
}

session::~session() {
  try {
    if (!client_.connected()) return;
    signal_ = 0;  // the signal was already handled
    await<error_code>([this](auto done) { client_.async_disconnect(std::move(done)); });
  } catch (const std::exception&) {  // a second signal: stop without disconnecting
  }
}

void session::await_signal() {
  signals_.async_wait([this](error_code ec, int number) {
    if (ec) return;
    signal_ = number;
    await_signal();
  });
}

void session::run_one() {
  loop_.run_one();
  if (signal_ != 0) throw interrupted(signal_);
}

error_code session::try_connect(outage_cause& why) {
  const auto deadline = std::chrono::steady_clock::now() + options_.client.timeout;
  auto connected = std::make_shared<std::optional<error_code>>();
  client_.async_connect([connected](error_code ec) { *connected = ec; });
  if (!wait_until(deadline, [&] { return connected->has_value(); })) {
    why = connection_fault{.what = connection_fault::kind::no_connack, .limit = options_.client.timeout};
    return errc::timed_out;
  }
  if (!**connected) return {};
  why = client_.outage();
  if (!why) why = connection_fault::of_message((*connected)->message());
  return **connected;
}

void session::connect() {
  outage_cause why;
  if (try_connect(why)) throw unreachable(options_.client.broker, why);
}

request_outcome session::request(request_spec what) {
  std::vector<request_spec> one;
  one.push_back(std::move(what));
  return std::move(request_all(std::move(one)).front());
}

std::vector<request_outcome> session::request_all(std::vector<request_spec> what) {
  struct shared {  // shared, because a signal may end the wait before the requests complete
    std::vector<request_outcome> outcomes;
    std::size_t left;
  };
  const auto all = std::make_shared<shared>(shared{std::vector<request_outcome>(what.size()), what.size()});
  for (std::size_t i = 0; i < what.size(); ++i) {
    if (!what[i].token) what[i].token = options_.token;
    client_.async_request(
        what[i], [all, i, to = what[i].to, verb = what[i].verb, began = std::chrono::steady_clock::now()](
                     error_code error, response answer) {
          const auto took =
              std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
          auto& outcome = all->outcomes[i];
          outcome.error = error;
          if (is_answer(error)) {
            outcome.answered.emplace(exchange_record{to, verb, std::move(answer), took});
          } else {
            outcome.message = message_of(answer.body);
            outcome.sent = !answer.never_run;
          }
          --all->left;
        });
  }
  while (all->left > 0) run_one();
  for (auto& outcome : all->outcomes)
    if (!outcome.answered) outcome.largest_packet = client_.largest_packet();
  return std::move(all->outcomes);
}

subscription_id session::subscribe(general_filter which, client::general_handler handler) {
  const auto filter = which.text(options_.client.ns);
  const auto [error, id] = await<error_code, subscription_id>(
      [&](auto done) { client_.async_subscribe(std::move(which), std::move(handler), std::move(done)); });
  if (!error) return id;
  throw failure(status_of(error), "cannot subscribe to " + filter + ": " + error.message(),
                "the broker's access rules must let " + client_.client_id() + " read it");
}

bool session::wait_until(steady_time when, const std::function<bool()>& enough) {
  auto rung = std::make_shared<bool>(false);
  boost::asio::steady_timer timer(loop_, when);
  timer.async_wait([rung](error_code ec) { *rung = !ec; });
  while (!*rung) {
    if (enough && enough()) return true;
    run_one();
  }
  return enough && enough();
}

void session::wait_for_signal() {
  for (;;) run_one();
}

}  // namespace mqcoap::cli
