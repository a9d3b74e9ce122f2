#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mqcoap/settings/common_types.hpp>
#include <mqcoap/settings/scalar.hpp>
#include <mqcoap/settings/source_file.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t longest_secret = 4096;
constexpr char secret_file_expected[] = "a file name, {file: PATH} or {credential: NAME}";
constexpr char secret_expected[] = "{file: PATH}, {env: NAME}, {credential: NAME} or a text";

std::optional<secret> accept(std::string text, const node& at, read_context& ctx) {
  std::size_t bad_at = 0;
  const char* why = nullptr;
  if (text.empty())
    why = "the secret is empty";
  else if (text.size() > longest_secret)
    why = "the secret is longer than 4KiB";
  else if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
    why = "the secret has more than one line";
  else if (!is_utf8(text, bad_at))
    why = "the secret is not UTF-8";
  if (why == nullptr) return secret(std::move(text));
  ctx.faults.error(at, why);
  return std::nullopt;
}

/// Checks the permissions of a file that holds a secret: reports an error if other users may write to it, and
/// a warning if everybody may read it. Its group may read it, which is how the files of a service are
/// usually set up.
bool is_guarded(const std::string& path, unsigned mode, const node& at, read_context& ctx) {
  if ((mode & 022u) != 0) {
    ctx.faults.error(at,
                     "other users may write to " + path + " (mode " + octal(mode) + "), which holds a secret",
                     "chmod go-w " + path);
    return false;
  }
  if ((mode & 004u) != 0)
    ctx.faults.warning(at, "everybody may read " + path + " (mode " + octal(mode) + "), which holds a secret",
                       "chmod o-r " + path);
  return true;
}

std::optional<secret> from_file(const std::string& path, const node& at, read_context& ctx) {
  std::string why;
  auto file = read_regular_file(path, source_file::largest, why);  // `accept` has the limit of a secret
  if (!file) {
    ctx.faults.error(at, "cannot read the secret from " + path + ": " + why);
    return std::nullopt;
  }
  if (!is_guarded(path, file->mode, at, ctx)) return std::nullopt;
  if (file->bytes.ends_with('\n')) file->bytes.pop_back();
  if (file->bytes.ends_with('\r')) file->bytes.pop_back();
  return accept(std::move(file->bytes), at, ctx);
}

std::optional<secret> from_environment(const std::string& name, const node& at, read_context& ctx) {
  if (const char* value = std::getenv(name.c_str())) return accept(value, at, ctx);
  ctx.faults.error(at, "the environment has no variable " + name);
  return std::nullopt;
}

/// Returns the path of a credential's file.
std::optional<std::string> credential_path(const std::string& name, const node& at, read_context& ctx) {
  if (name.find('/') != std::string::npos || name == "." || name == "..") {
    ctx.faults.error(at, "a credential is named by a word, not by a path", "{file: PATH}?");
    return std::nullopt;
  }
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder != nullptr) return std::string(folder) + '/' + name;
  ctx.faults.error(at, "there are no credentials: CREDENTIALS_DIRECTORY is not set",
                   "in the unit: LoadCredential=" + name + ":PATH");
  return std::nullopt;
}

std::string beside_configuration(const std::string& name, const read_context& ctx) {
  return (std::filesystem::path(ctx.folder) / name).string();
}

/// Returns the single value of a map `{SOURCE: NAME}`, if the source is known.
const node* source_of(const node& n, const std::vector<std::string>& known, const char* expected,
                      read_context& ctx) {
  if (!n.is_map() || n.items.size() != 1) {
    mismatch(n, expected, ctx);
    return nullptr;
  }
  const auto& key = *n.items.front()->key;
  if (std::find(known.begin(), known.end(), key.text) != known.end()) return n.items.front();
  std::string all;
  for (const auto& word : known) all += (all.empty() ? "one of " : ", ") + word;
  ctx.faults.error(key, "unknown key '" + key.text + '\'', all);
  return nullptr;
}

