#include "words/value.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <mqcoap/base/units.hpp>
#include <mqcoap/json/json_fault.hpp>
#include <mqcoap/settings/source_file.hpp>
#include <system_error>

#include "words/failure.hpp"

namespace mqcoap::cli {
namespace {

constexpr std::size_t deepest = 32;

/// Returns the length of `key` in `key=value`; 0 if the argument does not have this form.
std::size_t key_length(std::string_view word) {
  std::size_t n = 0;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_key = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  if (word.empty() || !is_letter(word.front())) return 0;
  while (n < word.size() && is_key(word[n])) ++n;
  return n < word.size() && word[n] == '=' ? n : 0;
}

/// Removes the byte order mark that some editors write at the beginning of a file.
std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

/// Returns the position of a byte as line and column, for a text of several lines.
std::string position_text(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  std::size_t line = 1;
  for (const char c : before) line += c == '\n';
  const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return line > 1 || text.find('\n') != std::string_view::npos
             ? "line " + std::to_string(line) + ", column " + std::to_string(offset - line_start + 1)
             : "character " + std::to_string(offset + 1);
}

[[noreturn]] void refuse_json(std::string_view text, const std::string& where, const json_fault& fault) {
  const std::string words = where + " looks like JSON and is not: ";
  constexpr char how_to_send_text[] =
      "to send text that only looks like JSON, make it a JSON string: '\"...\"'";
  if (fault.not_finite) throw usage_failure(words + fault.reason, how_to_send_text);
  const auto flaw = find_json_flaw(text, deepest).value_or(json_flaw{fault.offset, fault.reason, {}});
  throw usage_failure(
      words + flaw.what + " at " + position_text(text, flaw.offset) + ": " + text_around(text, flaw.offset),
      flaw.hint.empty() ? how_to_send_text : flaw.hint + '\n' + how_to_send_text);
}

/// Returns the text as JSON, otherwise as a JSON string. @param where  the source of the text, for
/// error messages
json_text json_or_string(std::string_view text, const std::string& where) {
  if (text.size() > largest_value)
    throw usage_failure(where + " has " + size_to_string(text.size()) + "; a value may have " +
                        size_to_string(largest_value));
  auto parsed = json_text::parse(text, deepest);
  if (parsed) return *std::move(parsed);
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool looks_like_json =
      first != std::string_view::npos && std::string_view("{[\"").find(text[first]) != std::string_view::npos;
  if (looks_like_json || parsed.error().not_finite) refuse_json(text, where, parsed.error());
  std::size_t bad_at = 0;
  if (!is_utf8(text, bad_at))
    throw usage_failure(where + " is neither JSON nor UTF-8 text (byte " + std::to_string(bad_at + 1) + ')',
                        text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")
                            ? "this is UTF-16: iconv -f UTF-16 -t UTF-8 FILE | mqcoap put ADDRESS @-"
                            : "send binary data as text: base64 -w0 FILE | mqcoap put ADDRESS @-");
  if (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
  return json_text::from_string(text);
}

json_text object_of(const std::vector<std::string>& pairs) {
  std::string out = "{";
  std::vector<std::string_view> seen;
  for (const auto& pair : pairs) {
    const auto n = key_length(pair);
    if (n == 0)
      throw usage_failure("'" + pair + "' is not key=value, and several values make an object",
                          "put one value with spaces into quotes: 'two words'");
    const std::string_view key = std::string_view(pair).substr(0, n);
    for (const auto other : seen)
      if (other == key) throw usage_failure("the key '" + std::string(key) + "' is given twice");
    seen.push_back(key);
    if (out.size() > 1) out += ',';
    append_json_string(out, key);
    out.append(1, ':').append(
        json_or_string(std::string_view(pair).substr(n + 1), "the value of " + std::string(key)).text());
  }
  return json_text::from_validated(out + '}');
}

}  // namespace

const char value_help[] =
    "VALUE is JSON, or else a string: 5  '[0, 1]'  '{\"a\": 1}'  idle  'two words'  '\"5\"' (a string)\n"
    "  @FILE and @- (standard input) are read as JSON, or else as text; key=value ... makes an object.";

json_text read_value(const std::vector<std::string>& words, const file_reader& read) {
  if (words.empty()) return {};
  if (words.size() > 1 || key_length(words.front()) > 0) return object_of(words);
  const auto& word = words.front();
  if (!word.starts_with('@')) return json_or_string(word, "the value");
  const auto name = word.substr(1);
  if (name.empty()) throw usage_failure("'@' needs a file name", "@FILE, or @- for standard input");
  const auto bytes = read(name);
  return json_or_string(without_mark(bytes), name == "-" ? "standard input" : name);
}

std::string read_input(const std::string& name) {
  struct closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, closer> opened;
  std::FILE* from = stdin;
  if (name != "-") {
    opened.reset(std::fopen(name.c_str(), "rb"));
    from = opened.get();
    if (from == nullptr)
      throw usage_failure("cannot read " + name + ": " + std::generic_category().message(errno));
  }
  std::string bytes;
  char part[65536];
  while (const auto n = std::fread(part, 1, sizeof part, from)) {
    bytes.append(part, n);
    if (bytes.size() > largest_value)
      throw usage_failure((name == "-" ? "standard input" : name) + " is larger than a value may be, " +
                          size_to_string(largest_value));
  }
  if (std::ferror(from) != 0)
    throw usage_failure("cannot read " + name + ": " + std::generic_category().message(errno));
  return bytes;
}

}  // namespace mqcoap::cli
