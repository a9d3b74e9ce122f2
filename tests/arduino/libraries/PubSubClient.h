// Stands in for PubSubClient 2.8, of which it copies what a sketch can stumble over: one buffer of 256 bytes
// for packets in both directions, in which topic and payload lie during the callback; what does not fit is
// not delivered, and not sent. Its messages go over standard input and output; see ../test_arduino.py.
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
  uint8_t* buffer_ = nullptr;  ///< allocated, as the real one's
};
