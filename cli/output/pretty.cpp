#include "output/pretty.hpp"

#include <mqcoap/base/safe_text.hpp>
#include <utility>

#include "output/style.hpp"
#include "output/table.hpp"
#include "words/json_parts.hpp"

namespace mqcoap::cli {
namespace {

bool is_list(std::string_view value) { return value.front() == '['; }
bool is_object(std::string_view value) { return value.front() == '{'; }
bool is_scalar(std::string_view value) { return !is_list(value) && !is_object(value); }

class printer {
 public:
  printer(std::string& out, std::size_t width, bool colour) : out_(out), width_(width), colour_(colour) {}

  /// @param used  columns that are already occupied on the line
  void value(std::string_view text, std::size_t indent, std::size_t used) {
    if (is_scalar(text)) return scalar(text);
    if (used + flat_width(text, width_) <= width_) return flat(text);
    if (is_list(text)) return list(text, indent);
    object(text, indent);
  }

 private:
  void scalar(std::string_view text) {
    std::string_view colour = colours::cyan;
    if (text.front() == '"')
      colour = colours::green;
    else if (text == "null")
      colour = colours::dim;
    else if (text == "true" || text == "false")
      colour = colours::yellow;
    out_ += coloured(text, colour, colour_);
  }

  void key(std::string_view text) { out_.append(coloured(text, colours::blue, colour_)).append(": "); }

  /// Returns the width of the value on one line; stops counting beyond `most`.
  std::size_t flat_width(std::string_view text, std::size_t most) const {
    if (is_scalar(text)) return columns_of(text);
    std::size_t n = 2;
    if (is_list(text)) {
      for (const auto item : items_of(text))
        if ((n += flat_width(item, most) + 2) > most + 2) break;
    } else {
      for (const auto& m : members_of(text))
        if ((n += columns_of(m.key) + 4 + flat_width(m.value, most)) > most + 2) break;
    }
    return n > 2 ? n - 2 : n;
  }

  void flat(std::string_view text) {
    if (is_scalar(text)) return scalar(text);
    const char* between = "";
    out_ += text.front();
    if (is_list(text)) {
      for (const auto item : items_of(text)) {
        out_ += std::exchange(between, ", ");
        flat(item);
      }
    } else {
      for (const auto& m : members_of(text)) {
        out_ += std::exchange(between, ", ");
        key(m.key);
        flat(m.value);
      }
    }
    out_ += is_list(text) ? ']' : '}';
  }

  void line(std::size_t indent) { out_.append(1, '\n').append(indent, ' '); }

  void object(std::string_view text, std::size_t indent) {
    out_ += '{';
    const char* between = "";
    for (const auto& m : members_of(text)) {
      out_ += std::exchange(between, ",");
      line(indent + 2);
      key(m.key);
      value(m.value, indent + 2, indent + 2 + columns_of(m.key) + 3);
    }
    line(indent);
    out_ += '}';
  }

  void list(std::string_view text, std::size_t indent) {
    out_ += '[';
    std::size_t used = width_;  // makes the first item begin a line
    bool first = true;
    bool after_scalar = false;
    for (const auto item : items_of(text)) {
      if (!std::exchange(first, false)) out_ += ',';
      const bool fills = after_scalar && is_scalar(item) && used + columns_of(item) + 3 <= width_;
      if (fills) {
        out_ += ' ';
        used += columns_of(item) + 2;
      } else {
        line(indent + 2);
        used = indent + 2 + columns_of(item);
      }
      value(item, indent + 2, indent + 3);
      after_scalar = is_scalar(item);
    }
    line(indent);
    out_ += ']';
  }

  std::string& out_;
  const std::size_t width_;
  const bool colour_;
};

}  // namespace

std::string pretty(const json_text& json, std::size_t width, bool colour) {
  std::string out;
  const auto text = safe_json(json.text());
  printer(out, width, colour).value(text, 0, 0);
  return out;
}

}  // namespace mqcoap::cli
