// Replaces the few functions of ArduinoJson 7 that the sketch uses, based on Boost.JSON.
#pragma once
#include <Arduino.h>

#include <boost/json.hpp>
#include <string>
#include <type_traits>

/// A place in a document, which is created when a value is written to it.
class JsonVariant {
 public:
  explicit JsonVariant(boost::json::value& at) : at_(&at) {}

  JsonVariant operator[](const char* key) {
    if (!at_->is_object()) {
      // Reading a member of a value that is not an object returns null and changes nothing.
      static boost::json::value nothing;
      if (!at_->is_null()) return JsonVariant(nothing = nullptr);
      at_->emplace_object();
    }
    return JsonVariant(at_->as_object()[key]);
  }

  template <class T>
  bool is() const {
    if constexpr (std::is_same_v<T, const char*>)
      return at_->is_string();
    else
      return at_->is_number();
  }

  int operator|(int otherwise) const {
    return at_->is_int64() ? static_cast<int>(at_->as_int64()) : otherwise;
  }
  float operator|(float otherwise) const { return at_->is_number() ? at_->to_number<float>() : otherwise; }
  const char* operator|(const char* otherwise) const {
    return at_->is_string() ? at_->as_string().c_str() : otherwise;
  }

  void operator=(const JsonVariant& other) { *at_ = boost::json::value(*other.at_); }
  template <class T>
  void operator=(const T& value) {
    *at_ = boost::json::value(value);
  }

 private:
  boost::json::value* at_;
};

class JsonDocument {
 public:
  JsonVariant operator[](const char* key) { return JsonVariant(root_)[key]; }

  boost::json::value root_;
};

/// Returns true if the payload is not JSON.
inline bool deserializeJson(JsonDocument& into, const uint8_t* payload, unsigned length) {
  boost::system::error_code failed;
  into.root_ = boost::json::parse({reinterpret_cast<const char*>(payload), length}, failed);
  return static_cast<bool>(failed);
}

inline std::size_t measureJson(const JsonDocument& doc) { return boost::json::serialize(doc.root_).size(); }

inline std::size_t serializeJson(const JsonDocument& doc, char* out, std::size_t room) {
  const auto text = boost::json::serialize(doc.root_);
  return static_cast<std::size_t>(std::snprintf(out, room, "%s", text.c_str()));
}
