// Runs a sketch with a serial port, which is standard input and output: setup, then loop whenever bytes have
// arrived, until the input ends.
#include <Arduino.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

HardwareSerial Serial;

namespace {

std::string unread;

/// Waits for bytes. The sketch sees the beginning of a line before its end, as on a slow port.
void await_bytes() {
  char bytes[7];
  const auto got = ::read(STDIN_FILENO, bytes, sizeof bytes);
  if (got <= 0) std::exit(0);
  unread.append(bytes, static_cast<std::size_t>(got));
}

void say(const char* bytes, std::size_t size) {
  if (::write(STDOUT_FILENO, bytes, size) != static_cast<ssize_t>(size)) std::exit(1);
}

}  // namespace

int analogRead(byte pin) {
  static int taken[4];
  return (pin - A0) * 256 + taken[pin - A0]++ % 256;
}

int HardwareSerial::available() { return static_cast<int>(unread.size()); }

int HardwareSerial::read() {
  if (unread.empty()) return -1;
  const int first = static_cast<unsigned char>(unread.front());
  unread.erase(0, 1);
  return first;
}

void HardwareSerial::print(char c) { say(&c, 1); }
void HardwareSerial::print(const char* text) { say(text, std::strlen(text)); }
void HardwareSerial::println(char c) {
  print(c);
  print("\r\n");
}
void HardwareSerial::println(const char* text) {
  print(text);
  print("\r\n");
}
void HardwareSerial::println(byte number) { println(std::to_string(number).c_str()); }

int main() {
  setup();
  for (;;) {
    await_bytes();
    loop();
  }
}
