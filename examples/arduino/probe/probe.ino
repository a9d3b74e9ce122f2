// A probe with one value, `gain` (0 to 7), for GET and PUT, and its presence, on an Arduino Uno with an
// Ethernet shield and the library PubSubClient in its default size of 256 bytes a packet. docs/arduino.md
// explains it.

#include <Ethernet.h>
#include <PubSubClient.h>
#include <SPI.h>
#include <stdlib.h>

#include "mqcoap_device.h"

// The tag is the device's address, its MQTT client id and, where the broker asks for one, its user's name.
#define TAG "ARD_XX_0_0001"

static byte mac[] = {0x02, 0x00, 0x00, 0x00, 0x00, 0x01};
static const IPAddress broker(192, 0, 2, 10);
static const uint16_t broker_port = 1883;

static const char requests[] = "gf_int_v1/+/request/" TAG "/+";
static const char presence[] = "gf_int_v1/gateway/system/" TAG "/presence";
static const char online[] = "{\"body\":{\"state\":\"ONLINE\",\"last_updated\":\"0\"},\"timestamp\":\"0\"}";
static const char offline[] = "{\"body\":{\"state\":\"OFFLINE\",\"last_updated\":\"0\"},\"timestamp\":\"0\"}";

static EthernetClient net;
static PubSubClient mqtt(net);

static int gain = 3;

// What the request deserves. `body` has room for a few words.
static int handle(const mqcoap_device::request& r, char* body, size_t room) {
  using namespace mqcoap_device;
  strcpy(body, "null");
  if (!r.path.is("gain") && !r.path.is("/gain")) {
    strcpy(body, "\"there is only gain\"");
    return 404;
  }
  if (r.verb == get) {
    snprintf(body, room, "%d", gain);
    return 205;
  }
  if (r.verb != put) {
    strcpy(body, "\"gain allows GET and PUT\"");
    return 405;
  }
  // One digit from 0 to 7, and nothing else.
  if (r.body.size != 1 || r.body.at[0] < '0' || r.body.at[0] > '7') {
    strcpy(body, "\"gain is 0 to 7\"");
    return 400;
  }
  gain = r.body.at[0] - '0';
  return 204;
}

// Topic and payload lie in PubSubClient's only buffer, which `publish` overwrites: everything is read and
// written into buffers of our own first.
static void on_message(char* topic, uint8_t* payload, unsigned int length) {
  static char answer_topic[100];
  static char answer[180];
  char body[32];
  mqcoap_device::request r;
  if (!mqcoap_device::read(reinterpret_cast<const char*>(payload), static_cast<uint16_t>(length), r)) return;
  const int code = handle(r, body, sizeof body);
  if (!mqcoap_device::write_response_topic(answer_topic, sizeof answer_topic, topic)) return;
  if (!mqcoap_device::write_answer(answer, sizeof answer, r, code, body)) return;
  mqtt.publish(answer_topic, answer);
}

static bool join() {
  // The last will says OFFLINE when the connection is lost without a goodbye.
  if (!mqtt.connect(TAG, nullptr, nullptr, presence, 0, true, offline)) return false;
  mqtt.subscribe(requests);
  mqtt.publish(presence, online, true);
  return true;
}

void setup() {
  Ethernet.begin(mac);
  mqtt.setServer(broker, broker_port);
  mqtt.setCallback(on_message);
}

void loop() {
  if (!mqtt.connected() && !join()) {
    delay(2000);
    return;
  }
  mqtt.loop();
}
