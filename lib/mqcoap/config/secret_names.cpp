#include <mqcoap/config/secret_names.hpp>

#include <algorithm>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/closest.hpp>
#include <mqcoap/config/all_sections.hpp>
#include <set>

namespace mqcoap::config {
namespace {

/// Common names of secrets in other programs. Compared without case, spaces, hyphens and underscores.
constexpr std::string_view usual_words[] = {"pass", "pw", "pwd", "psk", "pin", "auth", "bearer"};
constexpr std::string_view usual_parts[] = {"passw",  "passphrase", "pwd",       "pswd",      "psswd",
                                            "secret", "apikey",     "accesskey", "privatekey"};

constexpr std::size_t longest_name = 64;  // a longer word is not a name, and takes time to compare

/// The names of the field tables.
struct field_names {
  std::set<std::string, std::less<>> secret;  ///< fields whose schema is `writeOnly`, in normalized form
  std::set<std::string, std::less<>> maps;    ///< those of them with user-defined names, as written
  std::set<std::string, std::less<>> plain;   ///< all other fields, as written
};

bool is_word_char(char c) { return is_name_char(c) || (static_cast<unsigned char>(c) & 0x80u) != 0; }

/// Returns the key in lower case, without separators.
std::string plain_form(std::string_view key) {
  std::string out;
  for (const char c : key)
    if (std::string_view("_-. ").find(c) == std::string_view::npos) out += to_lower(c);
  return out;
}

const field_names& names() {
  static const field_names all = [] {
    field_names found;
    for (const auto* table : all_sections())
      for (const auto& field : table->fields) {
        if (!field.schema.contains("writeOnly")) {
          found.plain.insert(field.name);
          continue;
        }
        found.secret.insert(plain_form(field.name));
        if (field.schema.contains("additionalProperties")) found.maps.insert(field.name);
      }
    return found;
  }();
  return all;
}

/// Whether typing errors are tolerated. In running text they are not: `open` is similar to `token`.
enum class slips : bool { refused, taken };

bool is_secret_word(std::string_view word, slips with) {
  const auto is_part = [word](std::string_view part) { return word.find(part) != std::string_view::npos; };
  const auto is_name = [&](std::string_view name) {
    const std::size_t most = name.size() < 8 ? name.size() / 3 : 3;
    const auto longer = std::max(word.size(), name.size()) - std::min(word.size(), name.size());
    return is_part(name) || (with == slips::taken && longer <= most && edit_distance(word, name) <= most);
  };
  return std::find(std::begin(usual_words), std::end(usual_words), word) != std::end(usual_words) ||
         std::any_of(std::begin(usual_parts), std::end(usual_parts), is_part) ||
         std::any_of(names().secret.begin(), names().secret.end(), is_name);
}

bool is_secret_key(std::string_view key, slips with) {
  if (key.size() > longest_name || is_plain_field(key)) return false;
  const std::string word = plain_form(key);
  if (word.size() < 2 || word.ends_with("file")) return false;  // in mqcoap, `password_file` is a file name
  return is_secret_word(word, with);
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view chars) {
  return std::min(text.find_first_not_of(chars, at), text.size());
}

/// Returns the beginning of the word that contains a position.
std::size_t word_begin(std::string_view text, std::size_t at) {
  const auto blank = text.find_last_of(" \t\n\"'[{(,", at);
  return blank == std::string_view::npos ? 0 : blank + 1;
}

/// Returns true if a word contains a user and a password before an '@'.
bool has_password(std::string_view text, std::size_t begin, std::size_t at) {
  return text.substr(begin, at - begin).find(':') != std::string_view::npos;
}

void cover(std::string& line, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i)
    if (line[i] != ' ' && line[i] != '\t') line[i] = '*';
}

/// Covers users and passwords before an '@'. Only the last '@' after the first `://` matters, and the last
/// one of each word before it, so that the time is proportional to the length of the line.
void cover_users(std::string& line) {
  auto at = line.rfind('@');
  const auto scheme = line.find("://");
  if (at != std::string::npos && scheme < at) {
    cover(line, scheme + 3, at);
    at = line.rfind('@', scheme);
  }
  while (at != std::string::npos) {
    const auto begin = word_begin(line, at);
    if (has_password(line, begin, at)) cover(line, begin, at);
    at = begin == 0 ? std::string::npos : line.rfind('@', begin - 1);
  }
}

/// Returns where the first comment of a line may begin. A '#' in quotes counts as well, which hides
/// more than necessary.
std::size_t comment_begin(std::string_view line) {
  for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1))
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return at;
  return std::string_view::npos;
}

}  // namespace

bool is_plain_field(std::string_view key) { return names().plain.contains(key); }

bool names_a_map_of_secrets(std::string_view key) { return names().maps.contains(key); }

bool names_a_secret(std::string_view key) { return is_secret_key(key, slips::taken); }

std::size_t find_secret_value(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i < text.size();) {
    if (!is_word_char(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_word_char(text[end])) ++end;
    const auto word = text.substr(i, end - i);
    i = end;
    if (end < text.size() && (text[end] == '"' || text[end] == '\'')) ++end;
    const std::size_t sign = skip(text, end, " \t\r\n");
    const std::size_t value = skip(text, end, " \t\r\n:=");
    if (value == end || value == text.size()) continue;
    if (is_secret_key(word, value > sign ? slips::taken : slips::refused)) return value;
  }
  return std::string_view::npos;
}

bool holds_a_secret(std::string_view text) {
  const auto at = text.rfind('@');
  return (at != std::string_view::npos &&
          (text.find("://") < at || has_password(text, word_begin(text, at), at))) ||
         text.find("PRIVATE KEY") != std::string_view::npos;
}

void cover_by_looks(std::string& line) {
  cover_users(line);
  const auto comment = comment_begin(line);
  if (comment == std::string::npos) return;
  const auto value = find_secret_value(line, comment + 1);
  if (value != std::string_view::npos) cover(line, value, line.size());
}

}  // namespace mqcoap::config
