#include <mqcoap/config/reference.hpp>

#include <mqcoap/base/ascii.hpp>
#include <mqcoap/config/all_sections.hpp>
#include <mqcoap/config/kind_text.hpp>
#include <mqcoap/config/loader.hpp>

namespace mqcoap::config {
namespace {

// clang-format off: it would format the text as code.
constexpr char introduction[] = R"md(# The configuration file

<!-- Generated from the field tables in lib/mqcoap/config: change them, not this page. -->

The configuration is one YAML file, `/etc/mqcoap/mqcoap.yaml`, with its included files. Addresses are written
`TAG/SUBSYSTEM/PATH`. `mqcoapd --check` reads and checks everything, also whether the log can be written and the
directory for state exists, and reports all errors at once, with line and column; it exits with 0 and a summary, or with
78 if there is an error.

    version: 1

    devices:
      GW_XX_0_0001:
        resources:
          gains:
            value: [0, 1, 2, 3, 4]
            methods: [GET, PUT]
            schema: {type: array, items: {type: integer, minimum: 0, maximum: 7}}
          temperature: {signal: "21 + 0.2*noise()", unit: Cel}

## How values are written

- YAML 1.2, core schema: only `true` and `false` (also `True`, `TRUE`, ...) are booleans, `yes` and `on` are text.
  Quoted values are text. `0x1F` and `0o17` are integers; `.inf` and `.nan` are refused, because JSON has neither.
  Integers keep their digits from -2^63 to 2^64 - 1; larger ones are refused.
- Where numbers are compared, in a `schema` or a `when`, a number with a point or an exponent is the double nearest to its
  text, and integers are exact. `multipleOf` compares decimals as written: 8192.219 is a multiple of 0.001, and so is a
  number that misses a multiple only by the rounding of a sum, such as 0.30000000000000004 for 0.1.
- A text that YAML would read as a number, as `true` or as null needs quotes: `title: "2024"`.
- Durations and sizes carry their unit, without a blank in between: `200ms`, `0.5s`, `2min`, `1h`; `512B`, `256KiB`,
  `2MiB`, `1GiB`. The options of mqcoap and its contexts use the same form.
- A pattern that begins with `*` needs quotes, because an unquoted `*` is a YAML alias: `tag: "*"`.
- Refused, because they would cause silent errors: unknown keys, the same key twice, anchors, aliases, merge keys (`<<`), tags
  (`!!str`), a second document, files over 1 MiB, text that is not UTF-8.
- Where a map or list is expected, an empty value counts as an empty one, so that every entry may be commented out.

## Secrets

A password or token is `{file: PATH}` (the file's only line; relative to the configuration), `{env: NAME}`,
`{credential: NAME}` (a file in `$CREDENTIALS_DIRECTORY`, see `LoadCredential=` in systemd.exec(5)), or the text itself,
which causes a warning. A file that holds a secret, including the configuration, must not be writable by its group or by
others, and one that everybody may read causes a warning. A configuration or an included file that everybody may write is
refused even without a secret. If a secret must be a file, like the `key` of `tls`, it is a file name, `{file: PATH}` or
`{credential: NAME}`.

All messages about the file hide secrets: the value of such a key, on any number of lines; the value of a key that is
similar to such a name (`pasword`) or usually names a secret (`secret`, `pwd`); text after such a word in a comment or a
text; a user and password in a url; a private key.

## Templates

A device that is `like` a template has the template's description, subsystems and resources. Keys next to `like` are added.
A resource of the device with the path and kind of one of the template's keeps the keys that it does not name itself: with
`gain: {value: 3}` over `gain: {value: 1, methods: [GET, PUT]}`, PUT is still allowed. This applies to each key, also
within KINDS_WITH_KEYS; a value, a schema or a list is replaced as a whole. A resource of another kind replaces the
template's completely. The result is checked as a whole; `mqcoap config show` shows it, with a comment at the parts from a
template. Templates do not build on templates.

## Included files

`include` names files relative to the main file. They add brokers, templates, devices and routes, in the order of
their names; the same name twice is an error, in whichever files. `defaults`, `limits`, `logging` and `proxy.forward` may
be in an included file, but only once in total. A pattern that matches no file causes a warning. An included file with
only comments adds nothing.

## Loops

The check refuses: a route with `serve` whose devices have the same tag on the gateway's own broker and namespace, because
both would answer; a route with `serve` for a tag that is one of `devices` or `proxy.forward`; a route that leads to a tag
for which the gateway itself answers; a `proxy` resource that leads to one of `devices` or `proxy.forward` (it may name a
tag that a route serves, because that route leads elsewhere). Two names with a host and port in common are one broker;
`localhost`, `127.0.0.1` and `::1` are one host. Other loops are detected when they happen: a request that the gateway sent
itself and that comes back to it is not forwarded again, and the log says why. In a loop the caller gets 502; if two
brokers are bridged, the device still answers.
)md";
// clang-format on

}  // namespace

std::string settings_introduction() {
  constexpr std::string_view place = "KINDS_WITH_KEYS";
  std::string text = introduction;
  return text.replace(text.find(place), place.size(), enumerated(names_of_kinds_with_keys(), "`"));
}

std::string presence_text(const presence& when) {
  switch (when.how) {
    case presence::kind::required: return "required";
    case presence::kind::optional: return when.text;
    case presence::kind::defaulted: break;
  }
  return '`' + when.text + '`';
}

std::string heading(const section_info& section) {
  return section.title.empty() ? "The file" : section.title;
}

namespace {

/// Escapes `|` in a cell of a table.
std::string table_cell(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

/// Returns the anchor of a heading, as GitHub and other renderers create it.
std::string anchor(const std::string& heading) {
  std::string out;
  for (char c : heading) {
    if (is_name_char(c) && c != '.')
      out += to_lower(c);
    else if (c == ' ')
      out += '-';
  }
  return out;
}

std::string reference_chapter(const section_info& section) {
  std::string out = "\n## " + heading(section) + "\n\n" + section.doc + "\n\n";
  out += "| key | value | if left out | |\n|---|---|---|---|\n";
  for (const auto& field : section.fields) {
    std::string expected = table_cell(field.expected);
    if (field.section != nullptr) expected = '[' + expected + "](#" + anchor(heading(*field.section)) + ')';
    out += "| `" + field.name + "` | " + expected + " | " + table_cell(presence_text(field.when)) + " | " +
           table_cell(field.doc) + " |\n";
  }
  return out;
}

}  // namespace

std::string settings_reference() {
  std::string page = settings_introduction();
  for (const auto* section : all_sections()) page += reference_chapter(*section);
  return page;
}

}  // namespace mqcoap::config
