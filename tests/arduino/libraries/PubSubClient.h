// Replaces PubSubClient 2.8 and reproduces its pitfalls: a single buffer of 256 bytes for packets in both
// directions, which contains topic and payload during the callback; larger packets are neither delivered nor
// sent. Messages are exchanged over standard input and output; see ../test_arduino.py.
#pragma once
#include <Ethernet.h>

class PubSubClient {
 public:
  using callback = void (*)(char*, uint8_t*, unsigned int);

  explicit PubSubClient(EthernetClient&) {}
  void setServer(const IPAddress&, uint16_t) {}
  void setCallback(callback c) { callback_ = c; }
  bool setBufferSize(uint16_t size);
  bool connected() const { return connected_; }
  bool connect(const char* id, const char* user, const char* password, const char* will_topic,
               uint8_t will_qos, bool will_retain, const char* will);
  bool subscribe(const char* filter);
  bool publish(const char* topic, const char* payload, bool retained = false);
  bool loop();

 private:
  callback callback_ = nullptr;
  bool connected_ = false;
  uint16_t size_ = 256;
  uint8_t* buffer_ = nullptr;  ///< allocated, as in the real library
};
