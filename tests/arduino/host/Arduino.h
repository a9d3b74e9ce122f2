// Stands in for the Arduino core where a sketch runs on the host; see ../CMakeLists.txt.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
using byte = std::uint8_t;
inline void delay(unsigned long) {}
void setup();
void loop();
