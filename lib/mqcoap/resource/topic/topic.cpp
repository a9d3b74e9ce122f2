#include <mqcoap/resource/topic/topic.hpp>

#include <algorithm>
#include <chrono>
#include <mqcoap/base/units.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/protocol/content_format.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <mqcoap/resource/topic/topic_resource.hpp>
#include <mqcoap/resource/topic/topic_writer.hpp>
#include <mqcoap/state/version.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap {
namespace {

using namespace std::chrono_literals;

/// Returns an age as text for an error message, rounded down.
std::string age_text(steady_time::duration age) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(age);
  return to_string(millis < 10s ? millis : std::chrono::floor<std::chrono::seconds>(millis));
}

/// Returns the reply for a message that a link has not sent.
backend_reply unpublished(error_code error) {
  const auto code =
      error == errc::too_large ? response_code::request_entity_too_large : response_code::service_unavailable;
  return backend_reply::refusal(code, "the message was not published: " + error.message());
}

/// Returns the reply for the outcome of a message that a link has accepted. If its connection is lost, it is
/// unknown whether the broker has received the message.
backend_reply outcome_reply(error_code error) {
  if (!error) return backend_reply::done();
  if (error != errc::not_connected && error != errc::closed) return unpublished(error);
  return backend_reply::error(response_code::gateway_timeout,
                              "the connection to the broker ended; the message may have been published");
}

}  // namespace

topic_resource::topic_resource(topic_options options, std::shared_ptr<followed_topic> source,
                               std::shared_ptr<handler> writer, const clock& time)
    : options_(std::move(options)),
      reading_(options_.front.reading, options_.front.max_depth),
      source_(std::move(source)),
      writer_(std::move(writer)),
      time_(time) {}

void topic_resource::handle(responder&& r) {
  if (r.req().verb != method::get && writer_) return writer_->handle(std::move(r));
  if (auto refused = refuse_method(r.req(), options_.front.methods))
    return std::move(r).respond(*std::move(refused));
  if (auto refused = refuse_accept(r.req(), {content_format::json, content_format::text}))
    return std::move(r).respond(*std::move(refused));
  const auto fail = [&r](response_code code, const std::string& why) {
    const auto message = std::string(r.req().path.key()) + ": " + why;
    std::move(r).fail(code, message);
  };
  if (const auto why = why_unavailable()) return fail(response_code::service_unavailable, *why);
  const auto& [revision, value, etag] = latest();
  if (!value) return fail(response_code::bad_gateway, value.error().message);
  auto given = give(r.req(), *value, etag);
  std::move(r).respond(std::move(given));
}

std::optional<double> topic_resource::measured() {
  if (why_unavailable()) return std::nullopt;
  const auto& value = latest().value;
  return value && value->is_number() ? read_json_number(value->text()) : std::nullopt;
}

std::optional<std::string> topic_resource::why_unavailable() const {
  if (auto why = source_->why_none()) return why;
  if (!options_.stale_after) return std::nullopt;
  const auto age = time_.now() - source_->arrived();
  if (age <= *options_.stale_after) return std::nullopt;
  return "the last message on '" + source_->name() + "' came " + age_text(age) + " ago and is stale after " +
         to_string(*options_.stale_after) + source_->ignored_text();
}

const topic_resource::parsed& topic_resource::latest() {
  if (parsed_ && parsed_->revision == source_->revision()) return *parsed_;
  auto value = reading_.make(*source_->message());
  auto etag = value ? make_etag(value->text()) : std::string();
  return parsed_.emplace(parsed{source_->revision(), std::move(value), std::move(etag)});
}

backend::running topic_writer::run(backend_request what, reply_handler done) {
  const auto& body = what.body;
  const auto payload = body.is_string() ? decode_json_string(body.text()) : std::string(body.text());
  const auto waiting = std::make_shared<reply_handler>(std::move(done));
  const auto error =
      by_.publish(topic_, payload, retain_, what.deadline, [caller = std::weak_ptr(waiting)](error_code ec) {
        if (const auto still = caller.lock()) (*still)(outcome_reply(ec));
      });
  if (!error) return waiting;
  (*waiting)(unpublished(error));
  return nullptr;
}

void topic_options::make(resource_site& site) const {
  const auto& services = site.services();
  if (services.topics == nullptr) throw std::invalid_argument(site.path() + ": no topics can be read here");
  std::shared_ptr<handler> writer;
  if (!set_topic.empty())
    writer = std::make_shared<backend_resource>(
        front, std::make_shared<topic_writer>(*services.topics, set_topic, set_retain), services.time);
  const auto source = services.topics->follow(topic);
  auto made = std::make_shared<topic_resource>(*this, source, std::move(writer), services.time);
  if (services.changed) {
    made->on_change(
        [&services, device = site.device(), path = site.path()] { services.changed(device, path); });
    // After a reload, the same message may be parsed in another way.
    if (source->message() != nullptr) services.changed(site.device(), site.path());
  }
  site.serve(site.path(), std::move(made));
}

}  // namespace mqcoap
