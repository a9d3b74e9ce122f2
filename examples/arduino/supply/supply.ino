// A power supply whose `setpoint` is an object, {"voltage": 5, "current": 0.5}, for GET and PUT, on a board
// with WiFi and some memory (ESP32), with the libraries PubSubClient and ArduinoJson 7. docs/arduino.md
// explains it.

#include <ArduinoJson.h>
#include <PubSubClient.h>
#include <WiFi.h>

#define TAG "ARD_XX_0_0002"

static const char ssid[] = "lab";
static const char passphrase[] = "change me";
static const IPAddress broker(192, 0, 2, 10);

static const char requests[] = "gf_int_v1/+/request/" TAG "/+";
static const char presence[] = "gf_int_v1/gateway/system/" TAG "/presence";
static const char online[] = "{\"body\":{\"state\":\"ONLINE\",\"last_updated\":\"0\"},\"timestamp\":\"0\"}";
static const char offline[] = "{\"body\":{\"state\":\"OFFLINE\",\"last_updated\":\"0\"},\"timestamp\":\"0\"}";

static WiFiClient net;
static PubSubClient mqtt(net);

static float voltage = 0;
static float current = 0;

// Fills the body of the answer, and returns its code. The method is an integer behind a route with `wire:
// compact`, else a name.
static int handle(JsonDocument& in, JsonDocument& out) {
  if (strcmp(in["header"]["path"] | "", "setpoint") != 0) {
    out["body"] = "there is only setpoint";
    return 404;
  }
  const int number = in["header"]["method"] | 0;
  const char* name = in["header"]["method"] | "";
  if (number == 1 || strcmp(name, "GET") == 0) {
    out["body"]["voltage"] = voltage;
    out["body"]["current"] = current;
    return 205;
  }
  if (number != 3 && strcmp(name, "PUT") != 0) {
    out["body"] = "setpoint allows GET and PUT";
    return 405;
  }
  const float wanted_voltage = in["body"]["voltage"] | -1.0f;
  const float wanted_current = in["body"]["current"] | -1.0f;
  if (wanted_voltage < 0 || wanted_voltage > 30 || wanted_current < 0 || wanted_current > 2) {
    out["body"] = "wanted: {\"voltage\": 0 to 30, \"current\": 0 to 2}";
    return 400;
  }
  voltage = wanted_voltage;
  current = wanted_current;
  out["body"] = nullptr;
  return 204;
}

static void on_message(char* topic, uint8_t* payload, unsigned int length) {
  JsonDocument in, out;
  if (deserializeJson(in, payload, length)) return;
  if (!in["header"]["request_id"].is<const char*>()) return;
  out["header"]["response_code"] = handle(in, out);
  out["header"]["path"] = in["header"]["path"];
  out["header"]["request_id"] = in["header"]["request_id"];
  out["timestamp"] = in["timestamp"];

  // Topic and payload lie in PubSubClient's only buffer, which `publish` overwrites.
  static char answer[512];
  static char answer_topic[128];
  const char* kind = strstr(topic, "/request/");
  if (!kind || strlen(topic) + 2 > sizeof answer_topic) return;
  snprintf(answer_topic, sizeof answer_topic, "%.*s/response/%s", static_cast<int>(kind - topic), topic,
           kind + 9);
  if (measureJson(out) >= sizeof answer) return;
  serializeJson(out, answer, sizeof answer);
  mqtt.publish(answer_topic, answer);
}

static bool join() {
  if (!mqtt.connect(TAG, nullptr, nullptr, presence, 0, true, offline)) return false;
  mqtt.subscribe(requests);
  mqtt.publish(presence, online, true);
  return true;
}

void setup() {
  WiFi.begin(ssid, passphrase);
  mqtt.setBufferSize(768);  // requests as the Python library writes them fit, too
  mqtt.setServer(broker, 1883);
  mqtt.setCallback(on_message);
}

void loop() {
  if (!mqtt.connected() && !join()) {
    delay(2000);
    return;
  }
  mqtt.loop();
}
