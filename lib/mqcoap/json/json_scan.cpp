#include <mqcoap/json/json_scan.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/json/json_block.hpp>

namespace mqcoap {
namespace {

/// The deepest nesting that is scanned here: each level has one bit of a 64-bit word.
constexpr std::size_t deepest = 64;
/// The length up to which a number is finite whatever its digits are, if its exponent has at most two digits.
constexpr std::ptrdiff_t longest_number = 200;

constexpr bool continues_character(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

#ifdef __SSE2__

/// Returns how many bytes at the beginning of a block are complete numbers of an array, each with its comma
/// and at most one space before it; 0 if there is anything else among them. The block begins with a number.
std::size_t numbers_in(const json_block& block) noexcept {
  const auto comma = block.equal_to(',');
  if (comma == 0) return 0;
  const auto length = 64 - static_cast<std::size_t>(std::countl_zero(comma));
  const auto part = ~std::uint64_t{0} >> (64 - length);

  const auto digit = block.digits();
  const auto minus = block.equal_to('-');
  const auto point = block.equal_to('.');
  const auto plus = block.equal_to('+');
  const auto letter = block.equal_to_letter('e');
  const auto space = block.equal_to(' ');
  const auto after_comma = (comma << 1) | 1;
  const auto begin = (after_comma & ~space) | ((after_comma & space) << 1);
  const auto after_letter = letter << 1;
  const auto after_sign = (minus | plus) << 1;
  const auto first_of_integer = (begin & digit) | ((begin & minus) << 1);
  const auto first_of_exponent = (after_letter & digit) | ((after_letter & (minus | plus)) << 1);

  auto wrong = ~(digit | comma | minus | point | plus | letter | space);
  wrong |= space & ~after_comma;
  wrong |= begin & ~(digit | minus);
  wrong |= minus & ~(begin | after_letter);
  wrong |= plus & ~after_letter;
  wrong |= after_sign & ~digit;
  wrong |= (point | letter | comma) & ~(digit << 1);
  wrong |= (point << 1) & ~digit;
  wrong |= after_letter & ~(digit | minus | plus);
  wrong |= ((first_of_integer & block.equal_to('0')) << 1) & digit;
  // Adding the bit of the first digit of a run to the bits of all digits carries to the byte after the run.
  wrong |= (digit + (point << 1)) & ~digit & ~(letter | comma);
  wrong |= (digit + (first_of_exponent & digit)) & ~digit & ~comma;
  // An exponent of three digits may be too large.
  wrong |= (first_of_exponent << 2) & (digit << 1) & digit;
  return (wrong & part) == 0 ? length : 0;
}

#endif

class scanner {
 public:
  scanner(std::string_view text, std::size_t max_depth) noexcept
      : at_(text.data()),
        end_(text.data() + text.size()),
        max_depth_(max_depth < deepest ? max_depth : deepest) {}

  void skip_space() noexcept {
    while (at_ != end_ && is_json_space(*at_)) ++at_;
  }
  bool at_end() noexcept {
    skip_space();
    return at_ == end_;
  }
  bool is_at(char c) const noexcept { return at_ != end_ && *at_ == c; }

  bool value() noexcept {
    const auto outside = depth_;
    for (;;) {
      bool is_open = false;
      if (!begin_value(is_open)) return false;
      if (is_open) continue;
      for (;;) {
        if (depth_ == outside) return true;
        skip_space();
        if (at_ == end_) return false;
        const char c = *at_++;
        if (c == ',') {
          if (!next_of_container()) return false;
          break;
        }
        if (c != (in_object() ? '}' : ']')) return false;
        --depth_;
      }
    }
  }

  /// Lists the members of the object that begins here.
  bool object(std::string_view inner, json_member_list& members, json_member_list* of_inner) {
    if (!is_at('{') || !enter(true)) return false;
    skip_space();
    if (is_at('}')) return leave();
    for (;;) {
      const char* const begin = at_;
      has_escape_ = false;
      if (!is_at('"') || !string() || has_escape_) return false;
      const std::string_view key(begin, static_cast<std::size_t>(at_ - begin));
      if (!colon()) return false;
      const char* const value_begin = at_;
      const bool is_inner = of_inner != nullptr && key.substr(1, key.size() - 2) == inner;
      if (!(is_inner && is_at('{') ? object({}, *of_inner, nullptr) : value())) return false;
      if (is_inner) of_inner = nullptr;
      members.push_back({key, {value_begin, static_cast<std::size_t>(at_ - value_begin)}});
      skip_space();
      if (is_at('}')) return leave();
      if (!is_at(',')) return false;
      ++at_;
      skip_space();
    }
  }

 private:
  bool in_object() const noexcept { return (objects_ >> (depth_ - 1) & 1U) != 0; }

  /// Consumes the opening bracket.
  bool enter(bool is_object) noexcept {
    if (depth_ == max_depth_) return false;
    ++at_;
    const auto bit = std::uint64_t{1} << depth_++;
    objects_ = is_object ? objects_ | bit : objects_ & ~bit;
    return true;
  }
  bool leave() noexcept {
    ++at_;
    --depth_;
    return true;
  }

  /// Consumes a value; of an object or array that is not empty, only the part before its first value.
  /// @param is_open  set to true in the latter case
  bool begin_value(bool& is_open) noexcept {
    skip_space();
    if (at_ == end_) return false;
    switch (*at_) {
      case '"': return string();
      case '{': return container(true, is_open);
      case '[': return container(false, is_open);
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool container(bool is_object, bool& is_open) noexcept {
    if (!enter(is_object)) return false;
    skip_space();
    if (is_at(is_object ? '}' : ']')) return leave();
    is_open = true;
    return next_of_container();
  }

  /// Consumes the key of an object's member, or numbers of an array.
  bool next_of_container() noexcept {
    skip_space();
    if (!in_object()) {
      numbers();
      return true;
    }
    return is_at('"') && string() && colon();
  }

  bool colon() noexcept {
    skip_space();
    if (!is_at(':')) return false;
    ++at_;
    skip_space();
    return true;
  }

  bool word(std::string_view wanted) noexcept {
    if (static_cast<std::size_t>(end_ - at_) < wanted.size() ||
        std::memcmp(at_, wanted.data(), wanted.size()) != 0)
      return false;
    at_ += wanted.size();
    return true;
  }

  /// Consumes numbers with their commas as long as whole blocks contain nothing else.
  void numbers() noexcept {
#ifdef __SSE2__
    while (end_ - at_ >= static_cast<std::ptrdiff_t>(json_block::size) && at_ >= no_block_before_ &&
           (is_digit(*at_) || *at_ == '-')) {
      const auto length = numbers_in(json_block(at_));
      if (length == 0) {
        no_block_before_ = at_ + json_block::size;
        return;
      }
      at_ += length;
      if (is_at(' ')) ++at_;
    }
#endif
  }

  bool digits() noexcept {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != begin;
  }

  bool number() noexcept {
    const char* const begin = at_;
    if (is_at('-')) ++at_;
    if (is_at('0'))
      ++at_;
    else if (!digits())
      return false;
    if (is_at('.')) {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ - begin > longest_number) return false;
    if (!is_at('e') && !is_at('E')) return true;
    ++at_;
    if (is_at('+') || is_at('-')) ++at_;
    const char* const exponent = at_;
    return digits() && at_ - exponent <= 2;
  }

  bool string() noexcept {
    ++at_;
    for (;;) {
      at_ = skip_plain_text(at_, end_);
      if (at_ == end_) return false;
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) return false;
      if (c == '\\' ? !escape() : c >= 0x80 ? !character() : !plain()) return false;
    }
  }

  bool plain() noexcept {
    ++at_;
    return true;
  }

  bool escape() noexcept {
    has_escape_ = true;
    if (end_ - at_ < 2) return false;
    if (at_[1] == 'u') return unicode_escape();
    if (std::string_view("\"\\/bfnrt").find(at_[1]) == std::string_view::npos) return false;
    at_ += 2;
    return true;
  }

  bool unicode_escape() noexcept {
    if (end_ - at_ < 6) return false;
    for (int i = 2; i < 6; ++i)
      if (!is_hex_digit(at_[i])) return false;
    const bool is_surrogate = to_lower(at_[2]) == 'd' && at_[3] >= '8';  // letters are greater than '8' too
    if (is_surrogate) return false;
    at_ += 6;
    return true;
  }

  /// Consumes a character of two to four bytes (RFC 3629 section 4).
  bool character() noexcept {
    const auto lead = static_cast<unsigned char>(*at_);
    const std::ptrdiff_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || end_ - at_ < length) return false;
    for (std::ptrdiff_t i = 1; i < length; ++i)
      if (!continues_character(at_[i])) return false;
    const auto second = static_cast<unsigned char>(at_[1]);
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      return false;
    at_ += length;
    return true;
  }

  const char* at_;
  const char* const end_;
  const char* no_block_before_ = at_;  ///< set after a block with something else; no block is tried before it
  const std::size_t max_depth_;
  std::size_t depth_ = 0;
  bool has_escape_ = false;  ///< set by an escape in a string
  std::uint64_t objects_ =
      0;  ///< one bit for each level, the outermost lowest: 1 for an object, 0 for an array
};

}  // namespace

bool scan_json(std::string_view text, std::size_t max_depth) noexcept {
  scanner in(text, max_depth);
  return in.value() && in.at_end();
}

bool scan_json_object(std::string_view text, std::size_t max_depth, std::string_view inner,
                      json_member_list& members, json_member_list& of_inner) {
  members.clear();
  of_inner.clear();
  scanner in(text, max_depth);
  in.skip_space();
  return in.object(inner, members, &of_inner) && in.at_end();
}

}  // namespace mqcoap
