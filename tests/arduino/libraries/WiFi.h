// Stands in for the WiFi library of a board: no network, only what the sketch names.
#pragma once
#include <Ethernet.h>
using WiFiClient = EthernetClient;
struct WiFiClass {
  int begin(const char*, const char*) { return 0; }
};
__attribute__((unused)) static WiFiClass WiFi;
