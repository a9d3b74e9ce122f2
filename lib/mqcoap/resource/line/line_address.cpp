#include <mqcoap/resource/line/line_address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/net/host_port.hpp>
#include <optional>
#include <utility>

namespace mqcoap {
namespace {

constexpr unsigned least_baud = 50;
constexpr unsigned most_baud = 4'000'000;

constexpr std::array<std::pair<std::string_view, serial_parity>, 3> parities{
    {{"none", serial_parity::none}, {"odd", serial_parity::odd}, {"even", serial_parity::even}}};
constexpr std::array<std::pair<std::string_view, serial_flow>, 3> flows{
    {{"none", serial_flow::none}, {"software", serial_flow::software}, {"hardware", serial_flow::hardware}}};

std::optional<std::string> read_number(std::string_view text, unsigned least, unsigned most, unsigned& into) {
  unsigned number = 0;
  const auto* const end = text.data() + text.size();
  const auto [ptr, ec] = std::from_chars(text.data(), end, number);
  if (ec != std::errc{} || ptr != end || number < least || number > most)
    return "a number from " + std::to_string(least) + " to " + std::to_string(most);
  into = number;
  return std::nullopt;
}

template <class Words, class E>
std::optional<std::string> read_word(std::string_view text, const Words& words, E& into) {
  std::string expected;
  for (const auto& [word, meaning] : words) {
    if (word == text) {
      into = meaning;
      return std::nullopt;
    }
    expected.append(expected.empty() ? "" : ", ").append(word);
  }
  return "one of " + expected;
}

template <class Words, class E>
std::string word_of(const Words& words, E meaning) {
  for (const auto& [word, each] : words)
    if (each == meaning) return std::string(word);
  return {};
}

/// Parses an option. Returns what was expected if its name or value is wrong.
std::optional<std::string> read_option(serial_address& into, std::string_view name, std::string_view value) {
  if (name == "baud") return read_number(value, least_baud, most_baud, into.baud);
  if (name == "bits") return read_number(value, 5, 8, into.bits);
  if (name == "stop") return read_number(value, 1, 2, into.stop);
  if (name == "parity") return read_word(value, parities, into.parity);
  if (name == "flow") return read_word(value, flows, into.flow);
  return "one of baud, parity, bits, stop, flow in place of '" + std::string(name) + '\'';
}

/// Removes and returns the text before the next `end`, or all of it if there is none. Removes the
/// `end` as well.
std::string_view take_until(std::string_view& text, char end) noexcept {
  const auto length = static_cast<std::size_t>(std::find(text.begin(), text.end(), end) - text.begin());
  const auto taken = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return taken;
}

result<line_address, line_address_fault> parse_serial(std::string_view text) {
  serial_address read;
  read.device = take_until(text, '?');
  if (!read.device.starts_with('/') || read.device.ends_with('/'))
    return line_address_fault{"a device needs an absolute path: serial:///dev/ttyACM0"};
  while (!text.empty()) {
    const auto option = take_until(text, '&');
    auto value = option;
    const auto name = take_until(value, '=');
    if (auto expected = read_option(read, name, value))
      return line_address_fault{"'" + std::string(option) + "' is not a setting of a serial port: expected " +
                                *std::move(expected)};
  }
  return line_address(std::move(read));
}

}  // namespace

result<line_address, line_address_fault> parse_line_address(std::string_view text) {
  constexpr std::string_view tcp = "tcp://";
  constexpr std::string_view serial = "serial://";
  if (text.starts_with(serial)) return parse_serial(text.substr(serial.size()));
  if (!text.starts_with(tcp)) return line_address_fault{"it must begin with tcp:// or serial:///"};
  auto read = parse_host_port(text.substr(tcp.size()));
  if (!read && read.error() == host_port_fault::host)
    return line_address_fault{"the host must be a name or an address (IPv6 in brackets)"};
  if (!read || !read->port) return line_address_fault{"a port from 1 to 65535 is required: tcp://HOST:5025"};
  std::string host = std::move(read->host);
  std::transform(host.begin(), host.end(), host.begin(), to_lower);
  return line_address(tcp_address{std::move(host), *read->port});
}

std::string short_name(const line_address& at) {
  if (const auto* const serial = std::get_if<serial_address>(&at)) return "serial://" + serial->device;
  const auto& tcp = std::get<tcp_address>(at);
  const bool has_colon = tcp.host.find(':') != std::string::npos;
  return "tcp://" + (has_colon ? '[' + tcp.host + ']' : tcp.host) + ':' + std::to_string(tcp.port);
}

std::string to_string(const line_address& at) {
  const auto* const serial = std::get_if<serial_address>(&at);
  if (serial == nullptr) return short_name(at);
  return short_name(at) + "?baud=" + std::to_string(serial->baud) +
         "&parity=" + word_of(parities, serial->parity) + "&bits=" + std::to_string(serial->bits) +
         "&stop=" + std::to_string(serial->stop) + "&flow=" + word_of(flows, serial->flow);
}

}  // namespace mqcoap
