#include <mqcoap/resource/process/program_lines.hpp>

#include <charconv>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_members.hpp>
#include <mqcoap/protocol/method.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t most_words = 1024;

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string words_of(const json_text& body) {
  if (body.is_null()) return "the program gives no reason";
  return log_safe(body.is_string() ? decode_json_string(body.text()) : std::string(body.text()), most_words);
}

/// @param code  as it stands there; empty: the program leaves it to the method
backend_reply make_reply(std::string_view code, json_text body) {
  if (code.empty() || code == "null") return backend_reply::of_body(std::move(body));
  const auto number = whole_number<int>(code);
  const auto known = number ? to_response_code(*number) : std::nullopt;
  if (!known)
    return backend_reply::error(response_code::bad_gateway,
                                "the program gave a code that is none: " + log_safe(code, 20));
  if (is_error(*known)) return backend_reply::error(*known, words_of(body));
  auto reply = backend_reply::of_body(std::move(body));
  reply.code = *known;
  return reply;
}

}  // namespace

std::string request_line(std::uint64_t id, const backend_request& what) {
  std::string line =
      "{\"id\":" + std::to_string(id) + ",\"method\":\"" + std::string(to_string(what.verb)) + "\",\"path\":";
  append_json_string(line, what.rest);
  // Between its tokens, there may be line ends.
  line.append(",\"body\":").append(safe_json(what.body.text(), line_ends::replaced)).append("}\n");
  return line;
}

std::optional<program_line> read_line(std::string_view line, std::size_t max_depth) {
  const auto parsed = json_text::parse(line, max_depth);
  if (!parsed || parsed->text().front() != '{') return std::nullopt;
  program_line read;
  std::string_view code;
  json_text body;
  json_members members(parsed->text());
  while (members.next()) {
    if (members.key() == "\"id\"") read.id = whole_number<std::uint64_t>(members.value());
    if (members.key() == "\"code\"") code = members.value();
    if (members.key() == "\"body\"") body = json_text::from_validated(members.value());
    if (members.key() == "\"ready\"") read.is_ready = members.value() == "true";
  }
  if (read.id)
    read.reply = make_reply(code, std::move(body));
  else if (!read.is_ready)
    return std::nullopt;
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
