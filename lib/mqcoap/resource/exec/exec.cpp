#include <mqcoap/resource/exec/exec.hpp>

#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/resource/backend/program_check.hpp>
#include <mqcoap/resource/exec/exec_backend.hpp>
#include <mqcoap/resource/path_router.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <utility>

namespace mqcoap {
namespace {

backend_reply bad_request(std::string message) {
  return backend_reply::refusal(response_code::bad_request, std::move(message));
}

std::vector<argument> parse_arguments(const std::vector<std::string>& argv) {
  std::vector<argument> parsed;
  for (auto each = argv.begin() + 1; each != argv.end(); ++each) parsed.emplace_back(*each);
  return parsed;
}

}  // namespace

void exec_options::make(resource_site& at) const {
  auto pool = exec_pool::open(at);
  warn_of_missing(program, at);
  at.serve(at.path(),
           std::make_shared<backend_resource>(
               front, std::make_shared<exec_backend>(*this, at.path(), std::move(pool)), at.services().time));
}

exec_backend::exec_backend(exec_options options, std::string pattern, std::shared_ptr<exec_pool> pool)
    : options_(std::move(options)),
      pattern_(std::move(pattern)),
      arguments_(parse_arguments(options_.program.argv)),
      pool_(std::move(pool)) {}

std::optional<backend_reply> exec_backend::refuse(const backend_request& what) const {
  auto argv = arguments_for(what);
  if (argv) return std::nullopt;
  return std::move(argv).error();
}

backend::running exec_backend::run(backend_request what, reply_handler done) {
  auto argv = arguments_for(what);
  if (!argv) {
    done(std::move(argv).error());
    return nullptr;
  }
  exec_job job{.owner = this,
               .program = {*std::move(argv), options_.program.environment, options_.program.has_input},
               .timeout = options_.timeout,
               .verb = what.verb,
               .most = options_.most,
               .done = std::move(done)};
  const bool is_read = what.verb == method::get;
  const bool has_body = what.verb == method::put || what.verb == method::post;
  job.program.has_input = options_.program.has_input && has_body;
  if (job.program.has_input) job.input = std::string(what.body.text()) + '\n';
  if (!is_read)
    job.done = [handler = std::move(job.done)](backend_reply reply) {
      handler(is_error(reply.code) ? std::move(reply) : backend_reply::done());
    };
  return pool_->run(std::move(job));
}

/// Returns the arguments for a request. Does not use a body that was not checked against the schema, such as
/// that of a GET.
result<std::vector<std::string>, backend_reply> exec_backend::arguments_for(
    const backend_request& what) const {
  argument::values brought{what.body, {}};
  if (has_single_wildcard(pattern_)) {
    auto parts = match_segments(pattern_, what.path);
    if (!parts) return bad_request("the path does not match the pattern of this resource");
    brought.path = *std::move(parts);
  }
  for (const auto& [part, schema] : options_.paths) {
    const boost::json::value text(boost::json::string_view(brought.path.at(part - 1)));
    if (const auto fault = schema.check(text))
      return bad_request("'" + log_safe(brought.path[part - 1], 80) +
                         "' in the path breaks its pattern: " + fault->message);
  }
  const bool is_judged = what.verb == method::put || what.verb == method::post;
  std::vector<std::string> argv{options_.program.argv.front()};
  bool is_operand = false;
  for (const auto& each : arguments_) {
    if (each.takes_body() && !is_judged) return bad_request("the program takes a body");
    auto filled = each.fill(brought, is_operand);
    if (!filled) return filled.error();
    is_operand = is_operand || (*filled == "--" && !each.has_placeholder());
    argv.push_back(*std::move(filled));
  }
  return argv;
}

}  // namespace mqcoap
