// A diode-array probe with four channels on an Arduino without a network: the gateway asks it over its USB port, a line
// for a line (config/examples/probe-serial.yaml). docs/arduino.md explains it.
//
//     arm              OK                    forgets old samples
//     trigger          OK                    takes samples of all channels
//     status?          IDLE, ARMED or TRIGGERED
//     length?          8                     samples of a channel
//     length 16        OK
//     data? 0          ["800","FFF"]         samples of a channel, in hexadecimal, which reading consumes
//
// Anything that cannot be done is answered with `ERR` and words. There is one answer to each line, and nothing is said
// unasked.

#include <stdlib.h>
#include <string.h>

static const byte channels = 4;
static const byte most_samples = 64;
static const byte inputs[channels] = {A0, A1, A2, A3};

static enum { IDLE, ARMED, TRIGGERED } state = IDLE;
static byte length = 8;
static byte held[channels];  // samples that a channel holds; 0: none
static uint16_t samples[channels][most_samples];

static char line[24];
static byte used = 0;
static bool is_too_long = false;

static void forget() {
  memset(held, 0, sizeof held);
}

static void arm() {
  forget();
  state = ARMED;
  Serial.println(F("OK"));
}

static void trigger() {
  if (state != ARMED) {
    Serial.println(F("ERR the probe is not armed"));
    return;
  }
  for (byte i = 0; i < length; ++i)
    for (byte c = 0; c < channels; ++c) samples[c][i] = static_cast<uint16_t>(analogRead(inputs[c]));
  memset(held, length, sizeof held);
  state = TRIGGERED;
  Serial.println(F("OK"));
}

static void tell_status() {
  if (state == IDLE) Serial.println(F("IDLE"));
  if (state == ARMED) Serial.println(F("ARMED"));
  if (state == TRIGGERED) Serial.println(F("TRIGGERED"));
}

static void set_length(const char* text) {
  char* end = nullptr;
  const long wanted = strtol(text, &end, 10);
  if (end == text || *end != '\0' || wanted < 1 || wanted > most_samples) {
    Serial.println(F("ERR a length is 1 to 64"));
    return;
  }
  length = static_cast<byte>(wanted);
  Serial.println(F("OK"));
}

// Three digits, as of a converter with up to 12 bits.
static void print_sample(uint16_t sample) {
  static const char digits[] = "0123456789ABCDEF";
  Serial.print('"');
  Serial.print(digits[(sample >> 8) & 15]);
  Serial.print(digits[(sample >> 4) & 15]);
  Serial.print(digits[sample & 15]);
  Serial.print('"');
}

static void tell_data(const char* text) {
  const byte c = static_cast<byte>(text[0] - '0');
  if (c >= channels || text[1] != '\0') {
    Serial.println(F("ERR there are the channels 0 to 3"));
    return;
  }
  if (held[c] == 0) {
    Serial.println(F("ERR the channel holds no data"));
    return;
  }
  Serial.print('[');
  for (byte i = 0; i < held[c]; ++i) {
    if (i > 0) Serial.print(',');
    print_sample(samples[c][i]);
  }
  Serial.println(']');
  held[c] = 0;
}

static void answer() {
  if (is_too_long)
    Serial.println(F("ERR the line is too long"));
  else if (strcmp(line, "arm") == 0)
    arm();
  else if (strcmp(line, "trigger") == 0)
    trigger();
  else if (strcmp(line, "status?") == 0)
    tell_status();
  else if (strcmp(line, "length?") == 0)
    Serial.println(length);
  else if (strncmp(line, "length ", 7) == 0)
    set_length(line + 7);
  else if (strncmp(line, "data? ", 6) == 0)
    tell_data(line + 6);
  else
    Serial.println(F("ERR unknown"));
}

void setup() {
  Serial.begin(115200);
}

void loop() {
  while (Serial.available() > 0) {
    const char c = static_cast<char>(Serial.read());
    if (c == '\r') continue;
    if (c == '\n') {
      line[used] = '\0';
      answer();
      used = 0;
      is_too_long = false;
    } else if (used + 1u < sizeof line) {
      line[used++] = c;
    } else {
      is_too_long = true;
    }
  }
}