std::optional<secret> literal(const node& n, read_context& ctx) {
  if (n.file->everybody_can_write()) return std::nullopt;  // reported for the file as a whole
  if (n.file->others_can_write()) {
    ctx.faults.error(n,
                     "other users may write to this file (mode " + octal(n.file->permissions()) +
                         "), which holds a secret",
                     "chmod go-w " + n.file->path());
    return std::nullopt;
  }
  auto accepted = accept(n.text, n, ctx);
  if (accepted && n.file->everybody_can_read())
    ctx.faults.warning(
        n, "everybody may read this file (mode " + octal(n.file->permissions()) + "), which holds a secret",
        "chmod o-r " + n.file->path());
  if (accepted)
    ctx.faults.warning(n, "a secret is in the configuration itself",
                       "prefer {file: PATH}, {env: NAME} or {credential: NAME}");
  return accepted;
}

std::optional<secret> read_secret(const node& n, read_context& ctx) {
  if (n.is_scalar() && classify(n) == scalar_kind::string) return literal(n, ctx);
  if (n.is_scalar()) {
    ctx.faults.error(n, "a secret that looks like a number or a boolean", "put it in quotes");
    return std::nullopt;
  }
  const node* at = source_of(n, {"file", "env", "credential"}, secret_expected, ctx);
  if (at == nullptr) return std::nullopt;
  const auto& source = at->key->text;
  const auto name = text("a text").read(*at, ctx);
  if (!name) return std::nullopt;
  if (source == "env") return from_environment(*name, *at, ctx);
  if (source == "file") return from_file(beside_configuration(*name, ctx), *at, ctx);
  const auto path = credential_path(*name, *at, ctx);
  return path ? from_file(*path, *at, ctx) : std::nullopt;
}

/// Checks the permissions of a secret file. If it does not exist, the code that opens it reports that.
std::optional<std::string> guarded(const std::string& path, const node& at, read_context& ctx) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && !is_guarded(path, info.st_mode, at, ctx))
    return std::nullopt;
  return path;
}

std::optional<std::string> read_secret_file(const node& n, read_context& ctx) {
  if (n.is_scalar()) {
    const auto name = text(secret_file_expected).read(n, ctx);
    return name ? guarded(beside_configuration(*name, ctx), n, ctx) : std::nullopt;
  }
  const node* at = source_of(n, {"file", "credential"}, secret_file_expected, ctx);
  if (at == nullptr) return std::nullopt;
  const auto& source = at->key->text;
  const auto name = text("a text").read(*at, ctx);
  if (!name) return std::nullopt;
  if (source == "file") return guarded(beside_configuration(*name, ctx), *at, ctx);
  const auto path = credential_path(*name, *at, ctx);
  return path ? guarded(*path, *at, ctx) : std::nullopt;
}

}  // namespace

value_type<std::string> secret_file() {
  boost::json::object from{
      {"type", "object"},
      {"properties",
       {{"file", {{"type", "string"}, {"description", "This file."}}},
        {"credential", {{"type", "string"}, {"description", "This file in $CREDENTIALS_DIRECTORY."}}}}},
      {"additionalProperties", false},
      {"minProperties", 1},
      {"maxProperties", 1}};
  boost::json::array ways;
  ways.emplace_back(std::move(from));
  ways.emplace_back(boost::json::object{{"type", "string"}, {"minLength", 1}});
  return {secret_file_expected, {{"anyOf", std::move(ways)}}, read_secret_file};
}

value_type<secret> secret_text() {
  boost::json::object from{
      {"type", "object"},
      {"properties",
       {{"file", {{"type", "string"}, {"description", "The only line of this file."}}},
        {"env", {{"type", "string"}, {"description", "This variable of the environment."}}},
        {"credential", {{"type", "string"}, {"description", "This file in $CREDENTIALS_DIRECTORY."}}}}},
      {"additionalProperties", false},
      {"minProperties", 1},
      {"maxProperties", 1}};
  boost::json::array ways;
  ways.emplace_back(std::move(from));
  ways.emplace_back(boost::json::object{{"type", "string"}, {"minLength", 1}});
  // `writeOnly` marks a password in JSON Schema; `show_settings` hides such keys.
  return {secret_expected, {{"anyOf", std::move(ways)}, {"writeOnly", true}}, read_secret};
}

}  // namespace mqcoap
