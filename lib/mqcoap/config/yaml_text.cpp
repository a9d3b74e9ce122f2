#include <mqcoap/config/yaml_text.hpp>

#include <algorithm>
#include <mqcoap/base/safe_text.hpp>

namespace mqcoap::config {
namespace {

struct translation {
  std::string_view parser_message;
  std::string_view message;
  std::string_view hint;
};

constexpr translation translations[] = {
    {"illegal map value", "a ':' is not allowed here",
     "a text with ': ' in it needs quotes; is the indentation right?"},
    {"end of map not found", "this does not belong to the lines above it", "is the indentation right?"},
    {"end of sequence not found", "this does not belong to the list above it", "is the indentation right?"},
    {"end of map flow not found", "a '{' is never closed", "is a '}' or a ',' missing?"},
    {"end of sequence flow not found", "a '[' is never closed", "is a ']' or a ',' missing?"},
    {"illegal flow end", "a bracket without its partner", ""},
    {"illegal block entry", "a '-' is not allowed here", "a list begins on a line of its own"},
    {"illegal map key", "a '?' is not allowed here", "a text that begins with '? ' needs quotes"},
    {"unknown token", "a character that cannot begin a text", "put the text in quotes"},
    {"unknown escape character: ", "an unknown escape in a quoted text",
     R"(write \\ for a backslash, or use '...')"},
    {"bad character found while scanning hex number", "a bad escape in a quoted text",
     R"(\x takes two hexadecimal digits, \u four)"},
    {"invalid unicode: ", "an escape that is not a character",
     R"(one beyond U+FFFF is a single \U with eight digits, not two halves)"},
    {"illegal EOF in scalar", "the file ends inside a quoted text", "is a quote missing?"},
    {"illegal document indicator in scalar", "'---' or '...' inside a quoted text", "is a quote missing?"},
    {"anchor not found after &", "a '&' is not allowed here", "a text that begins with '&' needs quotes"},
    {"illegal tab when looking for indentation", "a tab cannot indent", "use spaces"},
    {"bad file", "this is nested too deeply", ""},
};

bool is_alias_error(std::string_view message) {
  return message.starts_with("alias not found after *") ||
         message.starts_with("the referenced anchor is not defined") ||
         message.starts_with("illegal character found while scanning alias");
}

/// Returns true for a message that the parser gives where a tab stands in place of an indentation.
bool may_come_from_tab(std::string_view message) {
  constexpr std::string_view causes[] = {
      "illegal map value",    "illegal block entry",       "illegal map key",
      "end of map not found", "end of sequence not found", "illegal tab when looking for indentation"};
  return std::any_of(std::begin(causes), std::end(causes),
                     [message](std::string_view cause) { return message.starts_with(cause); });
}

/// Returns true if a tab precedes the text of a line. In empty lines and before comments it is harmless.
bool is_indented_by_tab(std::string_view line) {
  const auto content = line.find_first_not_of(" \t");
  return content != std::string_view::npos && line[content] != '#' &&
         line.substr(0, content).find('\t') != std::string_view::npos;
}

/// Returns the column where an escape begins; the parser reports its end.
int escape_column(std::string_view line, int column) {
  if (column < 2) return column;
  const auto at = line.rfind('\\', static_cast<std::size_t>(column) - 2);
  return at == std::string_view::npos ? column : static_cast<int>(at) + 1;
}

}  // namespace

yaml_fault alias_fault(const source_file& file, int line, int column) {
  const auto text = file.line(line);
  std::size_t at = std::min(text.size(), static_cast<std::size_t>(std::max(column, 1)) - 1);
  if ((at == text.size() || text[at] != '*') && at > 0) --at;  // the parser may have read past a lone '*'
  auto token = text.substr(at);
  token = token.substr(0, token.find_first_of(" \t,]}"));
  if (token.ends_with(':')) token.remove_suffix(1);
  return {line,
          static_cast<int>(at) + 1,
          std::max<std::size_t>(token.size(), 1),
          "an unquoted * is a YAML alias, and aliases are refused",
          "quote it: \"" + std::string(token) + '"',
          false,
          true};
}

yaml_fault grammar_fault(const source_file& file, int line, int column, const std::string& parser_message) {
  if (is_alias_error(parser_message)) return alias_fault(file, line, column);
  const bool suspects_tab = may_come_from_tab(parser_message);
  if (const auto text = file.line(line); suspects_tab && is_indented_by_tab(text)) {
    const int tab = static_cast<int>(text.find('\t')) + 1;
    return {line, tab, 1, "a tab cannot indent", "use spaces", false, false};
  }
  const auto found = std::find_if(
      std::begin(translations), std::end(translations),
      [&parser_message](const translation& t) { return parser_message.starts_with(t.parser_message); });
  if (found == std::end(translations))
    return {line, column, 1, "not YAML: " + safe_text(parser_message), "", false, false};
  if (found->message.find("escape") != std::string_view::npos)
    column = escape_column(file.line(line), column);
  const bool is_below_tab = suspects_tab && is_indented_by_tab(file.line(line - 1));
  return {line,
          column,
          1,
          std::string(found->message),
          std::string(found->hint) + (is_below_tab ? " (the line above begins with a tab)" : ""),
          found->parser_message.find(" flow not found") != std::string_view::npos,
          false};
}

std::size_t scalar_length(const source_file& file, std::size_t offset, const node& scalar) {
  const std::string_view text = std::string_view(file.text()).substr(std::min(offset, file.text().size()));
  const auto line_end = [text] {
    return std::min(text.find('\n'), text.size());
  };  // a line may be the whole file
  if (!scalar.quoted) {
    if (text.starts_with(scalar.text)) return std::max<std::size_t>(1, scalar.text.size());
    return std::max<std::size_t>(1, line_end());
  }
  const char quote = text.empty() ? '\0' : text.front();
  if (quote != '"' && quote != '\'') return 1;  // a block scalar
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\')
      ++i;
    else if (quote == '\'' && text.substr(i, 2) == "''")
      ++i;
    else if (text[i] == quote)
      return text.substr(0, i).find('\n') == std::string_view::npos ? i + 1 : line_end();
  }
  return 0;
}

}  // namespace mqcoap::config
