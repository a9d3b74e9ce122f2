#include <mqcoap/config/reference.hpp>

#include <mqcoap/base/ascii.hpp>
#include <mqcoap/config/all_sections.hpp>
#include <mqcoap/config/kind_words.hpp>
#include <mqcoap/config/loader.hpp>

namespace mqcoap {
namespace {

// clang-format off: it would format the page as code.
constexpr char introduction[] = R"md(# The configuration file

<!-- Generated from the field tables in lib/mqcoap/config: change them, not this page. -->

One YAML file, `/etc/mqcoap/mqcoap.yaml`, with what it includes. Addresses are written `TAG/SUBSYSTEM/PATH`.
`mqcoapd --check` reads and checks everything, and that the log can be written, and says what is wrong, all of it at
once, with line and column; it exits with 0 and says what it found, or with 78 if there is an error.

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

- YAML 1.2, core schema: only `true` and `false` (also `True`, `TRUE`, ...) are booleans, `yes` and `on` are text. What
  stands in quotes is text. `0x1F` and `0o17` are integers; `.inf` and `.nan` are refused, for JSON has neither.
  Integers keep their digits from -2^63 to 2^64 - 1; larger ones are refused.
- Where numbers are compared, in a `schema` or a `when`, a number with a point or an exponent is the double nearest to
  what was written, and integers are exact. `multipleOf` compares decimals as they are written: 8192.219 is a multiple
  of 0.001, and so is what the rounding of a sum makes of one, as 0.30000000000000004 of 0.1.
- A text that YAML would take for a number, `true` or nothing needs quotes: `title: "2024"`.
- Durations and sizes carry their unit, without a blank in between: `200ms`, `0.5s`, `2min`, `1h`; `512B`, `256KiB`,
  `2MiB`, `1GiB`. The options of mqcoap and its contexts take the same.
- A pattern that begins with `*` needs quotes, because an unquoted `*` is a YAML alias: `tag: "*"`.
- Refused, because they go wrong in silence: unknown keys, the same key twice, anchors, aliases, merge keys (`<<`), tags
  (`!!str`), a second document, files over 1 MiB, text that is not UTF-8.
- Where a map or list is expected, nothing at all counts as an empty one: every entry may be commented out.

## Secrets

A password or token is `{file: PATH}` (the file's only line; relative to the configuration), `{env: NAME}`,
`{credential: NAME}` (a file in `$CREDENTIALS_DIRECTORY`, see `LoadCredential=` in systemd.exec(5)), or the text itself,
which gets a warning. A file that holds a secret, the configuration included, must not be writable by its group or by
others, and one that everybody may read gets a warning. A configuration that everybody may write is refused also
without a secret, as are included files. Where a secret has to be a file, as the `key` of `tls`, it is a
file's name, `{file: PATH}` or `{credential: NAME}`.

Whatever is said about the file, secrets are covered: what stands under such a key on however many
lines, under a key that is near such a name (`pasword`) or that names a secret elsewhere (`secret`, `pwd`), and behind
such a word in a comment or a text; a user and password in a url; a private key.

## Templates

A device that is `like` a template has the template's description, subsystems and resources. What stands beside `like`
is added. A resource of the device's own with the path and kind of one of the template's keeps what it does not name
itself: `gain: {value: 3}` over `gain: {value: 1, methods: [GET, PUT]}` may still be PUT. This goes key by key, also
within KINDS_WITH_KEYS; a value, a schema or a list is replaced as a whole. A resource of another kind replaces
the template's, and nothing is left of that. What comes out is checked as a whole, and shown by `mqcoap config show`,
with a comment where a template has a share. Templates do not build on templates.

## Included files

`include` names files relative to the main file. They add brokers, templates, devices and routes, in the order of
their names; the same name twice is an error, wherever it stands. `defaults`, `limits`, `logging` and `proxy.forward` may
stand in an included file, but only once in all. A pattern that matches no file gets a warning. An included file with
comments only adds nothing.

## Loops

Refused are: a route with `serve` whose devices have the same tag on the gateway's own broker and namespace, because
both would answer; a route with `serve` for a tag that is one of `devices` or `proxy.forward`; a route that leads to a
tag for which the gateway itself answers; a `proxy` resource that leads to one of `devices` or `proxy.forward` (a tag
that a route serves may be named: that route leads elsewhere). Two names with a host and port in common are one broker;
`localhost`, `127.0.0.1` and `::1` are one host. What the configuration cannot show is found when it happens: a request
that the gateway sent itself and that comes back to it is not forwarded again, and the log says why. In a loop the caller
gets 502; where two brokers are bridged, the device still answers.
)md";
// clang-format on

}  // namespace

std::string settings_introduction() {
  constexpr std::string_view place = "KINDS_WITH_KEYS";
  std::string text = introduction;
  return text.replace(text.find(place), place.size(), enumerated(names_of_kinds_with_keys(), "`"));
}

std::string presence_words(const presence& when) {
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
std::string cell(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

/// Returns the anchor of a heading, as GitHub and others make it.
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
    std::string words = cell(field.words);
    if (field.section != nullptr) words = '[' + words + "](#" + anchor(heading(*field.section)) + ')';
    out += "| `" + field.name + "` | " + words + " | " + cell(presence_words(field.when)) + " | " +
           cell(field.doc) + " |\n";
  }
  return out;
}

}  // namespace

std::string settings_reference() {
  std::string page = settings_introduction();
  for (const auto* section : all_sections()) page += reference_chapter(*section);
  return page;
}

}  // namespace mqcoap
