#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include "exit_code.hpp"
#include "version.hpp"

namespace mqcoap {

command_line read_command_line(int argc, char** argv) {
  command_line said;
  CLI::App app("mqcoapd: MQTT gateway that answers requests for lab devices and forwards them to others",
               "mqcoapd");
  app.set_version_flag("--version", "mqcoapd " MQCOAP_VERSION);
  app.add_option("-c,--config", said.given.config, "Configuration file")
      ->capture_default_str()
      ->option_text("FILE");
  app.add_flag("--check", said.given.check,
               "Check the configuration, the log, the directory for state and the address of the metrics, "
               "and exit: 0 if there is no error, else 78 with the errors on stderr");
  app.add_flag("--schema", said.given.schema, "Print the JSON Schema of the configuration and exit");
  app.footer(
      "Signals: at SIGTERM and SIGINT it answers the requests in flight and exits within 5 s, at a second "
      "one at once.\n"
      "At SIGHUP it reads the configuration again; one with errors changes nothing.\n"
      "Exit status: 0 stopped by a signal, 64 wrong command line, 70 internal error, 75 another gateway of\n"
      "the standby group may serve, 78 bad configuration.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    said.exit = app.exit(e) == 0 ? exit_ok : exit_usage;
  }
  return said;
}

}  // namespace mqcoap
