#include <mqcoap/resource/file/file.hpp>

#include <mqcoap/resource/backend/place_check.hpp>
#include <mqcoap/resource/file/file_backend.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <new>
#include <stdexcept>
#include <utility>

namespace mqcoap {

namespace {

template <class Work>
backend_reply attempt(Work&& work) noexcept try {
  return work();
} catch (const std::bad_alloc&) {
  return backend_reply::error(response_code::service_unavailable, "out of memory");
} catch (const std::exception& e) {
  return backend_reply::error(response_code::internal_server_error, e.what());
}

}  // namespace

void file_options::make(resource_site& site) const {
  auto* const services = site.services().backends;
  if (services == nullptr) throw std::invalid_argument(site.path() + ": no files can be read here");
  using place = needed_place::kind;
  const bool is_tree = !at.folder.empty();
  warn_of_unusable({is_tree ? place::folder : place::file, is_tree ? at.folder : at.path,
                    front.methods.contains(method::get), front.methods.contains(method::put), atomic},
                   site);
  site.serve(site.path(), std::make_shared<backend_resource>(
                              front, std::make_shared<file_backend>(*this, *services), site.services().time));
}

backend::running file_backend::run(backend_request what, reply_handler done) {
  if (waiting_.size() >= most_waiting)
    std::erase_if(waiting_, [](const auto& each) { return each.expired(); });
  if (waiting_.size() >= most_waiting) {
    done(backend_reply::refusal(response_code::service_unavailable, "too many requests wait for the file"));
    return nullptr;
  }
  const auto added = std::make_shared<job>(job{std::move(what), std::move(done)});
  waiting_.push_back(added);
  if (!is_busy_) begin_next();
  return added;
}

/// Returns the next write, or the next GETs of one file without a write between them.
file_backend::job_list file_backend::take_next() {
  job_list taken;
  std::string rest;
  while (!waiting_.empty()) {
    const auto next = waiting_.front().lock();
    const bool is_first = taken.empty();
    if (next && !is_first && (next->what.verb != method::get || next->what.rest != rest)) break;
    waiting_.pop_front();
    if (!next) continue;  // its caller no longer waits
    taken.push_back(next);
    if (next->what.verb != method::get) break;
    rest = next->what.rest;
  }
  return taken;
}

/// Begins the next access. If this throws (out of memory), the next request tries again.
void file_backend::begin_next() try {
  auto taken = take_next();
  const auto first = taken.empty() ? nullptr : taken.front().lock();
  is_busy_ = first != nullptr;
  if (!is_busy_) return;
  const bool is_get = first->what.verb == method::get;
  std::string bytes;
  if (!is_get) {
    const auto& body = first->what.body;
    bytes = body.is_string() ? decode_json_string(body.text()) : std::string(body.text());
  }
  services_.run_blocking([at = place_of(first->what), most = options_.most, atomic = options_.atomic, is_get,
                          bytes = std::move(bytes), taken = std::move(taken),
                          self = weak_from_this()]() -> std::function<void()> {
    auto reply = attempt([&] { return is_get ? read_file(at, most) : write_file(at, bytes, atomic); });
    return [reply = std::move(reply), taken, self] {
      if (const auto still = self.lock()) still->end(taken, reply);
    };
  });
} catch (...) {
  is_busy_ = false;
  throw;
}

void file_backend::end(const job_list& served, const backend_reply& reply) {
  for (const auto& each : served)
    if (const auto still = each.lock()) {
      const auto done = std::move(still->done);
      if (done) done(reply);
    }
  try {
    begin_next();
  } catch (const std::exception&) {
    return;  // the waiting requests fail at their deadlines
  }
}

file_place file_backend::place_of(const backend_request& what) const {
  return options_.at.folder.empty() ? options_.at : file_place{options_.at.folder, what.rest};
}

}  // namespace mqcoap
