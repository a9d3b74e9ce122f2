#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dice.hpp"

namespace mqcoap::replay {

/// A message that a device publishes, sooner or later.
struct device_message {
  std::string manner;  ///< how this device handles the request
  std::string broker;
  std::string topic;
  std::string payload;
  bool retain = false;
};

/// All devices behind the proxy. Random choices determine how each request is handled: answered immediately,
/// late, too late, twice, incorrectly, or never.
class devices {
 public:
  explicit devices(dice& d) : dice_(d) {}

  enum class conduct {
    by_dice,
    well,    ///< answers immediately
    silent,  ///< never answers
    late,    ///< answers after the timeout
  };
  /// Sets how they handle requests from now on.
  void take_it(conduct how) noexcept { conduct_ = how; }

  void on_request(std::int64_t now_ms, const std::string& broker, std::string_view topic,
                  std::string_view payload);
  /// Returns the next message that is due by then.
  std::optional<device_message> take_due(std::int64_t now_ms);
  /// Returns when the next message is due; INT64_MAX if there is none.
  std::int64_t next_due() const noexcept;

 private:
  struct received_request {
    std::string broker, topic, path, id, tag;
    char verb;
  };
  void answer(std::int64_t at, const received_request& q, const std::string& manner, std::string payload);
  static std::string well(const received_request& q, std::size_t n);
  static std::string with_header(const received_request& q, const std::string& code,
                                 const std::string& rest = {});
  std::string with_code(const received_request& q);
  std::string malformed(received_request q);
  void answer_elsewhere(std::int64_t now, received_request q);

  dice& dice_;
  conduct conduct_ = conduct::by_dice;
  std::size_t request_count_ = 0;
  std::multimap<std::int64_t, device_message> due_;
};

}  // namespace mqcoap::replay
