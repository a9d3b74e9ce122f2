#include <mqcoap/transport/mosquitto_link.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <mqcoap/transport/libmosquitto.hpp>
#include <mqcoap/transport/log.hpp>
#include <mqcoap/transport/mosquitto_link_impl.hpp>
#include <mqcoap/transport/tls_library.hpp>
#include <mqcoap/transport/topic_filter.hpp>
#include <random>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::size_t filters_a_packet = 8;  // some brokers accept no more

/// Returns an id with 16 random hexadecimal digits, so that two gateways do not close
/// each other's connections.
std::string random_client_id() {
  std::random_device random;
  std::string id = "mqcoap-";
  for (int i = 0; i < 4; ++i) id += fmt::format("{:04x}", random() & 0xffffU);
  return id;
}

bool valid_filter(std::string_view filter) noexcept {
  return !filter.empty() && filter.size() <= largest_topic && filter.find('\0') == std::string_view::npos &&
         mosquitto_sub_topic_check2(filter.data(), filter.size()) == MOSQ_ERR_SUCCESS &&
         mosquitto_validate_utf8(filter.data(), static_cast<int>(filter.size())) == MOSQ_ERR_SUCCESS;
}

}  // namespace

mosquitto_link::impl::impl(link& face, boost::asio::any_io_executor executor, const clock& time,
                           link_options options, const name_resolver& resolver, const backoff& waits)
    : face_(face),
      executor_(std::move(executor)),
      time_(time),
      options_(std::move(options)),
      client_id_(options_.client_id.empty() ? random_client_id() : options_.client_id),
      timer_(executor_),
      backoff_(waits),
      acknowledgements_(2 * mosquitto_session::keepalive_of(options_)),
      authorities_(executor_),
      queue_(options_.max_queue, options_.max_queue_bytes) {
  learn_largest_packet();
  for (const auto& at : servers(options_)) servers_.emplace_back(at, executor_, resolver, options_.protocol);
  [[maybe_unused]] static const int once = [] {
    start_tls_library();
    return mosquitto_lib_init();
  }();
}

void mosquitto_link::impl::on_session_message(const inbound& m) noexcept {
  if (m.payload.size() > options_.max_inbound) {
    ++stats_.oversized;
    if (!std::exchange(oversize_reported_, true))
      say(options_.log, log_level::warning,
          "broker {}: dropped a message of {} bytes on {}, the limit is {}; further ones are only counted",
          options_.name, m.payload.size(), m.topic, options_.max_inbound);
    return;
  }
  ++stats_.received;
  if (!dots_known_ && subscriptions_.has_dots()) check_dots(m.topic);
  if (owner_ != nullptr) owner_->on_message(face_, m);
}

link_stats mosquitto_link::impl::stats() const noexcept {
  auto all = stats_;
  all.expired = queue_.expired();
  all.queued = queue_.size();
  return all;
}

void mosquitto_link::impl::subscribe(std::string filter, subscribed_handler done) {
  std::vector<subscription_table::answer> due;
  if (phase_ == phase::draining || phase_ == phase::stopped) {
    due.push_back({std::move(done), errc::closed});
  } else if (!valid_filter(filter)) {
    due.push_back({std::move(done), errc::invalid_topic});
  } else {
    const auto step = subscriptions_.keep(filter, done);
    if (step == subscription_table::step::confirmed) due.push_back({std::move(done), {}});
    if (step == subscription_table::step::send && up()) ask_for({std::move(filter)});
  }
  deliver(std::move(due));
}

void mosquitto_link::impl::unsubscribe(std::string_view filter) {
  std::vector<subscription_table::answer> due;
  if (subscriptions_.drop(filter, due) && up()) session_->unsubscribe(std::string(filter));
  deliver(std::move(due));
}

void mosquitto_link::impl::ask_for(std::vector<std::string> filters) {
  for (std::size_t from = 0; from < filters.size(); from += filters_a_packet) {
    const auto begin = filters.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(filters_a_packet, filters.size() - from);
    std::vector<std::string> some(begin, begin + static_cast<std::ptrdiff_t>(count));
    const int id = session_->subscribe(some);
    if (id != 0) subscriptions_.note_sent(id, std::move(some));
  }
}

