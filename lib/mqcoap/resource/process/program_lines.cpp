#include <mqcoap/resource/process/program_lines.hpp>

#include <charconv>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/protocol/method.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t longest_text = 1024;

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string message_of(const json_text& body) {
  if (body.is_null()) return "the program gives no reason";
  return log_safe(body.is_string() ? decode_json_string(body.text()) : std::string(body.text()),
                  longest_text);
}

/// @param code  the text of the code; empty if the program left it out, so that it depends on the method
backend_reply make_reply(std::string_view code, json_text body) {
  if (code.empty() || code == "null") return backend_reply::of_body(std::move(body));
  const auto number = whole_number<int>(code);
  const auto known = number ? to_response_code(*number) : std::nullopt;
  if (!known)
    return backend_reply::error(response_code::bad_gateway,
                                "the program gave an invalid response code: " + log_safe(code, 20));
  if (is_error(*known)) return backend_reply::error(*known, message_of(body));
  auto reply = backend_reply::of_body(std::move(body));
  reply.code = *known;
  return reply;
}

/// A member of a program's line, as text; empty if it is missing.
struct line_member {
  std::string_view value{};
  bool is_twice = false;
};

/// The members that are used; others are ignored.
struct line_members {
  line_member id, code, body, ready;

  void take(std::string_view key, std::string_view value) {
    auto* const member = key == "\"id\""      ? &id
                         : key == "\"code\""  ? &code
                         : key == "\"body\""  ? &body
                         : key == "\"ready\"" ? &ready
                                              : nullptr;
    if (member == nullptr) return;
    member->is_twice = !member->value.empty();
    member->value = value;
  }
  json_text body_text() const {
    return body.value.empty() ? json_text() : json_text::from_validated(body.value);
  }
};

backend_reply ambiguous(const std::string& key) {
  return backend_reply::error(response_code::bad_gateway,
                              "the program gave '" + key + "' twice in its answer");
}

}  // namespace

std::string request_line(std::uint64_t id, const backend_request& what) {
  std::string line =
      "{\"id\":" + std::to_string(id) + ",\"method\":\"" + std::string(to_string(what.verb)) + "\",\"path\":";
  append_json_string(line, what.rest);
  // Replaces line ends, which may occur between tokens.
  line.append(",\"body\":").append(safe_json(what.body.text(), line_ends::replaced)).append("}\n");
  return line;
}

std::optional<program_line> read_line(std::string_view line, std::size_t max_depth) {
  const auto parsed = json_text::parse(line, max_depth);
  if (!parsed || parsed->text().front() != '{') return std::nullopt;
  line_members given;
  json_members members(parsed->text());
  while (members.next()) given.take(members.key(), members.value());
  if (given.id.is_twice) return std::nullopt;
  program_line read;
  read.is_ready = given.ready.value == "true";
  read.id = whole_number<std::uint64_t>(given.id.value);
  if (!read.id) return read.is_ready ? std::optional(read) : std::nullopt;
  read.reply = given.code.is_twice   ? ambiguous("code")
               : given.body.is_twice ? ambiguous("body")
                                     : make_reply(given.code.value, given.body_text());
  return read;
}

std::optional<std::string_view> line_splitter::next() {
  const auto end = buffer_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = buffer_.size();
    return std::nullopt;
  }
  std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = searched_ = end + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace mqcoap
