// Stands in for Arduino's Ethernet library: no network, only what the sketch names.
#pragma once
#include <Arduino.h>
#ifndef __AVR__
class IPAddress {
 public:
  IPAddress(int, int, int, int) {}
};
#else
#include <IPAddress.h>
#endif
class EthernetClient {};
struct EthernetClass {
  int begin(uint8_t*) { return 1; }
};
__attribute__((unused)) static EthernetClass Ethernet;
