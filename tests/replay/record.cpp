#include "record.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace mqcoap::replay {
namespace {

bool is_of_name(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

void add_printable(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7f) {
      out += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += escaped;
  }
}

}  // namespace

std::string shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3U;
  char tail[64];
  std::snprintf(tail, sizeof tail, "... (%zu bytes, %016llx)", text.size(),
                static_cast<unsigned long long>(hash));
  return text.substr(0, most) + tail;
}

void record::step(const std::string& message, std::string whole) {
  finish();
  causes_.emplace_back(lines_.size(), whole.empty() ? message : std::move(whole));
  lines_.push_back('#' + std::to_string(++steps_) + ' ' + message);
}

void record::finish() {
  if (std::exchange(sorts_, false)) std::sort(messages_.begin(), messages_.end());
  if (std::exchange(is_forgettable_, false) && messages_.empty()) {
    lines_.pop_back();
    causes_.pop_back();
    --steps_;
  }
  for (auto& each : messages_) lines_.push_back("  " + each);
  messages_.clear();
}

void record::name_id(std::string_view id, std::string name) {
  if (!id.empty()) ids_.try_emplace(std::string(id), '<' + name + '>');
}

std::string record::readable(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_of_name(text[end])) ++end;
    if (const auto known = ids_.find(text.substr(at, end - at)); end > at && known != ids_.end()) {
      out += known->second;
      at = end;
      continue;
    }
    end = std::max(end, at + 1);
    add_printable(out, text.substr(at, end - at));
    at = end;
  }
  return out;
}

const std::string& record::cause_of(std::size_t line) const noexcept {
  static const std::string none;
  const auto after = std::upper_bound(causes_.begin(), causes_.end(), line,
                                      [](std::size_t l, const auto& cause) { return l < cause.first; });
  return after == causes_.begin() ? none : std::prev(after)->second;
}

}  // namespace mqcoap::replay
