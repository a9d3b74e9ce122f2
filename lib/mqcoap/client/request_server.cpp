#include <mqcoap/client/request_server.hpp>

#include <chrono>
#include <exception>
#include <mqcoap/client/user_handlers.hpp>
#include <mqcoap/serve/admission.hpp>
#include <mqcoap/serve/refuse_stale.hpp>
#include <mqcoap/serve/run_once.hpp>
#include <mqcoap/transport/log.hpp>
#include <string>
#include <utility>

namespace mqcoap {
namespace {

std::string device_was_asleep(std::chrono::milliseconds, std::chrono::milliseconds) {
  return "this device did not run for longer than the request waits; it was not run";
}

}  // namespace

request_server::request_server(const client_options& options, const request_chain& chain, const clock& time)
    : options_(options),
      time_(time),
      core_(time, {},
            {options.broker.log,
             [this](std::string_view, std::string_view why) { report_failure("an answer", why); },
             {}}),
      sender_(time, *this),
      taker_(core_, time, options_.decoding, *this),
      way_(std::make_shared<request_way>(sender_, nullptr)) {
  core_.compose([&](chain_builder& steps) {
    steps.add<run_once>({}, run_once::environment{core_, time_, {}});
    steps.add<refuse_stale>({device_was_asleep}, time_, nullptr);
    steps.add<admission>({}, core_);
    steps.add<user_handlers>({}, chain);
  });
}

void request_server::on_request(exchange_topic topic, const inbound& m,
                                const std::weak_ptr<reply_sink>& answers) {
  taker_.take(way_, std::move(topic), m, &answers);
}

void request_server::on_no_memory_for(const exchange_topic&, const decode_fault&) noexcept {
  on_out_of_memory();
}

void request_server::on_sent(const exchange_topic& request, error_code error) {
  if (error)
    say(options_.broker.log, log_level::debug, "the answer under {} could not be sent: {}", request.text(),
        error.message());
}

void request_server::on_out_of_memory() noexcept { report_failure("a message", "out of memory"); }

/// Logs at most one line per second. Swallows exceptions, because the failure may be that memory has run out.
void request_server::report_failure(std::string_view of, std::string_view why) noexcept try {
  if (failure_lines_.pass(time_.now()))
    say(options_.broker.log, log_level::error, "{} could not be handled: {}", of, why);
} catch (const std::exception&) {
  // The log line is omitted as well.
}

void request_server::on_too_large(const exchange_topic& request, std::string_view message) {
  say(options_.broker.log, log_level::warning, "{}: {}", request.text(), message);
}

}  // namespace mqcoap
