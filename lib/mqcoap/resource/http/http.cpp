#include <mqcoap/resource/http/http.hpp>

#include <mqcoap/base/ascii.hpp>
#include <mqcoap/protocol/content_format.hpp>
#include <mqcoap/resource/http/http_backend.hpp>
#include <mqcoap/resource/http/http_codes.hpp>
#include <mqcoap/resource/http/http_origin.hpp>
#include <mqcoap/resource/path_router.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mqcoap {
namespace {

/// Returns the value of the field `Accept`. It prefers the format that is parsed, and accepts any other,
/// because the server does not know how its answer is parsed.
std::string accepted_format(reading_options::form as) {
  return as == reading_options::form::json ? "application/json, */*;q=0.5" : "text/plain, */*;q=0.5";
}

/// Returns the resource path of the URL itself; nothing for a resource whose path has a `*`.
std::optional<std::string> prefix_of(const backend_request& what, std::string_view pattern) {
  if (has_single_wildcard(pattern)) return std::nullopt;
  auto prefix = what.path.substr(0, what.path.size() - what.rest.size());
  if (prefix.ends_with('/')) prefix.pop_back();
  return prefix;
}

}  // namespace

void http_resource_options::make(resource_site& site) const {
  const auto& services = site.services();
  if (services.backends == nullptr)
    throw std::invalid_argument(site.path() + ": no servers can be asked here");
  auto pool = find_http_pool(at, *services.backends, services.time, services.log);
  site.serve(site.path(),
             std::make_shared<backend_resource>(
                 front, std::make_shared<http_backend>(*this, site.path(), std::move(pool)), services.time));
}

http_backend::http_backend(http_resource_options options, std::string pattern,
                           std::shared_ptr<http_pool> pool)
    : options_(std::move(options)),
      pattern_(std::move(pattern)),
      host_(host_field_of(options_.at)),
      pool_(std::move(pool)) {}

std::optional<std::string> http_backend::target_for(const backend_request& what) const {
  if (pattern_.ends_with("**")) return target_below(options_.at, split_segments(what.rest));
  if (!has_single_wildcard(pattern_)) return target_below(options_.at, {});
  const auto segments = match_segments(pattern_, what.path);
  return segments ? target_below(options_.at, *segments) : std::nullopt;
}

http_exchange http_backend::exchange_for(const backend_request& what, std::string target) const {
  http_exchange made{
      .verb = what.verb, .host = host_, .target = std::move(target), .fields = options_.fields};
  made.accept = accepted_format(options_.front.reading.as);
  made.most = options_.terms.most;
  const bool has_body = (what.verb == method::put || what.verb == method::post) && !what.body.is_null();
  if (!has_body) return made;
  const bool is_text =
      what.body.is_string() &&
      (options_.sends_text || ascii_iequal(what.options->content_format, content_format::text));
  made.content_type = is_text ? "text/plain; charset=utf-8" : std::string(content_format::json);
  made.body = is_text ? decode_json_string(what.body.text()) : std::string(what.body.text());
  return made;
}

backend::running http_backend::run(backend_request what, reply_handler done) {
  auto target = target_for(what);
  if (!target) {
    done(backend_reply::refusal(response_code::bad_request, "a segment of the path is empty, '.' or '..'"));
    return nullptr;
  }
  const auto exchange = std::make_shared<const http_exchange>(exchange_for(what, *std::move(target)));
  return pool_->ask(
      exchange, options_.terms, what.deadline,
      [verb = what.verb, depth = options_.front.max_depth, at = options_.at, target = exchange->target,
       prefix = prefix_of(what, pattern_), done = std::move(done)](http_outcome outcome) {
        const auto location = outcome.location;
        auto reply = reply_of(verb, std::move(outcome), depth);
        if (reply.code == response_code::created && prefix)
          reply.location = path_of_location(location, at, target, *prefix);
        done(std::move(reply));
      });
}

}  // namespace mqcoap
