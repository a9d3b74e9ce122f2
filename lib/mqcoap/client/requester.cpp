#include <mqcoap/client/requester.hpp>

#include <boost/asio/error.hpp>
#include <memory>
#include <mqcoap/client/inquiry.hpp>
#include <new>
#include <utility>

namespace mqcoap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_timeout = std::chrono::minutes(10);

std::string source_of(const client_options& options) {
  if (!options.source.empty()) return options.source;
  return options.tag ? options.tag->text() : options.broker.client_id;
}

}  // namespace

requester::requester(const client_options& options, const response_chain& chain, const clock& time,
                     observer& by)
    : options_(options),
      chain_(chain),
      time_(time),
      observer_(by),
      source_(source_of(options)),
      via_(nullptr,
           options.broker.qos > 0 ? mqtt_device_link::followed::all : mqtt_device_link::followed::large),
      sender_(time, options.decoding, *this) {}

/// Detaches first, because the link may already be destroyed.
requester::~requester() { via_.attach(nullptr); }

void requester::attach(link* via) {
  via_.attach(nullptr);  // subscriptions of the old link are lost with it
  sender_.forget_connections();
  via_.attach(via);
}

std::optional<request_id> requester::begin(request_spec what, completion done) {
  const auto id = what.id.value_or(ids_.next());
  const auto timeout = what.timeout.value_or(options_.timeout);
  const auto if_disconnected = what.if_disconnected.value_or(options_.if_disconnected);
  const auto refuse = [&](error_code error, std::string_view message) {
    auto made = made_up_answer(error, message);
    made.never_run = true;
    observer_.completed(std::move(done), error,
                        response{std::move(made), std::move(what.to.path), id, {}, {}});
    return std::nullopt;
  };
  if (const auto why_not = find_obstacle(id, timeout, if_disconnected); why_not.error)
    return refuse(why_not.error, why_not.message);
  ask::device* to = nullptr;
  std::unique_ptr<ask::outgoing_request> made;
  try {
    to = find_or_add(what.to.tag);
    if (to == nullptr) return refuse(errc::too_many_pending, {});
    made = std::make_unique<inquiry>(*this, id, std::move(what), std::move(done), timeout, if_disconnected);
    sender_.place(*to, std::move(made));
  } catch (const std::bad_alloc&) {
    const auto error = make_error_code(boost::system::errc::not_enough_memory);
    if (!made) return refuse(error, {});
    static_cast<inquiry&>(*made).end_unplaced(error);
    return {};
  }
  pending_.set(sender_.size());
  sender_.send_next(*to);
  return id;
}

requester::obstacle requester::find_obstacle(const request_id& id, milliseconds timeout,
                                             when_disconnected if_disconnected) {
  if (timeout < milliseconds(1) || timeout > longest_timeout)
    return {errc::invalid_duration, "a timeout must be between 1 ms and 10 min"};
  if (closed_) return {errc::closed};
  if (sender_.find(id) != nullptr) return {errc::invalid_id, "a request with this id is under way"};
  if (if_disconnected == when_disconnected::fail && !via_.up()) return {errc::not_connected};
  if (sender_.size() >= options_.max_pending) return {errc::too_many_pending};
  return {};
}

/// Returns null if there are too many devices.
ask::device* requester::find_or_add(const device_tag& tag) {
  if (auto* const known = sender_.find_device(tag.text())) return known;
  if (!sender_.make_room()) return nullptr;
  return &sender_.add_device(tag.text(), std::make_unique<ask::device>(sender_, via_, options_.ns, tag));
}

void requester::cancel(const request_id& id) {
  sender_.end(id, {ask::failure::cause::ended, boost::asio::error::operation_aborted, 0, {}});
}

void requester::end_for_memory(const request_id& id) {
  sender_.end(id, {ask::failure::cause::no_memory, {}, 0, {}});
}

void requester::on_link_down(const outage_cause& why) {
  std::string message;
  try {
    message = why.message();
  } catch (const std::bad_alloc&) {
    // The requests fail without the text of the cause.
  }
  sender_.on_link_down(via_, message);
}

void requester::close(bool forever) {
  closed_ = forever;
  sender_.end_all({ask::failure::cause::ended, errc::closed, 0, {}});
}

/// Completes a request that is no longer among the pending ones.
void requester::complete(completion done, error_code error, response&& answer) noexcept {
  pending_.set(sender_.size());
  observer_.completed(std::move(done), error, std::move(answer));
}

void requester::count(client_stats& into) const noexcept {
  const auto of = [this](ask::fact what) { return counts_[static_cast<std::size_t>(what)].get(); };
  into.requests = of(ask::fact::sent);
  into.answers = of(ask::fact::answered);
  into.late = of(ask::fact::late);
  into.duplicates = of(ask::fact::duplicate);
  into.mismatched = of(ask::fact::mismatched);
  into.foreign = of(ask::fact::foreign);
  into.pending = pending_.get();
}

}  // namespace mqcoap
