// Runs a sketch: setup, then loop until standard input ends. An input line is `TOPIC PAYLOAD`; an output
// line is `connect ID WILL_TOPIC WILL`, `subscribe FILTER`, `publish RETAINED TOPIC PAYLOAD`, `drop
// BYTES` or `done`.
#include <PubSubClient.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

// The fixed header of a packet under 16 KiB, and the space that PubSubClient reserves for it.
constexpr std::size_t received_header = 3;
constexpr std::size_t reserved_header = 5;

}  // namespace

bool PubSubClient::setBufferSize(uint16_t size) {
  size_ = size;
  buffer_ = static_cast<uint8_t*>(std::realloc(buffer_, size_));
  return buffer_ != nullptr;
}

bool PubSubClient::connect(const char* id, const char*, const char*, const char* will_topic, uint8_t, bool,
                           const char* will) {
  connected_ = buffer_ || setBufferSize(size_);
  std::cout << "connect " << id << ' ' << will_topic << ' ' << will << std::endl;
  return true;
}

bool PubSubClient::subscribe(const char* filter) {
  std::cout << "subscribe " << filter << std::endl;
  return true;
}

bool PubSubClient::publish(const char* topic, const char* payload, bool retained) {
  const std::size_t whole = reserved_header + 2 + std::strlen(topic) + std::strlen(payload);
  if (whole > size_) {
    std::cout << "drop " << whole << std::endl;
    return false;
  }
  // The packet overwrites the data that the callback was given: a sketch that publishes from those
  // pointers sends `#`.
  std::memset(buffer_, '#', size_);
  std::cout << "publish " << retained << ' ' << topic << ' ' << payload << std::endl;
  return true;
}

bool PubSubClient::loop() {
  std::string line;
  if (!std::getline(std::cin, line)) std::exit(0);
  const auto space = line.find(' ');
  const std::string topic = line.substr(0, space), payload = line.substr(space + 1);
  const std::size_t whole = received_header + 2 + topic.size() + payload.size();
  if (whole > size_) {
    std::cout << "drop " << whole << std::endl;
  } else {
    // The topic is moved to the front and terminated; the payload ends without a zero.
    std::memset(buffer_, '#', size_);
    std::memcpy(buffer_ + 2, topic.c_str(), topic.size() + 1);
    std::memcpy(buffer_ + received_header + 2 + topic.size(), payload.data(), payload.size());
    callback_(reinterpret_cast<char*>(buffer_ + 2), buffer_ + received_header + 2 + topic.size(),
              static_cast<unsigned>(payload.size()));
  }
  std::cout << "done" << std::endl;
  return true;
}

int main() {
  setup();
  for (;;) loop();
}
