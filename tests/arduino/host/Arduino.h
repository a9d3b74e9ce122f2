// Replaces the Arduino core when a sketch runs on the host; see ../CMakeLists.txt.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
using byte = std::uint8_t;
inline void delay(unsigned long) {}

// Each analog input returns a different ramp.
enum : byte { A0 = 14, A1, A2, A3 };
int analogRead(byte pin);

#define F(text) text

/// The serial port is standard input and output.
class HardwareSerial {
 public:
  void begin(unsigned long) {}
  int available();
  int read();
  void print(char c);
  void print(const char* text);
  void println(char c);
  void println(const char* text);
  void println(byte number);
};
extern HardwareSerial Serial;

void setup();
void loop();
