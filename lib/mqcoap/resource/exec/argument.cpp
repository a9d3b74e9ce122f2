#include <mqcoap/resource/exec/argument.hpp>

#include <algorithm>
#include <mqcoap/base/control_character.hpp>
#include <utility>

namespace mqcoap {
namespace {

constexpr std::string_view body_text = "{body}";
constexpr std::string_view path_placeholder = "{path.";

struct found_placeholder {
  std::size_t at = std::string_view::npos;
  std::size_t length = 0;
  std::size_t part = 0;
};

found_placeholder find_placeholder(std::string_view text) {
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const auto rest = text.substr(at);
    if (rest.starts_with(body_text)) return {at, body_text.size(), 0};
    const auto digit = path_placeholder.size();
    if (rest.starts_with(path_placeholder) && rest.size() > digit + 1 && rest[digit] >= '1' &&
        rest[digit] <= '9' && rest[digit + 1] == '}')
      return {at, digit + 2, static_cast<std::size_t>(rest[digit] - '0')};
  }
  return {};
}

/// The longest argument that Linux accepts (MAX_ARG_STRLEN, execve(2)).
constexpr std::size_t longest = 32UL * 4096 - 1;

backend_reply refused(std::string message) {
  return backend_reply::refusal(response_code::bad_request, std::move(message));
}

}  // namespace

argument::argument(std::string_view written) {
  for (;;) {
    const auto found = find_placeholder(written);
    pieces_.push_back({std::string(written.substr(0, found.at)), found.part});
    if (found.at == std::string_view::npos) return;
    written.remove_prefix(found.at + found.length);
  }
}

bool argument::takes_body() const noexcept {
  return std::any_of(pieces_.begin(), pieces_.end() - 1, [](const piece& p) { return p.part == 0; });
}

std::vector<std::size_t> argument::path_parts() const {
  std::vector<std::size_t> parts;
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i)
    if (pieces_[i].part > 0) parts.push_back(pieces_[i].part);
  return parts;
}

result<std::string, backend_reply> argument::fill(const values& brought, bool is_operand) const {
  std::string filled;
  for (const auto& each : pieces_) {
    filled += each.text;
    if (&each == &pieces_.back()) break;
    const bool is_body = each.part == 0;
    std::string decoded;
    const auto value = !is_body                   ? brought.path[each.part - 1]
                       : brought.body.is_string() ? view_json_string(brought.body.text(), decoded)
                                                  : brought.body.text();
    const std::string what = is_body ? "the body" : "the path";
    if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c); }))
      return refused(what + " holds a control character");
    if (filled.empty() && !is_operand && value.starts_with('-'))
      return refused(what + " begins with '-', as an option does");
    filled += value;
    if (filled.size() > longest) return refused(what + " is too long for an argument");
  }
  return filled;
}

std::string argument::find_fault(std::string_view written) {
  const argument parsed(written);
  for (const auto& each : parsed.pieces_)
    for (const std::string_view begins : {"{body", "{path", "{rest"})
      if (const auto at = each.text.find(begins); at != std::string::npos)
        return each.text.substr(at, each.text.find('}', at) - at + 1);
  return {};
}

}  // namespace mqcoap