void mosquitto_link::impl::subscribe_to_others(std::vector<std::string> filters) {
  std::erase_if(filters, [](const std::string& filter) { return !valid_filter(filter); });
  std::sort(filters.begin(), filters.end());
  const auto before = std::exchange(others_, std::move(filters));
  if (!up()) return;
  std::vector<std::string> added;
  std::set_difference(others_.begin(), others_.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  ask_for_others(added);
  for (const auto& filter : before)
    if (!std::binary_search(others_.begin(), others_.end(), filter)) session_->unsubscribe(filter);
}

void mosquitto_link::impl::ask_for_others(const std::vector<std::string>& filters) {
  if (!session_->supports_no_local()) return;
  for (std::size_t from = 0; from < filters.size(); from += filters_a_packet) {
    const auto begin = filters.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(filters_a_packet, filters.size() - from);
    session_->subscribe({begin, begin + static_cast<std::ptrdiff_t>(count)},
                        mosquitto_session::own_messages::stay_away);
  }
}

void mosquitto_link::impl::on_session_subscribed(int id, std::span<const int> reasons) noexcept {
  std::vector<subscription_table::answer> due;
  for (const auto& denial : subscriptions_.answered(id, reasons, due)) {
    if (denial.first)
      say(options_.log, log_level::warning,
          "broker {} denies the subscription to {}: check its access control list for user '{}', client {}",
          options_.name, denial.filter, options_.username, client_id_);
  }
  deliver(std::move(due));
}

void mosquitto_link::impl::deliver(std::vector<subscription_table::answer> due) {
  for (auto& answer : due) {
    if (answer.done) boost::asio::post(executor_, [a = std::move(answer)] { a.done(a.error); });
  }
}

void mosquitto_link::impl::stop(std::chrono::milliseconds grace, stopped_handler done) {
  stopped_.push_back(std::move(done));
  owner_ = nullptr;
  if (phase_ == phase::draining) return;
  deliver(subscriptions_.close());
  if (phase_ != phase::up) return now_stopped();
  phase_ = phase::draining;
  after(grace, [this] { now_stopped(); });
  finish_if_drained();
}

void mosquitto_link::impl::finish_if_drained() {
  if (finishing_ || !queue_.empty() || !window_.empty()) return;
  finishing_ = true;
  session_->finish();
}

void mosquitto_link::impl::now_stopped() {
  auto handlers = std::exchange(stopped_, {});
  disconnect();
  drop_outgoing(errc::closed);
  for (auto& done : handlers)
    if (done) boost::asio::post(executor_, std::move(done));
}

void mosquitto_link::impl::disconnect() noexcept {
  ++epoch_;
  phase_ = phase::stopped;
  owner_ = nullptr;
  timer_.cancel();
  for (auto& each : servers_) each.lookup.close();
  authorities_.close();
  if (const auto session = std::exchange(session_, nullptr)) session->close();
}

void mosquitto_link::impl::abandon() noexcept {
  disconnect();
  drop_outgoing(errc::closed);
  answered_.clear();
}

mosquitto_link::mosquitto_link(boost::asio::any_io_executor executor, const clock& time, link_options options,
                               name_resolver resolver, const backoff& waits)
    : impl_(std::make_shared<impl>(*this, std::move(executor), time, std::move(options), resolver, waits)) {}

mosquitto_link::~mosquitto_link() { impl_->abandon(); }

const std::string& mosquitto_link::name() const noexcept { return impl_->name(); }
const std::string& mosquitto_link::client_id() const noexcept { return impl_->client_id(); }
void mosquitto_link::start(link_events& owner) { impl_->start(owner); }
bool mosquitto_link::up() const noexcept { return impl_->up(); }
void mosquitto_link::subscribe(std::string filter, subscribed_handler done) {
  impl_->subscribe(std::move(filter), std::move(done));
}
void mosquitto_link::unsubscribe(std::string_view filter) { impl_->unsubscribe(filter); }
error_code mosquitto_link::publish(std::string_view topic, std::string_view payload, steady_time deadline,
                                   publish_options options, written_handler done) {
  return impl_->publish(topic, payload, deadline, options, std::move(done));
}
void mosquitto_link::subscribe_to_others(std::vector<std::string> filters) {
  impl_->subscribe_to_others(std::move(filters));
}
link_stats mosquitto_link::stats() const noexcept { return impl_->stats(); }
std::string mosquitto_link::server() const { return impl_->server_identity(); }
packet_limit mosquitto_link::largest_packet() const noexcept { return impl_->largest_packet(); }
void mosquitto_link::stop(std::chrono::milliseconds grace, stopped_handler done) {
  impl_->stop(grace, std::move(done));
}

}  // namespace mqcoap
