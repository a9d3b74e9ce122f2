#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/safe_text.hpp>
#include <mqcoap/json/json_fault.hpp>

namespace mqcoap {
namespace {

struct foreign_word {
  std::string_view written;  ///< in lower case
  std::string_view hint;
};

constexpr std::string_view no_nan = "JSON has no NaN and no Infinity: use null";
constexpr foreign_word foreign_words[] = {
    {"nan", no_nan},
    {"inf", no_nan},
    {"infinity", no_nan},
    {"true", "write true, in lower case"},
    {"false", "write false, in lower case"},
    {"null", "write null, in lower case"},
    {"none", "write null"},
    {"nil", "write null"},
    {"undefined", "write null"},
};

constexpr std::string_view quotes_hint = "keys and strings need double quotes";

bool is_word_start(char c) { return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_' || c == '$'; }
bool is_word_char(char c) { return is_word_start(c) || is_digit(c); }

/// Parses a text by the grammar of RFC 8259, and stops at the first flaw.
class flaw_finder {
 public:
  flaw_finder(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  std::optional<json_flaw> find() {
    if (text_.starts_with("\xef\xbb\xbf"))
      return json_flaw{0, "it begins with a byte order mark", "save the text as UTF-8 without one"};
    while (!flaw_ && !done_) step();
    return std::move(flaw_);
  }

 private:
  enum class expects : std::uint8_t { value, value_or_end, key, key_or_end, colon, comma_or_end, nothing };

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool at_end() const { return at_ >= text_.size(); }

  void fail(std::size_t offset, std::string what, std::string_view hint = {}) {
    flaw_ = json_flaw{offset, std::move(what), std::string(hint)};
  }

  void step() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    if (at_end()) return end();
    const char c = peek();
    if (c == '#' || (c == '/' && (peek(1) == '/' || peek(1) == '*')))
      return fail(at_, "a comment", "JSON has no comments");
    switch (next_) {
      case expects::nothing: return fail(at_, "something follows the JSON value");
      case expects::value: return value(c);
      case expects::value_or_end: return c == ']' ? close() : value(c);
      case expects::key: return key(c);
      case expects::key_or_end: return c == '}' ? close() : key(c);
      case expects::colon: return colon(c);
      case expects::comma_or_end: return comma(c);
    }
  }

  void end() {
    done_ = true;
    if (next_ == expects::nothing) return;
    if (open_.empty()) return fail(at_, "it ends too early");
    fail(at_, std::string("it ends too early: a '") + open_.back() + "' is not closed", "was it cut off?");
  }

  void value(char c) {
    if (c == '{' || c == '[') return open(c);
    if (c == '"') return string();
    if (c == '-' || c == '+' || c == '.' || is_digit(c)) return number();
    if (is_word_start(c)) return word(at_);
    if (c == '\'' || c == '`') return fail(at_, "a string in single quotes", quotes_hint);
    if (c == ',') return fail(at_, "a value is missing before ','");
    if (c == ']' || c == '}') return after_comma(c);
    other();
  }

  void key(char c) {
    if (c == '"') {
      string();
      next_ = expects::colon;
    } else if (c == '\'' || c == '`') {
      fail(at_, "a key in single quotes", quotes_hint);
    } else if (is_word_char(c)) {
      fail(at_, "a key without quotes", quotes_hint);
    } else if (c == ',') {
      fail(at_, "a member is missing before ','");
    } else if (c == '}' || c == ']') {
      after_comma(c);
    } else {
      other();
    }
  }

  /// Handles a closing bracket where a value or a key is expected.
  void after_comma(char bracket) {
    if (has_comma_)
      fail(comma_at_, "a comma with nothing after it", "leave out the last comma");
    else
      fail(at_, std::string("a value is missing before '") + bracket + '\'');
  }

  void colon(char c) {
    if (c != ':') return fail(at_, "a ':' is missing after a key", c == '=' ? "write ':' for '='" : "");
    ++at_;
    has_comma_ = false;
    next_ = expects::value;
  }

  void comma(char c) {
    if (c == ',') {
      has_comma_ = true;
      comma_at_ = at_++;
      next_ = open_.back() == '{' ? expects::key : expects::value;
    } else if (c == '}' || c == ']') {
      close();
    } else {
      fail(at_, "a ',' is missing, or a bracket", c == ';' ? "write ',' for ';'" : "");
    }
  }

  void open(char bracket) {
    if (open_.size() == max_depth_) {
      done_ = true;  // not a flaw of the syntax
      return;
    }
    open_ += bracket;
    ++at_;
    has_comma_ = false;
    next_ = bracket == '{' ? expects::key_or_end : expects::value_or_end;
  }

  void close() {
    const char wanted = open_.back() == '{' ? '}' : ']';
    if (peek() != wanted)
      return fail(at_, std::string("a '") + peek() + "' where '" + wanted + "' is expected");
    open_.pop_back();
    ++at_;
    value_ends();
  }

  void value_ends() { next_ = open_.empty() ? expects::nothing : expects::comma_or_end; }

  /// @param begin  the offset of the sign or the first letter
  void word(std::size_t begin) {
    std::size_t end = at_;
    while (end < text_.size() && is_word_char(text_[end])) ++end;
    const auto written = text_.substr(begin, end - begin);
    if (written == "true" || written == "false" || written == "null") {
      at_ = end;
      return value_ends();
    }
    std::string low;
    for (const char c : text_.substr(at_, end - at_).substr(0, 16)) low += to_lower(c);
    const auto* known = std::find_if(std::begin(foreign_words), std::end(foreign_words),
                                     [&low](const foreign_word& w) { return w.written == low; });
    if (known != std::end(foreign_words))
      return fail(begin, std::string(written) + " is not a JSON value", known->hint);
    if (end == text_.size())
      return fail(begin, "a string without quotes, or a word that is cut off", quotes_hint);
    fail(begin, "a string without quotes", quotes_hint);
  }

  void number() {
    const std::size_t begin = at_;
    const bool has_sign = peek() == '-' || peek() == '+';
    if (has_sign) ++at_;
    if (is_word_start(peek())) return word(begin);
    if (text_[begin] == '+') return fail(begin, "a number with a plus sign", "leave it out");
    if (peek() == '.')
      return fail(begin, "a number without a digit before the decimal point", "write 0.5 for .5");
    if (!is_digit(peek())) return fail(begin, "a '-' without a number");
    if (peek() == '0' && is_digit(peek(1)))
      return fail(begin, "a number with a leading zero", "leave it out");
    if (peek() == '0' && to_lower(peek(1)) == 'x')
      return fail(begin, "a hexadecimal number", "JSON has decimal numbers only");
    digits();
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek()))
        return fail(begin, "a number without a digit after the decimal point", "write 5.0 for 5.");
      digits();
    }
    if (to_lower(peek()) == 'e') {
      ++at_;
      if (peek() == '-' || peek() == '+') ++at_;
      if (!is_digit(peek())) return fail(begin, "a number whose exponent has no digit");
      digits();
    }
    if (is_word_start(peek()) || peek() == '.')
      return fail(begin, "a number with something after it", quotes_hint);
    value_ends();
  }

