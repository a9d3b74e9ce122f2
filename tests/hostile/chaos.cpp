#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "mutation.hpp"
#include "recording.hpp"
#include "stage.hpp"

// Plays valid sessions of a broker that are mutated according to a seed, and checks that the programs keep
// their guarantees. A seed that fails is printed.

using namespace mqcoap::test;

/// In programs with a sanitizer: sets the function that is called before the process is terminated.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*call)());

namespace {

constexpr unsigned most_seconds = 30;  ///< limit for a session, which normally takes milliseconds

std::atomic<std::uint64_t> running_seed{0};

/// Prints the seed without allocations, locks or streams, because the process is being terminated.
void print_seed() {
  char text[64] = "seed ";
  std::size_t size = std::strlen(text);
  char digits[20];
  std::size_t count = 0;
  auto rest = running_seed.load();
  do digits[count++] = static_cast<char>('0' + rest % 10);
  while ((rest /= 10) > 0);
  while (count > 0) text[size++] = digits[--count];
  constexpr char tail[] = " crashed or hung\n";
  std::memcpy(text + size, tail, sizeof tail - 1);
  [[maybe_unused]] const auto ignored = ::write(STDOUT_FILENO, text, size + sizeof tail - 1);
}

void on_fatal_signal(int number) {
  print_seed();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void watch_for_the_end() {
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(print_seed);
  } else {
    std::signal(SIGSEGV, on_fatal_signal);
    std::signal(SIGBUS, on_fatal_signal);
  }
  std::signal(SIGABRT, on_fatal_signal);
  std::signal(SIGALRM, on_fatal_signal);
  std::signal(SIGPIPE, SIG_IGN);
}

/// Returns what is wrong after the session; empty if nothing is.
std::string judge(stage& s, std::size_t requested) {
  s.tested->elapse(std::chrono::minutes(11));  // longer than any deadline
  s.tested->shut_down();
  s.poll();
  const auto ended = s.tested->outcomes.size();
  if (requested > 0 && ended != requested)
    return std::to_string(requested) + " requests have " + std::to_string(ended) + " outcomes";
  return s.harm();
}

/// Returns true if the program gets its requests from the broker's record.
bool gets_requests_from_broker(const std::string& who) { return who == "front"; }

std::string play(const recording& from, std::mt19937_64& chance) {
  auto session = from.sent;
  mutate(session, chance, !from.options.v5);
  stage s(from.who, from.options);
  s.hostile.play(std::move(session));
  s.start();
  if (!s.run_until([&] { return s.hostile.connections() > 0 && s.tested->serves(); }))
    return "it does not connect";
  std::size_t requested = 0;
  do {
    s.poll();
    if (requested > 0 || !s.tested->up() || gets_requests_from_broker(from.who)) continue;
    for (; requested < requests_in_session; ++requested) s.tested->ask();
    s.poll();
  } while (s.tested->downs == 0 && s.hostile.play_on());
  s.hostile.end(hostile_broker::ending::close);
  if (!s.run_until([&] { return s.tested->downs > 0; })) return "the end of the connection is not noticed";
  return judge(s, from.who == "link" ? 0 : requested);
}

int run(std::uint64_t sessions, std::uint64_t first_seed) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  const auto records = record_sessions();
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < sessions; ++i) {
    const auto seed = first_seed + i;
    running_seed = seed;
    ::alarm(most_seconds);
    std::mt19937_64 chance(seed);
    const auto& from = records[chance() % records.size()];
    const auto wrong = play(from, chance);
    if (!wrong.empty()) {
      ++failed;
      std::printf("seed %llu (%s, MQTT %s, QoS %d): %s\n", static_cast<unsigned long long>(seed),
                  from.who.c_str(), from.options.v5 ? "5" : "3.1.1", from.options.qos, wrong.c_str());
    }
    if ((i + 1) % 10'000 == 0) std::printf("%llu sessions\n", static_cast<unsigned long long>(i + 1));
  }
  ::alarm(0);
  std::printf("%llu sessions, %llu failed\n", static_cast<unsigned long long>(sessions),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("Plays mutated sessions of a broker to programs of ours");
  std::uint64_t sessions = 100'000;
  std::uint64_t seed = 1;
  app.add_option("--sessions", sessions, "How many");
  app.add_option("--seed", seed, "Of the first one; the next ones follow");
  CLI11_PARSE(app, argc, argv);
  spdlog::set_level(spdlog::level::off);
  watch_for_the_end();
  return run(sessions, seed);
} catch (const std::exception& e) {
  std::fprintf(stderr, "chaos: %s\n", e.what());
  return 2;
}
