#include <algorithm>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/resource/common_keys.hpp>
#include <mqcoap/resource/kind_module.hpp>
#include <mqcoap/resource/mount/mount.hpp>

namespace mqcoap {
namespace {

struct mount_keys {
  std::optional<mount_options> to;
};

std::optional<mount_options> read_mount(const std::string& text, const node& n, read_context& ctx) {
  const bool has_path = std::count(text.begin(), text.end(), '/') > 1;
  auto to = address::parse(has_path ? text : text + "/x", longest_path);
  const bool has_wildcard = text.find('*') != std::string::npos;
  if (to && !has_wildcard)
    return mount_options{to->tag, to->subsystem, has_path ? std::string(to->path.key()) : std::string()};
  mismatch(n, "TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH", ctx,
           has_wildcard ? "the part of the path for '**' is added automatically" : "");
  return std::nullopt;
}

/// Reads `TAG/SUBSYSTEM` or `TAG/SUBSYSTEM/PATH`.
value_type<mount_options> mount_target() {
  return refine(text("TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH"), "TAG/SUBSYSTEM or TAG/SUBSYSTEM/PATH",
                string_schema(R"(^/?[A-Za-z0-9_.-]{1,64}/[A-Za-z0-9_.-]{1,64}(/[^*]+)?$)"), read_mount);
}

std::optional<kind_options> build_mount(const mount_keys& keys, const kind_place& /*at*/) { return *keys.to; }

}  // namespace

const kind_module& mount_kind() {
  using keys = mount_keys;
  static const kind_table<keys> table{
      {key<keys>("proxy", mount_target(), another_kind(),
                 "Requests for everything below PATH are forwarded to another device: `probe/**: {proxy: "
                 "TAG/SUBSYSTEM}` leads from "
                 "`probe/gains` to `gains` there.",
                 &keys::to)},
      build_mount,
      nullptr,
      {.paths = subtree_paths::required}};
  return table;
}

}  // namespace mqcoap
