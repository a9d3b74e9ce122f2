#include <mqcoap/client/client_base.hpp>

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <mqcoap/client/client_core.hpp>
#include <mqcoap/client/mosquitto_environment.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace mqcoap {
namespace {

/// Begins an operation on the client's strand. If memory allocation fails, the operation completes
/// with that error.
template <class Operation, class Begin>
void begin_later(const boost::asio::any_io_executor& serial, std::shared_ptr<Operation> op, Begin begin) {
  boost::asio::post(serial, [op = std::move(op), begin = std::move(begin)]() mutable {
    try {
      begin(op);
    } catch (const std::bad_alloc&) {
      op->finish(make_error_code(boost::system::errc::not_enough_memory));
    }
  });
}

/// Returns the options. Throws std::invalid_argument for those with which no attempt to connect can succeed.
client_options checked(client_options options) {
  using namespace std::chrono_literals;
  const auto require = [](bool is_met, const char* rule) {
    if (!is_met) throw std::invalid_argument(std::string("client_options: ") + rule);
  };
  const auto& broker = options.broker;
  const auto all = servers(broker);
  require(options.timeout >= 1ms && options.timeout <= 10min, "timeout must be between 1 ms and 10 min");
  require(broker.qos == 0 || broker.qos == 1, "broker.qos must be 0 or 1");
  require(broker.keepalive >= 5s && broker.keepalive <= 18h, "broker.keepalive must be between 5 s and 18 h");
  require(
      std::all_of(all.begin(), all.end(), [](const endpoint& e) { return e.port != 0 && !e.host.empty(); }),
      "each server must have a host and a port");
  require(broker.client_id.size() <= 65'535, "broker.client_id must have at most 65,535 bytes");
  require(!broker.will || valid_topic(broker.will->topic),
          "broker.will must have a valid topic without wildcards");
  return options;
}

/// A batch of requests and its outcomes. Everything runs on the client's strand.
struct batch : std::enable_shared_from_this<batch> {
  std::shared_ptr<client_core> core;
  std::vector<std::optional<outcome>> outcomes;
  std::vector<std::optional<request_id>> ids;
  std::vector<outcome> all;  ///< capacity for the outcomes, reserved before any request is sent
  std::size_t left = 0;
  bool cancelled = false;
  std::shared_ptr<operation<error_code, std::vector<outcome>>> done;

  void begin(std::vector<request_spec> requests) {
    outcomes.resize(requests.size());
    ids.resize(requests.size());
    all.reserve(requests.size());
    left = requests.size();
    if (left == 0) return done->finish({});
    for (std::size_t i = 0; i < requests.size(); ++i)
      ids[i] = core->request(std::move(requests[i]),
                             [self = shared_from_this(), i](error_code error, response answer) {
                               self->end(i, error, std::move(answer));
                             });
  }
  void end(std::size_t i, error_code error, response answer) {
    outcomes[i] = outcome{error, std::move(answer)};
    if (--left > 0) return;
    for (auto& o : outcomes) all.push_back(*std::move(o));
    done->finish(cancelled ? error_code(boost::asio::error::operation_aborted) : error_code{},
                 std::move(all));
  }
  void cancel() {
    cancelled = true;
    for (const auto& id : ids)
      if (id) core->cancel(*id);
  }
};

}  // namespace

client_base::client_base(boost::asio::any_io_executor on, client_options options,
                         std::shared_ptr<client_environment> in)
    : core_(std::make_shared<client_core>(std::move(on), checked(std::move(options)),
                                          in ? std::move(in) : mosquitto_environment())) {}

client_base::~client_base() { leave(); }

client_base& client_base::operator=(client_base&& other) noexcept {
  if (this == &other) return *this;
  leave();
  core_ = std::move(other.core_);
  return *this;
}

void client_base::leave() noexcept {
  if (!core_) return;
  core_->forget_handlers();
  boost::asio::post(core_->serial(), [core = core_] { core->shut_down(); });
}

boost::asio::any_io_executor client_base::get_handler_executor() const noexcept { return core_->serial(); }
const std::string& client_base::client_id() const noexcept { return core_->client_id(); }
bool client_base::connected() const noexcept { return core_->connected(); }
outage_cause client_base::outage() const { return core_->outage(); }
std::string client_base::outage_message() const { return core_->outage().message(); }
std::size_t client_base::largest_packet() const noexcept { return core_->largest_packet(); }
client_stats client_base::stats() const { return core_->stats(); }

handler_id client_base::add_handler(request_handler h) {
  if (!h.process) throw std::invalid_argument("the handler '" + h.name + "' has no process");
  return core_->requests().add(std::move(h));
}
handler_id client_base::add_handler(response_handler h) {
  if (!h.process) throw std::invalid_argument("the handler '" + h.name + "' has no process");
  return core_->responses().add(std::move(h));
}
bool client_base::remove_handler(handler_id which) {
  return core_->requests().remove(which) || core_->responses().remove(which);
}

void client_base::unsubscribe(subscription_id which) {
  boost::asio::dispatch(core_->serial(), [core = core_, which] { core->unsubscribe(which); });
}

// Only requests and `unsubscribe` may begin inside a callback of the link; the other operations are posted.

void client_base::start_request(const core_ptr& core, request_spec what,
                                completion<error_code, response> done) {
  auto slot = boost::asio::get_associated_cancellation_slot(done);
  std::shared_ptr<std::optional<request_id>> id;
  if (slot.is_connected()) {
    id = std::make_shared<std::optional<request_id>>();
    slot.assign([weak = std::weak_ptr(core), id](boost::asio::cancellation_type) {
      if (const auto c = weak.lock())
        boost::asio::post(c->serial(), [c, id] {
          if (*id) c->cancel(**id);
        });
    });
  }
  boost::asio::dispatch(core->serial(),
                        [core, id = std::move(id), what = std::move(what), done = std::move(done)]() mutable {
                          const auto begun = core->request(std::move(what), std::move(done));
                          if (id) *id = begun;
                        });
}

void client_base::start_batch(const core_ptr& core, std::vector<request_spec> requests,
                              std::optional<request_id> correlation,
                              completion<error_code, std::vector<outcome>> done) {
  auto slot = boost::asio::get_associated_cancellation_slot(done);
  auto all = std::make_shared<batch>();
  all->core = core;
  all->done = std::make_shared<operation<error_code, std::vector<outcome>>>(core->serial(), std::move(done));
  if (slot.is_connected()) {
    slot.assign([weak = std::weak_ptr(all)](boost::asio::cancellation_type) {
      if (const auto b = weak.lock()) boost::asio::post(b->core->serial(), [b] { b->cancel(); });
    });
  }
  begin_later(core->serial(), all->done,
              [all, correlation, requests = std::move(requests)](const auto&) mutable {
                const auto common = correlation ? *correlation : all->core->next_id();
                for (auto& r : requests) r.correlation_id = common;
                all->begin(std::move(requests));
              });
}

void client_base::start_connect(const core_ptr& core, completion<error_code> done) {
  auto op = operation<error_code>::make(core->serial(), std::move(done));
  begin_later(core->serial(), std::move(op), [core](const auto& begun) { core->connect(begun); });
}

void client_base::start_run(const core_ptr& core, completion<error_code> done) {
  auto slot = boost::asio::get_associated_cancellation_slot(done);
  auto op = std::make_shared<operation<error_code>>(core->serial(), std::move(done));
  if (slot.is_connected()) {
    slot.assign([weak = std::weak_ptr(core), weak_op = std::weak_ptr(op)](boost::asio::cancellation_type) {
      const auto c = weak.lock();
      const auto run = weak_op.lock();
      if (c && run) boost::asio::post(c->serial(), [c, run] { c->end_run(run); });
    });
  }
  begin_later(core->serial(), std::move(op), [core](const auto& begun) { core->run(begun); });
}

void client_base::start_receive(const core_ptr& core, subscription_id from,
                                completion<error_code, general_message> done) {
  auto op = client_core::receiving::make(core->serial(), std::move(done));
  begin_later(core->serial(), std::move(op), [core, from](const auto& begun) { core->receive(from, begun); });
}

void client_base::start_publish(const core_ptr& core, general_topic to, json_text body, bool retain,
                                completion<error_code> done) {
  auto op = operation<error_code>::make(core->serial(), std::move(done));
  begin_later(core->serial(), std::move(op),
              [core, to = std::move(to), body = std::move(body), retain](const auto& begun) mutable {
                core->publish(to, std::move(body), retain, begun);
              });
}

void client_base::start_subscribe(const core_ptr& core, general_filter which, general_handler on_message,
                                  completion<error_code, subscription_id> done) {
  auto op = operation<error_code, subscription_id>::make(core->serial(), std::move(done));
  begin_later(core->serial(), std::move(op),
              [core, which = std::move(which), on_message = std::move(on_message)](const auto& begun) {
                core->subscribe(which, on_message, begun);
              });
}

void client_base::start_disconnect(const core_ptr& core, completion<error_code> done) {
  auto op = operation<error_code>::make(core->serial(), std::move(done));
  begin_later(core->serial(), std::move(op), [core](const auto& begun) { core->disconnect(begun); });
}

}  // namespace mqcoap
