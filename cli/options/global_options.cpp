#include "options/global_options.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_text.hpp>

#include "options/contexts.hpp"
#include "words/duration_text.hpp"
#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr char broker_group[] = "Broker";
constexpr char output_group[] = "Output";

declared_option option(command root, const std::string& names, std::optional<std::string>& into,
                       const std::string& value, const std::string& about) {
  return root.add_option(names, into, about)->option_text(value)->group(broker_group);
}

void declare_broker(command root, global_options& into) {
  auto url = option(root, "-L,--url", into.url, "URL",
                    "The broker: mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]  [MQCOAP_URL]");
  option(root, "-h,--host", into.host, "HOST", "The broker's host (default: localhost)")->excludes(url);
  option(root, "-p,--port", into.port, "PORT", "The broker's port (default: 1883, or 8883 with TLS)");
  option(root, "-u,--username", into.username, "NAME", "The user name for the broker");
  auto password = option(root, "-P,--pw", into.password, "PASSWORD",
                         "The password. Other users can see it: prefer --password-file or MQCOAP_PASSWORD");
  option(root, "--password-file", into.password_file, "FILE", "A file whose first line is the password")
      ->excludes(password);
  option(root, "--cafile", into.tls.ca_file, "FILE", "TLS: the trusted authorities, a PEM file");
  option(root, "--capath", into.tls.ca_path, "DIR",
         "TLS: the trusted authorities, a folder of hashed certificates");
  option(root, "--cert", into.tls.cert_file, "FILE", "TLS: the certificate of this client, a PEM file");
  option(root, "--key", into.tls.key_file, "FILE", "TLS: the key of the certificate, a PEM file");
  root.add_flag("--insecure", into.insecure, "TLS: do not compare the broker's name with its certificate")
      ->group(broker_group);
  option(root, "-V,--protocol", into.protocol, "VERSION",
         "5 or mqttv5, 3.1.1 or mqttv311 (default: 5, and 3.1.1 where 5 is refused)");
  root.add_option("-q,--qos", into.qos, "Quality of service, 0 or 1 (default: 0)")
      ->option_text("QOS")
      ->between(0, 1)
      ->group(broker_group);
  option(root, "-n,--namespace", into.ns, "NAME",
         "First level of every topic (default: gf_int_v1)  [MQCOAP_NAMESPACE]");
  option(root, "--token-file", into.token_file, "FILE",
         "A file whose first line is the token of requests  [MQCOAP_TOKEN]");
  option(root, "-W,--timeout", into.timeout, "TIME",
         "How long to wait for an answer: 2s, 500ms, 1min (default: 5s)  [MQCOAP_TIMEOUT]");
  option(root, "--context", into.context, "NAME", "Use this context of cli.yaml; see `mqcoap context`");
}

void declare_output(command root, global_options& into) {
  root.add_option("-o,--output", into.output,
                  "body: indented on a terminal, else JSON text as received (default)\n"
                  "json: the whole response   raw: body, strings without quotes   csv: body as a table")
      ->option_text("KIND")
      ->one_of({"body", "json", "raw", "csv"})
      ->group(output_group);
  root.add_flag("-i,--include", into.header, "Print the header before the body")->group(output_group);
  root.add_option("-F,--format", into.format,
                  "Print this text: %b body, %c code, %d its name, %p path, %r request id,\n"
                  "%i milliseconds, %J all as JSON, %% percent, \\n, \\t")
      ->option_text("TEXT")
      ->group(output_group);
  root.add_flag("--quiet", into.quiet, "Print no status line, no hints and no progress")->group(output_group);
  root.add_flag("--debug", into.debug, "Print the log of the library on stderr")->group(output_group);
}

std::uint16_t read_port(const std::string& text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end || port == 0)
    throw usage_failure("-p: '" + text + "' is not a port from 1 to 65535");
  return port;
}

mqtt_protocol read_protocol(const std::string& text) {
  if (text == "5" || text == "mqttv5") return mqtt_protocol::v5;
  if (text == "3.1.1" || text == "mqttv311" || text == "311") return mqtt_protocol::v311;
  throw usage_failure("-V: '" + text + "' is not a version of MQTT", "mqttv5 or 5, mqttv311 or 3.1.1");
}

std::size_t terminal_width(const std::function<const char*(const char*)>& variable) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  std::size_t columns = 0;
  if (const char* text = variable("COLUMNS"))
    std::from_chars(text, text + std::char_traits<char>::length(text), columns);
  return columns > 0 ? columns : output_format{}.width;
}

}  // namespace

void declare_options(CLI::App& root, global_options& into) {
  declare_broker(command(root), into);
  declare_output(command(root), into);
}

