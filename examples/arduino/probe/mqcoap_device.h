// The device's side of the protocol (docs/protocol.md) for microcontrollers: reads a request, writes an
// answer.
//
// No heap, no String, no JSON tree: a request is read where it lies, and what is taken from it are views into
// it. Reads compact JSON as a route with `wire: compact` sends it, and what the Python library sends as well.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>

namespace mqcoap_device {

/// A part of a payload, not terminated; of a string without its quotes, escapes as they came.
struct view {
  const char* at;
  uint16_t size;

  bool is(const char* text) const { return strlen(text) == size && memcmp(at, text, size) == 0; }
};

enum method : uint8_t { unknown = 0, get = 1, post = 2, put = 3, del = 4 };

struct request {
  uint8_t verb;
  view path;
  view id;
  view timestamp;  ///< digits
  view body;       ///< JSON; empty: none
};

/// Walks over JSON that the gateway has validated. Every step is bounded by the end of the payload.
class reader {
 public:
  reader(const char* begin, const char* end) : at_(begin), end_(end) {}

  bool take(char wanted) {
    skip_space();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  /// A string, without its quotes.
  bool string(view& out) {
    if (!take('"')) return false;
    out.at = at_;
    for (; at_ != end_ && *at_ != '"'; ++at_)
      if (*at_ == '\\' && ++at_ == end_) return false;
    if (at_ == end_) return false;
    out.size = static_cast<uint16_t>(at_ - out.at);
    ++at_;
    return true;
  }

  /// Any value, as it stands; `null` gives an empty view.
  bool value(view& out) {
    skip_space();
    const char* begin = at_;
    uint8_t depth = 0;
    view ignored{};
    while (at_ != end_) {
      const char c = *at_;
      if (c == '"') {
        if (!string(ignored)) return false;
        continue;
      }
      if (c == '{' || c == '[') {
        if (++depth == 0) return false;
      } else if (c == '}' || c == ']') {
        if (depth == 0) break;
        --depth;
      } else if (c == ',' && depth == 0) {
        break;
      }
      ++at_;
    }
    if (depth != 0 || at_ == begin) return false;
    out.at = begin;
    out.size = static_cast<uint16_t>(at_ - begin);
    while (out.size > 0 && is_space(out.at[out.size - 1])) --out.size;
    if (out.is("null")) out.size = 0;
    return true;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  const char* at_;
  const char* end_;
};

inline view unquoted(view v) {
  if (v.size >= 2 && v.at[0] == '"') {
    ++v.at;
    v.size -= 2;
  }
  return v;
}

/// @return 0, or the response code that the payload deserves; false ids make it unanswerable: then -1.
inline int read_header(reader& in, request& out) {
  if (!in.take('{')) return -1;
  if (in.take('}')) return -1;
  do {
    view key{}, value{};
    if (!in.string(key) || !in.take(':') || !in.value(value)) return -1;
    value = unquoted(value);
    if (key.is("method")) {
      if (value.is("1") || value.is("GET")) out.verb = get;
      if (value.is("2") || value.is("POST")) out.verb = post;
      if (value.is("3") || value.is("PUT")) out.verb = put;
      if (value.is("4") || value.is("DELETE")) out.verb = del;
    } else if (key.is("path")) {
      out.path = value;
    } else if (key.is("request_id")) {
      out.id = value;
    }
  } while (in.take(','));
  if (!in.take('}')) return -1;
  return out.id.size == 0 || out.path.size == 0 ? -1 : 0;
}

/// Reads a request. False: it is none that could be answered.
inline bool read(const char* payload, uint16_t size, request& out) {
  reader in(payload, payload + size);
  bool has_header = false;
  out = request{};
  if (!in.take('{')) return false;
  do {
    view key{}, value{};
    if (!in.string(key) || !in.take(':')) return false;
    if (key.is("header")) {
      if (read_header(in, out) != 0) return false;
      has_header = true;
      continue;
    }
    if (!in.value(value)) return false;
    if (key.is("body")) out.body = value;
    if (key.is("timestamp")) out.timestamp = unquoted(value);
  } while (in.take(','));
  return in.take('}') && has_header;
}

/// Writes an answer. A microcontroller without a clock gives back the time of the request.
/// It leaves the correlation id out: callers know their request by its id, and the gateway gives it back to
/// them.
/// @param body  JSON: words in quotes for codes of 400 and above, "null" for 203 and 204
/// @return the length, or 0 if it does not fit
inline uint16_t write_answer(char* out, uint16_t room, const request& to, int code, const char* body) {
  const view no_time{"0", 1};
  const view time = to.timestamp.size ? to.timestamp : no_time;
  const int length = snprintf(out, room,
                              "{\"header\":{\"response_code\":%d,\"path\":\"%.*s\",\"request_id\":\"%.*s\"},"
                              "\"body\":%s,\"timestamp\":\"%.*s\"}",
                              code, static_cast<int>(to.path.size), to.path.at, static_cast<int>(to.id.size),
                              to.id.at, body, static_cast<int>(time.size), time.at);
  return length > 0 && static_cast<uint16_t>(length) < room ? static_cast<uint16_t>(length) : 0;
}

/// The topic of the answer: that of the request with `request` replaced by `response`.
/// @return the length, or 0 if it does not fit or is no topic of a request
inline uint16_t write_response_topic(char* out, uint16_t room, const char* request_topic) {
  const char* kind = strstr(request_topic, "/request/");
  const size_t length = strlen(request_topic) + 1;  // "response" is longer by one
  if (!kind || length >= room) return 0;
  const size_t before = static_cast<size_t>(kind - request_topic);
  memcpy(out, request_topic, before);
  strcpy(out + before, "/response/");
  strcat(out + before, kind + strlen("/request/"));
  return static_cast<uint16_t>(length);
}

}  // namespace mqcoap_device
