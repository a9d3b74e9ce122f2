#include <mqcoap/resource/line/line.hpp>

#include <boost/json/value.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_number.hpp>
#include <mqcoap/resource/backend/place_check.hpp>
#include <mqcoap/resource/line/line_backend.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace mqcoap {
namespace {

using form = reading_options::form;

/// Returns the meaning of a special number of SCPI; nothing for other numbers (SCPI-99, volume 1,
/// 7.2.1.4 and 7.2.1.5).
std::optional<std::string_view> meaning_of(double number) {
  constexpr double infinite = 9.9e37;
  constexpr double none = 9.91e37;
  if (number == infinite) return "the instrument reports +infinity (overrange)";
  if (number == -infinite) return "the instrument reports -infinity (negative overrange)";
  if (number == none) return "the instrument reports that it has no value (not a number)";
  return std::nullopt;
}

std::shared_ptr<const reading> reading_of_numbers(reading_options options) {
  if (options.as != form::number) return nullptr;
  options.expr.clear();
  return std::make_shared<const reading>(std::move(options), 1);
}

/// Checks a text against a schema. Returns what is wrong; nothing if it is valid, or there is no schema.
std::optional<std::string> find_fault(std::string_view text, const std::optional<json_schema>& schema) {
  if (!schema) return std::nullopt;
  const auto fault = schema->check(boost::json::value(boost::json::string(text)));
  return fault ? std::optional(fault->message) : std::nullopt;
}

backend_reply judge_number(const reading& numbers, backend_reply reply) {
  const auto made = numbers.make(reply.text);
  const auto number = made ? read_json_number(made->text()) : std::nullopt;
  const auto meaning = number ? meaning_of(*number) : std::nullopt;
  if (!meaning) return reply;
  return backend_reply::error(response_code::service_unavailable, std::string(*meaning));
}

/// Checks the answer of the instrument to a PUT or a POST. The reply to a POST contains that answer.
backend_reply judge_answer(const line_options& options, method verb, const backend_reply& reply) {
  if (reply.text.empty() && !options.expect) return backend_reply::done();
  const auto said = " said: '" + log_safe(reply.text, 80) + '\'';
  if (find_fault(reply.text, options.expect))
    return backend_reply::error(response_code::bad_gateway,
                                "the instrument's answer does not match 'expect'; it" + said);
  if (verb != method::post) return backend_reply::done();
  auto text = json_text::from_string(reply.text);
  if (validate_json(text.text(), 1))
    return backend_reply::error(response_code::bad_gateway,
                                "the instrument's answer is not UTF-8 text; it" + said);
  return backend_reply::of_body(std::move(text));
}

}  // namespace

line_backend::line_backend(line_options options, std::shared_ptr<instrument> via)
    : options_(std::make_shared<const line_options>(std::move(options))),
      instrument_(std::move(via)),
      numbers_(reading_of_numbers(options_->front.reading)) {}

const line_template& line_backend::template_for(method verb) const {
  const auto& found = verb == method::get   ? options_->get
                      : verb == method::put ? options_->put
                                            : options_->post;
  return found.value();  // other methods were rejected before
}

bool line_backend::is_answered(method verb, const line_template& by) const {
  return verb == method::get || options_->is_answered.value_or(by.is_query());
}

backend::reply_handler line_backend::judged(method verb, reply_handler done) const {
  return [options = options_, numbers = numbers_, verb, done = std::move(done)](backend_reply reply) {
    if (!is_error(reply.code)) {
      if (verb != method::get)
        reply = judge_answer(*options, verb, reply);
      else if (numbers)
        reply = judge_number(*numbers, std::move(reply));
    }
    done(std::move(reply));
  };
}

backend::running line_backend::run(backend_request what, reply_handler done) {
  const auto refused = [&done](std::string message) {
    done(backend_reply::refusal(response_code::bad_request, std::move(message)));
    return nullptr;
  };
  const auto& by = template_for(what.verb);
  if (by.has_rest())
    if (const auto why = find_fault(what.rest, options_->rest)) return refused("the path: " + *why);
  auto line = by.fill(what.body, what.rest);
  if (!line) return refused(line.error().message);
  line_exchange exchange{*std::move(line), is_answered(what.verb, by), options_->terms};
  exchange.text += bytes_of(options_->terms.send_terminator);
  // Without an answer, there is nothing to check.
  if (exchange.is_answered) done = judged(what.verb, std::move(done));
  return instrument_->ask(std::move(exchange), what.deadline, std::move(done));
}

void line_options::make(resource_site& site) const {
  const auto& services = site.services();
  if (services.backends == nullptr)
    throw std::invalid_argument(site.path() + ": no instruments can be asked here");
  if (const auto* const port = std::get_if<serial_address>(&at))
    warn_of_unusable({needed_place::kind::serial_port, port->device, true, true}, site);
  auto via = instrument::find(at, *services.backends, services.time, services.log);
  site.serve(site.path(), std::make_shared<backend_resource>(
                              front, std::make_shared<line_backend>(*this, std::move(via)), services.time));
}

}  // namespace mqcoap