/// Returns the host of `-h`. @throws usage_failure  without the text of a URL, which may contain a password
const std::string& checked_host(const std::string& given) {
  if (given.empty()) throw usage_failure("-h: the host is empty", "use --help for help");
  if (given.find("://") != std::string::npos)
    throw usage_failure("-h: this is a URL, and not the name of a host", "-L takes a URL");
  if (std::count(given.begin(), given.end(), ':') == 1) {
    const auto colon = given.find(':');
    throw usage_failure("-h: '" + given + "' is not the name of a host",
                        "-h " + given.substr(0, colon) + " -p " + given.substr(colon + 1));
  }
  return given;
}

option_layer to_layer(const global_options& given) {
  option_layer layer;
  if (given.url) {
    auto url = parse_broker_url(*given.url);
    if (!url) throw usage_failure("-L: " + url.error().message);
    layer.broker = option_layer::broker_choice{*std::move(url)};
  }
  if (given.host) layer.broker = option_layer::broker_choice{broker_url{.host = checked_host(*given.host)}};
  if (given.port) layer.port = read_port(*given.port);
  layer.with.username = given.username;
  if (given.password) layer.with.password = secret(*given.password);
  if (given.password_file) layer.with.password = read_secret_file(*given.password_file);
  if (given.token_file) layer.with.token = read_secret_file(*given.token_file);
  layer.with.tls = given.tls;
  if (given.insecure) layer.with.tls.insecure = true;
  if (given.protocol) layer.protocol = read_protocol(*given.protocol);
  layer.qos = given.qos;
  if (given.ns) {
    const auto ns = namespace_name::parse(*given.ns);
    if (!ns) throw usage_failure("-n: '" + *given.ns + "' is not a namespace: " + ns.error().message());
    layer.ns = *ns;
  }
  if (given.timeout) layer.timeout = duration_of("--timeout", *given.timeout, longest_timeout);
  return layer;
}

output_format to_output(const global_options& given,
                        const std::function<const char*(const char*)>& variable) {
  output_format how;
  if (given.output == "json") how.kind = output_kind::json;
  if (given.output == "raw") how.kind = output_kind::raw;
  if (given.output == "csv") how.kind = output_kind::csv;
  how.header = given.header;
  how.format = given.format;
  if (const auto fault = fault_of_format(given.format)) throw usage_failure(*fault);
  if (!given.format.empty() && (how.kind == output_kind::json || how.kind == output_kind::csv || how.header))
    throw usage_failure("-F determines the whole output: -o json, -o csv and -i have no effect with it",
                        "-F '%J' prints all as JSON; with -o raw, %b prints a string without its quotes");
  if (how.header && how.kind == output_kind::json)
    throw usage_failure("-i has no effect with -o json, which includes the header");
  const auto said = [&](const char* name) {
    const char* text = variable(name);
    return std::string_view(text != nullptr ? text : "");
  };
  const bool may_colour = said("NO_COLOR").empty() && said("TERM") != "dumb";
  how.terminal = ::isatty(STDOUT_FILENO) == 1;
  how.colour = how.terminal && may_colour;
  how.colour_errors = ::isatty(STDERR_FILENO) == 1 && may_colour;
  if (how.terminal) how.width = terminal_width(variable);
  return how;
}

settled_options settle_all(const global_options& given,
                           const std::function<const char*(const char*)>& variable) {
  const char* const named = variable("MQCOAP_CONTEXT");
  std::optional<std::string> context = given.context;
  if (!context && named != nullptr && *named != '\0') context = named;
  auto said = overlay(to_layer(given), read_environment(variable));
  const auto below =
      context_layer(contexts_path(variable), {context, said.broker.has_value()},
                    [](const std::string& why) { complain("mqcoap: " + safe_text(why, line_ends::kept)); });
  const auto layers = overlay(std::move(said), below);
  auto chosen = settle(layers);
  if (const auto& tls = chosen.client.broker.tls)
    if (const auto fault = check(*tls); !fault.empty()) throw failure(status_configuration, "TLS: " + fault);
  return {std::move(chosen.client),     std::move(chosen.token), to_output(given, variable), given.quiet,
          layers.broker || layers.port, layers.ns.has_value()};
}

std::vector<std::string> with_help_by_h(std::vector<std::string> arguments, const value_test& takes_value) {
  if (arguments.empty() || arguments.back() != "-h") return arguments;
  bool is_value_of_option = false;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (!is_value_of_option && arguments[i] == "--") return arguments;
    is_value_of_option = !is_value_of_option && arguments[i].starts_with('-') && takes_value(arguments[i]);
  }
  if (!is_value_of_option) arguments.back() = "--help";
  return arguments;
}

std::vector<std::string> protect_values(std::vector<std::string> arguments, const value_test& takes_value) {
  bool is_value_of_option = false;
  bool options_ended = false;
  for (auto& argument : arguments) {
    const bool may_be_option = !is_value_of_option && !options_ended && argument.starts_with('-');
    if (may_be_option && argument == "--") options_ended = true;
    const bool is_number = may_be_option && !validate_json(argument, 1);
    is_value_of_option = may_be_option && takes_value(argument);
    if (is_number || argument.starts_with('[')) argument = guarded(argument);
  }
  return arguments;
}

}  // namespace mqcoap::cli
