#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <mqcoap/protocol/method.hpp>
#include <optional>
#include <vector>

#include "options/watch_options.hpp"
#include "output/bench_result.hpp"
#include "session/address_search.hpp"
#include "session/bench_load.hpp"
#include "session/request_verb.hpp"
#include "session/session.hpp"
#include "verbs/verbs.hpp"
#include "words/duration_text.hpp"
#include "words/failure.hpp"
#include "words/value.hpp"

namespace mqcoap::cli {
namespace {

using namespace std::chrono_literals;

constexpr char bench_examples[] =
    "Without --rate, --in-flight requests are always in flight: each answer is followed by a new\n"
    "request. With --rate, requests follow a schedule, and latency is measured from the scheduled time,\n"
    "so that a stalled device shows in every request that it delayed. Then --in-flight limits the\n"
    "requests that may wait (default: 10000).\n"
    "Exit status: 0 if every answer is 2xx, else of the most serious failure: 3 without a broker, 6 for\n"
    "timeouts and unusable answers, 5 for 5xx, 4 for 4xx.\n\n"
    "Examples:\n"
    "  mqcoap bench 2D_XX_0_9999/axuv/gains --in-flight 16 --for 30s\n"
    "  mqcoap bench '2D_*/axuv/gains' --in-flight 16\n"
    "  mqcoap bench 2D_XX_0_9999/axuv/gains --rate 500 --csv >> runs.csv\n"
    "  mqcoap bench GW_XX_0_0001/axuv/gains --method PUT --body '[0,1,2]' --count 1000";

constexpr std::size_t open_loop_in_flight = 10'000;

struct bench_arguments {
  std::vector<std::string> where;
  std::optional<std::size_t> in_flight;
  double rate = 0;
  std::string duration;
  std::uint64_t count = 0;
  std::string verb = "GET";
  std::optional<std::string> body;
  bool csv = false;
};

method method_of(const bench_arguments& given) {
  const auto verb = parse_method(given.verb);
  if (!verb) throw usage_failure("--method '" + given.verb + "': expected GET, POST, PUT or DELETE");
  return *verb;
}

std::vector<request_spec> requests_of(const std::vector<address>& where, method verb, const json_text& body,
                                      const settled_options& options) {
  std::vector<request_spec> all;
  for (const auto& to : where) {
    all.emplace_back(to, verb, body);
    all.back().token = options.token;
  }
  return all;
}

std::string joined(const std::vector<address>& where) {
  std::string all;
  for (const auto& to : where) all.append(all.empty() ? "" : " ").append(to.to_string());
  return all;
}

bench_options options_of(const bench_arguments& given) {
  bench_options load;
  load.rate = given.rate;
  load.in_flight = given.in_flight.value_or(given.rate > 0 ? open_loop_in_flight : 1);
  load.count = given.count;
  return load;
}

/// Returns the duration of the measurement; nothing if only --count limits it.
std::optional<std::chrono::milliseconds> time_of(const bench_arguments& given) {
  if (!given.duration.empty()) return duration_of("--for", given.duration);
  if (given.count > 0) return std::nullopt;
  return 10s;
}

void show_progress(const bench_load& load) {
  std::fprintf(stderr, "\r%s\033[K", to_progress(load.result()).c_str());
}

void run_to_end(session& s, const bench_load& load, bool progress) {
  const auto done = [&load] { return load.finished(); };
  while (!s.wait_until(std::chrono::steady_clock::now() + 1s, done))
    if (progress) show_progress(load);
}

void report(const bench_subject& subject, const bench_result& result, const bench_arguments& given,
            const settled_options& options) {
  if (given.csv || options.output.kind == output_kind::csv)
    print(to_csv(subject, result));
  else if (options.output.kind == output_kind::json)
    print(to_json(subject, result));
  else
    print(to_report(subject, result));
}

int run(const bench_arguments& given, const settled_options& options) {
  const auto verb = method_of(given);
  check_addresses(given.where);
  const auto body = given.body ? read_value({*given.body}, read_input) : json_text();
  if (given.csv && options.output.kind == output_kind::json)
    throw usage_failure("--csv has no effect with -o json");
  auto load_options = options_of(given);
  const auto duration = time_of(given);
  const bool progress = !options.quiet && ::isatty(STDERR_FILENO) == 1;

  session s(options);
  s.connect();
  const auto where = find_addresses(s, given.where, verb, options);
  const bench_subject subject{joined(where), std::string(to_string(verb)), load_options.in_flight,
                              load_options.rate};
  if (duration) load_options.end = std::chrono::steady_clock::now() + *duration;
  const auto load =
      std::make_shared<bench_load>(s.mqtt(), requests_of(where, verb, body, options), load_options);
  load->start();
  std::optional<interrupted> signal;
  try {
    run_to_end(s, *load, progress);
  } catch (const interrupted& i) {
    signal = i;
  }
  const auto result = load->result();
  load->abandon();
  if (progress) std::fputs("\r\033[K", stderr);
  report(subject, result, given, options);
  if (signal) throw interrupted(*signal);
  return status_of(result);
}

}  // namespace

verb declare_bench(CLI::App& root) {
  auto app = command(root).add_subcommand("bench", "Send requests and measure the latency");
  auto given = std::make_shared<bench_arguments>();
  app->add_option("ADDRESS", given->where,
                  "TAG/SUBSYSTEM/PATH; several, or a pattern with * and ?, get requests in turn")
      ->required()
      ->option_text("...");
  app->add_option("--in-flight", given->in_flight, "The number of requests in flight at a time (default: 1)")
      ->between(1, 65'536)
      ->option_text("COUNT");
  app->add_option("--rate", given->rate, "Send this many requests per second, on a schedule")
      ->between(0.001, 1e6)
      ->option_text("RATE");
  app->add_option("--for", given->duration, "Send requests for this long (default: 10s)")
      ->option_text("DURATION");
  app->add_option("--count", given->count, "Send this many requests")->positive()->option_text("COUNT");
  app->add_option("--method", given->verb, "GET, POST, PUT or DELETE")
      ->capture_default_str()
      ->option_text("METHOD");
  app->add_option("--body", given->body, "The body of each request: JSON, or else a string; @FILE, @-")
      ->option_text("VALUE");
  app->add_flag("--csv", given->csv, "Print a header and a row of numbers instead of text");
  app->footer(bench_examples);
  return {.app = app,
          .run = [given](const settled_options& options) { return run(*given, options); },
          .has = effects::with_outputs({"body", "json", "csv"})};
}

}  // namespace mqcoap::cli
