#include <filesystem>
#include <mqcoap/resource/backend/reading_keys.hpp>
#include <mqcoap/resource/file/file.hpp>

namespace mqcoap {
namespace {

constexpr std::size_t largest_file = std::size_t{16} << 20;

struct file_spec {
  std::optional<located<std::string>> path;
  std::optional<located<std::string>> under;
  std::optional<located<method_set>> methods;
  std::optional<located<bool>> atomic;
  std::optional<located<std::size_t>> max;
};

struct file_keys : backend_keys {
  located<file_spec> file;
};

value_type<std::string> absolute_path(const std::string& what) {
  const std::string expected = "the absolute path of a " + what;
  return refine(text(expected), expected, string_schema("^/"),
                [expected](std::string path, const node& n, read_context& ctx) -> std::optional<std::string> {
                  if (path.starts_with('/')) return std::filesystem::path(path).lexically_normal().string();
                  mismatch(n, expected, ctx, "it must begin with '/'");
                  return std::nullopt;
                });
}

const section<file_spec>& file_section() {
  static const section<file_spec> table{
      "file",
      "devices.TAG.resources.PATH.file",
      "A regular file, or with `under` those below a folder, for a resource whose path ends in `/**`.",
      {key<file_spec>("path", with_place(absolute_path("file")), presence::optional("with `under`"),
                      "A single file.", &file_spec::path),
       key<file_spec>("under", with_place(absolute_path("folder")), presence::optional("with `path`"),
                      "A folder: `**` stands for the path of a file below it, which can only be read. "
                      "Symbolic links are not followed, and a path that leads out of the folder gets 403.",
                      &file_spec::under),
       key<file_spec>(
           "methods", with_place(methods({method::get, method::put})), presence::optional("`[GET]`"),
           "The methods that are allowed: a PUT writes a text as it is, and anything else as JSON.",
           &file_spec::methods),
       key<file_spec>("atomic", with_place(boolean()), presence::optional("`false`"),
                      "Whether a PUT writes a new file that replaces the old one when it is on disk. Not for "
                      "/proc and /sys.",
                      &file_spec::atomic),
       key<file_spec>("max", with_place(size(1, largest_file)), presence::optional("`limits.payload`"),
                      "Bytes that are read; a larger file gets 500.", &file_spec::max)}};
  return table;
}

/// Reads a path alone, or a map.
value_type<file_spec> file_or_map() {
  const auto path = absolute_path("file");
  const auto map = map_with(file_section());
  const std::string expected = "the absolute path of a file, or a map";
  boost::json::object schema{{"anyOf", {boost::json::value(path.schema), boost::json::value(map.schema)}}};
  return {expected, schema,
          [path, map](const node& n, read_context& ctx) -> std::optional<file_spec> {
            if (n.is_map()) return map.read(n, ctx);
            auto alone = path.read(n, ctx);
            if (!alone) return std::nullopt;
            file_spec spec;
            spec.path = {*std::move(alone), &n};
            return spec;
          },
          map.section};
}

/// Reports keys that cannot be combined with a folder.
void check_tree(const file_spec& spec, report& faults) {
  if (spec.methods && spec.methods->value.contains(method::put))
    faults.error(*spec.methods->at, "the files beneath a folder are read only", "[GET]");
  if (spec.atomic) faults.error(*spec.atomic->at->key, "the files beneath a folder are read only");
}

std::optional<kind_options> build_file(const file_keys& keys, const kind_place& at) {
  const auto& spec = keys.file.value;
  const bool is_tree = at.path.value.ends_with("**");
  if (spec.path.has_value() == spec.under.has_value()) {
    at.faults.error(*keys.file.at, "one of `path` and `under` is required");
    return std::nullopt;
  }
  if (is_tree != spec.under.has_value()) {
    at.faults.error(*keys.file.at,
                    is_tree ? "a path with '**' is for the files beneath a folder"
                            : "files beneath a folder are for a path that ends in '/**'",
                    is_tree ? "{under: FOLDER}" : at.path.value + "/**: ...");
    return std::nullopt;
  }
  if (is_tree) check_tree(spec, at.faults);
  file_options options;
  options.at = is_tree ? file_place{spec.under->value, {}} : file_place{{}, spec.path->value};
  options.most = spec.max ? spec.max->value : at.limits.payload;
  options.atomic = spec.atomic && spec.atomic->value;
  options.front =
      build_backend_options(keys, spec.methods ? spec.methods->value : method_set{method::get}, at);
  return options;
}

}  // namespace

const kind_module& file_kind() {
  using keys = file_keys;
  static const kind_table<keys> table{
      with_backend_keys<keys>({key<keys>("file", with_place(file_or_map()), another_kind(),
                                         "A file of this machine, or the files below a folder. GET reads it, "
                                         "PUT writes it if `methods` allow that.",
                                         &keys::file)}),
      build_file,
      nullptr,
      {.paths = subtree_paths::allowed}};
  return table;
}

}  // namespace mqcoap
