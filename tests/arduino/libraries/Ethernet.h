// Replaces Arduino's Ethernet library: contains no network code, only the names that the sketch uses.
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
