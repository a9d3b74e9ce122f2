#include <mqcoap/resource/backend/backend_resource.hpp>

#include <mqcoap/json/json_number.hpp>
#include <mqcoap/protocol/content_format.hpp>
#include <mqcoap/resource/conditions.hpp>
#include <mqcoap/state/version.hpp>
#include <stdexcept>
#include <utility>

namespace mqcoap {
namespace {

/// Returns the code for a successful request if the backend returned none.
response_code code_for(method verb) {
  switch (verb) {
    case method::post: return response_code::valid;
    case method::del: return response_code::deleted;
    default: return response_code::changed;
  }
}

backend_request request_of(const responder& r) {
  const auto& req = r.req();
  return {req.verb, std::string(req.path.key()), std::string(r->rest()), req.body, req.options, r->deadline};
}

}  // namespace

backend_resource::backend_resource(backend_resource_options options, std::shared_ptr<backend> by,
                                   const clock& time)
    : options_(std::move(options)),
      reading_(options_.reading, options_.max_depth),
      by_(std::move(by)),
      time_(time) {}

void backend_resource::handle(responder&& r) {
  if (auto refused = refuse(r.req())) return std::move(r).respond(*std::move(refused));
  if (r.req().verb != method::get || options_.cache.count() == 0) return begin(std::move(r));
  if (give_from_cache(r)) return;
  if (const auto under_way = reading_now_.lock(); under_way && !under_way->has_ended)
    return wait_for(under_way, std::move(r));
  begin(std::move(r));
}

/// Checks a request before the backend gets it. Rejects conditions on the version that a write replaces: that
/// version is not known without reading.
std::optional<answer> backend_resource::refuse(const request& r) const {
  if (auto refused = refuse_method(r, options_.methods)) return refused;
  if (r.verb == method::get) return refuse_accept(r, {content_format::json, content_format::text});
  if (auto refused = refuse_conditions(r)) return refused;
  if (r.verb == method::del) return std::nullopt;
  if (auto refused = refuse_content_format(r)) return refused;
  return refuse_body(find_fault(r.body, options_.schema));
}

bool backend_resource::give_from_cache(responder& r) {
  if (!cached_ || time_.now() >= cached_until_) return false;
  auto what = give(r.req(), *cached_, make_etag(cached_->text()));
  std::move(r).respond(std::move(what));
  return true;
}

void backend_resource::begin(responder&& r) {
  auto what = request_of(r);
  const auto begun = under_way_.emplace_back(std::make_shared<work>());
  begun->is_write = what.verb != method::get;
  if (begun->is_write) note_write();
  begun->writes_before = writes_;
  begun->is_reusable = options_.cache.count() > 0 && time_.now() >= uncached_until_;
  if (!begun->is_write && options_.cache.count() > 0) {
    reading_now_ = begun;
    what.deadline = steady_time::max();  // others may wait longer than the first
  }
  wait_for(begun, std::move(r));
  try {
    auto running = by_->run(std::move(what),
                            [begun = std::weak_ptr(begun), self = weak_from_this()](backend_reply reply) {
                              const auto resource = self.lock();
                              const auto still = begun.lock();
                              if (resource && still) resource->end(still, std::move(reply));
                            });
    if (!begun->has_ended) begun->running = std::move(running);
  } catch (const std::exception& e) {
    end(begun, backend_reply::error(response_code::internal_server_error, e.what()));
  }
}

void backend_resource::wait_for(const std::shared_ptr<work>& awaited, responder&& r) {
  const auto added = std::make_shared<caller>();
  r.when_cancelled([self = weak_from_this(), awaited = std::weak_ptr(awaited), gone = std::weak_ptr(added)] {
    const auto resource = self.lock();
    const auto still = awaited.lock();
    if (resource && still) resource->leave(still, gone.lock());
  });
  added->waiting = std::move(r);
  awaited->callers.push_back(added);
}

/// Removes a call that has ended; if it was the last one, cancels the work.
void backend_resource::leave(const std::shared_ptr<work>& awaited,
                             const std::shared_ptr<caller>& gone) noexcept {
  awaited->callers.remove(gone);
  if (!awaited->callers.empty()) return;
  awaited->has_ended = true;
  if (awaited->is_write) note_unknown_write();
  under_way_.remove(awaited);
  awaited->running.reset();
}

void backend_resource::end(const std::shared_ptr<work>& ended, backend_reply reply) {
  ended->has_ended = true;
  if (ended->is_write) is_error(reply.code) && !reply.never_run ? note_unknown_write() : note_write();
  under_way_.remove(ended);
  const auto callers = std::exchange(ended->callers, {});
  if (callers.empty()) return;
  if (!ended->is_write && !is_error(reply.code)) return give_reading(*ended, callers, reply);
  if (!ended->is_write) measured_.reset();
  for (const auto& each : callers) {
    auto what = answer_to(each->waiting.req(), reply);
    std::move(each->waiting).respond(std::move(what));
  }
}

/// Drops what was read: a value that is read before a write has ended may be older than the write, so it is
/// given only to those who already wait for it.
void backend_resource::note_write() noexcept {
  ++writes_;
  cached_.reset();
  reading_now_.reset();
}

/// A write that failed or was cancelled may still be carried out later. A value that is read in the meantime
/// would be given long after that.
void backend_resource::note_unknown_write() noexcept {
  note_write();
  uncached_until_ = time_.now() + options_.cache;
}

void backend_resource::give_reading(const work& ended, const caller_list& callers,
                                    const backend_reply& reply) {
  const auto made = reply.body ? reading_.make(*reply.body) : reading_.make(reply.text);
  measured_ = made && made->is_number() ? read_json_number(made->text()) : std::nullopt;
  if (!made) {
    for (const auto& each : callers) {
      const auto message = std::string(each->waiting.req().path.key()) + ": " + made.error().message;
      std::move(each->waiting).fail(by_->unreadable(), message);
    }
    return;
  }
  if (ended.is_reusable && ended.writes_before == writes_) {
    cached_ = *made;
    cached_until_ = time_.now() + options_.cache;
  }
  const auto etag = make_etag(made->text());
  for (const auto& each : callers) {
    auto what = give(each->waiting.req(), *made, etag);
    std::move(each->waiting).respond(std::move(what));
  }
}

answer backend_resource::answer_to(const request& r, const backend_reply& reply) const {
  if (is_error(reply.code)) {
    auto failed = answer::error(reply.code, std::string(r.path.key()) + ": " + reply.message);
    failed.never_run = reply.never_run;
    return failed;
  }
  answer a;
  const bool has_content = reply.body && !reply.body->is_null();
  const bool by_method = reply.code == response_code::content && r.verb != method::get && !has_content;
  a.code = by_method ? code_for(r.verb) : reply.code;
  if (a.code == response_code::created) a.location = reply.location;
  if (has_content && a.code == response_code::content) a.body = *reply.body;  // other codes have no body
  return a;
}

}  // namespace mqcoap
