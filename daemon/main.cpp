#include <malloc.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/transport/descriptor_limit.hpp>
#include <string>
#include <utility>

#include "exit_code.hpp"
#include "log_output.hpp"
#include "service.hpp"
#include "start_check.hpp"
#include "version.hpp"

namespace {

struct arguments {
  std::string config = "/etc/mqcoap/mqcoap.yaml";
  bool check = false;
  bool schema = false;
};

/// Large bodies come and go with every message: memory that glibc gave back to the kernel each time would be
/// faulted in again, page by page, for the next (two thirds of the time of a GET of 100 KB).
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

/// Until the service takes them: SIGHUP would end a process that is about to read its configuration anyway,
/// and SIGTERM would end it without the goodbye. Ctrl-C still ends a start that hangs.
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

std::size_t descriptors_for(const mqcoap::settings& s) {
  const auto present = std::count_if(s.gateway.devices.begin(), s.gateway.devices.end(),
                                     [](const auto& device) { return device.presence; });
  return mqcoap::descriptors_for(s.brokers.size() + static_cast<std::size_t>(present));
}

int check(const arguments& args, const mqcoap::load_result& loaded) {
  bool good = true;
  for (const auto& d : mqcoap::check_start(*loaded.value, args.config)) {
    std::cerr << to_string(d) << '\n';
    good = good && d.level != mqcoap::diagnostic::severity::error;
  }
  if (!good) return mqcoap::exit_configuration;
  std::cout << args.config << ": OK: " << summary_of(loaded) << '\n';
  return mqcoap::exit_ok;
}

int serve(mqcoap::settings configuration, const arguments& args, mqcoap::log_output& log,
          const held_signals& held) {
  const bool to_file = configuration.logging.target.where == mqcoap::log_target::place::file;
  try {
    mqcoap::service service(std::move(configuration), args.config, log);
    spdlog::info("mqcoapd {} starts with {}", MQCOAP_VERSION, args.config);
    held.let_through();
    service.run();
    return mqcoap::exit_ok;
  } catch (const std::exception& e) {
    spdlog::critical("internal error: {}", e.what());
    if (to_file) mqcoap::say_without_waiting("mqcoapd: internal error: " + std::string(e.what()) + '\n');
    return mqcoap::exit_internal;
  }
}

int run(const arguments& args, const held_signals& held) {
  if (args.check || args.schema) held.let_through();
  if (args.schema) {
    std::cout << mqcoap::settings_schema() << '\n';
    return mqcoap::exit_ok;
  }
  auto loaded = mqcoap::load_settings(args.config);
  if (args.check || !loaded.value)
    for (const auto& d : loaded.diagnostics) std::cerr << to_string(d) << '\n';
  if (!loaded.value) return mqcoap::exit_configuration;
  if (args.check) return check(args, loaded);
  keep_freed_memory();
  std::signal(SIGPIPE, SIG_IGN);
  mqcoap::log_output log;
  log.use(mqcoap::log_output::prepare(loaded.value->logging));
  mqcoap::log_all(loaded.diagnostics);
  const auto needed = descriptors_for(*loaded.value);
  if (const auto limit = mqcoap::raise_descriptor_limit(needed); limit != 0 && limit < needed)
    spdlog::warn(
        "{} file descriptors are needed, most of them for presence, and this process may have {}: raise "
        "the hard limit, in the unit by LimitNOFILE=",
        needed, limit);
  const int status = serve(*std::move(loaded.value), args, log, held);
  if (!log.close(mqcoap::log_output::exit_patience)) std::_Exit(status);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  const held_signals held;
  arguments args;
  CLI::App app("mqcoapd: MQTT gateway that answers requests for lab devices and forwards them to others",
               "mqcoapd");
  app.set_version_flag("--version", "mqcoapd " MQCOAP_VERSION);
  app.add_option("-c,--config", args.config, "Configuration file")
      ->capture_default_str()
      ->option_text("FILE");
  app.add_flag(
      "--check", args.check,
      "Check the configuration, and what a start needs, and exit: 0 if all is good, 78 with the faults "
      "on stderr");
  app.add_flag("--schema", args.schema, "Print the JSON Schema of the configuration and exit");
  app.footer(
      "Signals: SIGTERM and SIGINT answer what is in flight and end within 5 s; a second one ends at once.\n"
      "SIGHUP reads the configuration again; one that is at fault changes nothing.\n"
      "Exit status: 0 stopped as asked, 64 wrong command line, 70 internal error, 78 bad configuration.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? mqcoap::exit_ok : mqcoap::exit_usage;
  }
  try {
    return run(args, held);
  } catch (const mqcoap::log_fault& e) {
    std::fprintf(stderr, "%s: error: %s\n", args.config.c_str(), e.what());
    return mqcoap::exit_configuration;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mqcoapd: internal error: %s\n", e.what());
    return mqcoap::exit_internal;
  }
}
