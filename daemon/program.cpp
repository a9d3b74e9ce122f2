#include "program.hpp"

#include <malloc.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/store/storage_fault.hpp>
#include <mqcoap/transport/descriptor_limit.hpp>
#include <string>
#include <utility>

#include "command_line.hpp"
#include "exit_code.hpp"
#include "log_output.hpp"
#include "service.hpp"
#include "start_check.hpp"
#include "version.hpp"

namespace mqcoap {
namespace {

/// Keeps freed memory in the process. Large bodies are allocated and freed with every message: if glibc
/// returned the memory to the kernel each time, it would have to be faulted in again, page by page, for the
/// next message (two thirds of the time of a GET of 100 KB). Small chunks are coalesced when they are freed:
/// otherwise glibc would collect those of a reload and coalesce all of them at the next large allocation,
/// which took 60 ms.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
  mallopt(M_MXFAST, 0);
}

/// Returns to the kernel the memory that was used for reading and building the configuration; for a large
/// one, this is more than what remains in use.
void give_back_memory() { malloc_trim(0); }

/// Blocks SIGHUP and SIGTERM until the service handles them: SIGHUP would terminate a process that is about
/// to read its configuration anyway, and SIGTERM would terminate it without a DISCONNECT. Ctrl-C still
/// terminates a start that hangs.
class held_signals {
 public:
  held_signals() {
    sigemptyset(&held_);
    sigaddset(&held_, SIGHUP);
    sigaddset(&held_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &held_, nullptr);
  }
  void let_through() const { pthread_sigmask(SIG_UNBLOCK, &held_, nullptr); }

 private:
  sigset_t held_;
};

std::size_t descriptors_for(const config::settings& s) {
  const auto present = std::count_if(s.gateway.devices.begin(), s.gateway.devices.end(),
                                     [](const auto& device) { return device.presence; });
  return mqcoap::descriptors_for(s.brokers.size() + static_cast<std::size_t>(present));
}

int check(const arguments& args, const config::load_result& loaded) {
  bool good = true;
  for (const auto& d : check_start(*loaded.value, args.config)) {
    std::cerr << to_string(d) << '\n';
    good = good && d.level != diagnostic::severity::error;
  }
  if (!good) return exit_configuration;
  std::cout << args.config << ": OK: " << config::summary_of(loaded) << '\n';
  return exit_ok;
}

/// Terminates the process without running destructors, because a thread that is still running may
/// use the objects.
[[noreturn]] void leave(log_output& log, int status) {
  log.close(log_output::exit_timeout);
  std::_Exit(status);
}

/// Runs the service. Returns the exit status if the service may be destroyed; otherwise
/// terminates the process.
int run_to_end(service& running, log_output& log) {
  try {
    const int status = running.run() ? exit_ok : exit_standby;
    if (!running.wait_for_threads()) leave(log, status);
    return status;
  } catch (const std::exception& e) {
    if (running.wait_for_threads()) throw;
    spdlog::critical("internal error: {}", e.what());
    leave(log, exit_internal);
  }
}

int serve(config::settings configuration, const arguments& args, log_output& log, const held_signals& held) {
  const bool to_file = configuration.logging.target.where == config::log_target::place::file;
  try {
    int status = exit_internal;
    bool leaves_thread = false;
    {
      service service(std::move(configuration), args.config, log);
      give_back_memory();
      spdlog::info("mqcoapd {} starts with {}", MQCOAP_VERSION, args.config);
      held.let_through();
      status = run_to_end(service, log);
      leaves_thread = service.leaves_thread();
    }
    if (leaves_thread) leave(log, status);
    return status;
  } catch (const store::storage_fault& e) {
    spdlog::critical("state cannot be kept: {}", e.what());
    if (to_file) say_without_waiting("mqcoapd: state cannot be kept: " + std::string(e.what()) + '\n');
    return e.what_happened() == store::storage_fault::kind::foreign ? exit_configuration : exit_internal;
  } catch (const std::exception& e) {
    spdlog::critical("internal error: {}", e.what());
    if (to_file) say_without_waiting("mqcoapd: internal error: " + std::string(e.what()) + '\n');
    return exit_internal;
  }
}

int run(const arguments& args, const held_signals& held) {
  if (args.check || args.schema) held.let_through();
  if (args.schema) {
    std::cout << config::settings_schema() << '\n';
    return exit_ok;
  }
  using enum config::effective_text;
  auto loaded = config::load_settings(args.config, args.check ? left_out : written);
  if (args.check || !loaded.value)
    for (const auto& d : loaded.diagnostics) std::cerr << to_string(d) << '\n';
  if (!loaded.value) return exit_configuration;
  if (args.check) return check(args, loaded);
  keep_freed_memory();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // exceeding the file size limit becomes an error of the write
  log_output log;
  log.use(log_output::prepare(loaded.value->logging));
  log_all(loaded.diagnostics);
  const auto needed = descriptors_for(*loaded.value);
  if (const auto limit = raise_descriptor_limit(needed); limit != 0 && limit < needed)
    spdlog::warn(
        "{} file descriptors are needed, most of them for presence, and this process may have {}: raise "
        "the hard limit, in the unit by LimitNOFILE=",
        needed, limit);
  const int status = serve(*std::move(loaded.value), args, log, held);
  if (!log.close(log_output::exit_timeout)) std::_Exit(status);
  return status;
}

}  // namespace

int run_program(int argc, char** argv) {
  const held_signals held;
  const auto said = read_command_line(argc, argv);
  if (said.exit) return *said.exit;
  try {
    return run(said.given, held);
  } catch (const log_fault& e) {
    std::fprintf(stderr, "%s: error: %s\n", said.given.config.c_str(), e.what());
    return exit_configuration;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mqcoapd: internal error: %s\n", e.what());
    return exit_internal;
  }
}

}  // namespace mqcoap
