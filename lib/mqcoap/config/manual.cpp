#include <algorithm>
#include <cctype>
#include <mqcoap/config/all_sections.hpp>
#include <mqcoap/config/loader.hpp>
#include <mqcoap/config/reference.hpp>

namespace mqcoap::config {
namespace {

constexpr char beginning[] = R"(mqcoap.yaml(5)

; Generated from the field tables in lib/mqcoap/config: change them, not this page.

# NAME

mqcoap.yaml - configuration of the gateway mqcoapd

# DESCRIPTION
)";

constexpr char end[] = R"(
# FILES

*/etc/mqcoap/mqcoap.yaml*
	The file that *mqcoapd* reads when it is given no other.

# SEE ALSO

*mqcoapd*(8), *mqcoap*(1)
)";

/// Converts Markdown text to scdoc: text in backticks becomes bold.
std::string to_scdoc(std::string_view markdown) {
  std::string out;
  for (const char c : markdown) {
    if (c == '*' || c == '_' || c == '\\') out += '\\';
    out += c == '`' ? '*' : c;
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// Converts headings, paragraphs, lists and indented examples. The title and comments are omitted.
std::string translated(std::string_view markdown) {
  std::string out;
  bool in_example = false;
  for (std::size_t begin = 0; begin < markdown.size();) {
    const auto past = std::min(markdown.find('\n', begin), markdown.size());
    const auto line = markdown.substr(begin, past - begin);
    begin = past + 1;
    const bool indented = line.starts_with("    ");
    if (in_example && !indented && !line.empty()) {
      out.insert(out.find_last_not_of('\n') + 1, "\n```");
      in_example = false;
    }
    if (line.starts_with("# ") || line.starts_with("<!--")) continue;
    if (line.starts_with("## ")) {
      out += "# " + upper(std::string(line.substr(3)));
    } else if (indented) {
      if (!in_example) out += "```\n";
      in_example = true;
      out += line.substr(4);
    } else {
      out += to_scdoc(line);
    }
    if (!out.ends_with("\n\n")) out += '\n';
  }
  return out;
}

std::string manual_chapter(const section_info& section) {
  std::string out = "\n## " + heading(section) + "\n\n" + to_scdoc(section.doc) + '\n';
  for (const auto& field : section.fields) {
    out += "\n*" + to_scdoc(field.name) + "*: " + to_scdoc(field.expected) + "\n\t" + to_scdoc(field.doc);
    const auto otherwise = to_scdoc(presence_text(field.when));
    out += field.when.how == presence::kind::required ? " Required.\n" : " Left out: " + otherwise + ".\n";
  }
  return out;
}

}  // namespace

std::string settings_manual() {
  std::string page = beginning + translated(settings_introduction()) + "\n# KEYS\n";
  for (const auto* section : all_sections()) page += manual_chapter(*section);
  return page + end;
}

}  // namespace mqcoap::config
