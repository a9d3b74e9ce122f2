#include "session/tapped_link.hpp"

namespace mqcoap::cli {

void tapped_link::subscribe(std::string filter, subscribed_handler done) {
  auto watched = [this, filter, done = std::move(done)](error_code ec) {
    if (done) done(ec);
    if (ec == errc::denied && hooks_.refused) hooks_.refused(filter);
  };
  inner_.subscribe(std::move(filter), std::move(watched));
}

error_code tapped_link::publish(std::string_view topic, std::string_view payload, steady_time deadline,
                                publish_options options, written_handler done) {
  const auto ec = inner_.publish(topic, payload, deadline, options, std::move(done));
  if (!ec && hooks_.message) hooks_.message(topic, payload);
  return ec;
}

void tapped_link::on_link_up(link&) noexcept {
  owner_->on_link_up(*this);
  if (hooks_.up) hooks_.up();
}

void tapped_link::on_link_down(link&, const outage_cause& why) noexcept {
  owner_->on_link_down(*this, why);
  if (hooks_.down) hooks_.down(why);
}

void tapped_link::on_message(link&, const inbound& m) noexcept {
  if (hooks_.message && !m.retained) hooks_.message(m.topic, m.payload);
  owner_->on_message(*this, m);
}

}  // namespace mqcoap::cli
