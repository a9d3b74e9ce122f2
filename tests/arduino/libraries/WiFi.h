// Replaces the WiFi library of a board: contains no network code, only the names that the sketch uses.
#pragma once
#include <Ethernet.h>
using WiFiClient = EthernetClient;
struct WiFiClass {
  int begin(const char*, const char*) { return 0; }
};
__attribute__((unused)) static WiFiClass WiFi;