  void digits() {
    while (is_digit(peek())) ++at_;
  }

  void string() {
    const std::size_t begin = at_++;
    while (!at_end() && peek() != '"') {
      const auto c = static_cast<unsigned char>(peek());
      if (c == '\\')
        escape();
      else if (c < 0x20)
        control(c);
      else if (c < 0x80)
        ++at_;
      else
        character();
      if (flaw_) return;
    }
    if (at_end()) {
      fail(begin, "a string is never closed", "is a quote missing, or was it cut off?");
      return;
    }
    ++at_;
    value_ends();
  }

  void control(unsigned char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string hint = "write it as \\u00";
    hint.append(1, hex[c >> 4]).append(1, hex[c & 0xf]);
    if (c == '\n') hint = "write \\n for a line break, or is a quote missing?";
    if (c == '\t') hint = "write \\t for a tab";
    fail(at_, "a control character in a string", hint);
  }

  /// Handles a character that is not ASCII.
  void character() {
    const auto lead = static_cast<unsigned char>(peek());
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    const auto whole = text_.substr(at_, length);
    const auto safe =
        safe_text(whole);  // has one '?' for a harmful character, and one for each byte that is not UTF-8
    if (whole.size() == length && (safe == whole || safe == "?")) {
      at_ += length;
      return;
    }
    fail(at_, "bytes that are not UTF-8", "send UTF-8, or escapes like \\u00e4");
  }

  void escape() {
    const char c = peek(1);
    if (c == 'u') return unicode_escape();
    if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos && c != '\0') {
      at_ += 2;
      return;
    }
    if (at_ + 1 >= text_.size()) return fail(at_, "it ends too early, in an escape", "was it cut off?");
    fail(at_, "an escape that JSON does not have",
         c == 'x'    ? R"(write \u00 and two digits)"
         : c == '\'' ? "a single quote needs no escape"
                     : R"(write \\ for a backslash)");
  }

  /// Returns the code after `\u`; nothing if four hexadecimal digits do not follow.
  std::optional<unsigned> code_at(std::size_t at) const {
    unsigned code = 0;
    if (text_.substr(at, 2) != "\\u" || at + 6 > text_.size()) return std::nullopt;
    for (const char c : text_.substr(at + 2, 4)) {
      if (!is_hex_digit(c)) return std::nullopt;
      code = code * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10);
    }
    return code;
  }

  void unicode_escape() {
    const auto code = code_at(at_);
    if (!code) return fail(at_, "an escape without four hexadecimal digits", R"(\u takes four of them)");
    const bool is_first = *code >= 0xd800 && *code < 0xdc00;
    const auto second = is_first ? code_at(at_ + 6) : std::nullopt;
    const bool is_pair = second && *second >= 0xdc00 && *second < 0xe000;
    if ((is_first && !is_pair) || (*code >= 0xdc00 && *code < 0xe000))
      return fail(at_, "a lone surrogate, which is half of a character",
                  R"(write the pair, as in \ud83d\ude00)");
    at_ += is_pair ? 12 : 6;
  }

  void other() {
    if (static_cast<unsigned char>(peek()) >= 0x80)
      return fail(at_, "a character that is not allowed here", quotes_hint);
    if (static_cast<unsigned char>(peek()) < 0x20 || peek() == 0x7f)
      return fail(at_, "a control character", peek() == '\0' ? "is it UTF-16? JSON travels as UTF-8" : "");
    fail(at_, std::string("a '") + peek() + "' that is not allowed here");
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::string open_;  ///< open brackets
  expects next_ = expects::value;
  bool has_comma_ = false;  ///< the next token follows a comma
  std::size_t comma_at_ = 0;
  bool done_ = false;
  std::optional<json_flaw> flaw_;
};

}  // namespace

std::optional<json_flaw> find_json_flaw(std::string_view text, std::size_t max_depth) {
  return flaw_finder(text, max_depth).find();
}

}  // namespace mqcoap
