#include <algorithm>
#include <filesystem>
#include <mqcoap/config/spec.hpp>
#include <mqcoap/settings/common_types.hpp>

namespace mqcoap::config {
namespace {

constexpr char target_expected[] = "auto, journal, stderr or {file: PATH}";

const std::vector<std::string>& place_names() {
  static const std::vector<std::string> names{"auto", "journal",
                                              "stderr"};  // in the order of `log_target::place`
  return names;
}

std::optional<log_target> read_file_target(const node& n, read_context& ctx) {
  if (n.items.size() != 1) {
    mismatch(n, target_expected, ctx);
    return std::nullopt;
  }
  const node& at = *n.items.front();
  if (at.key->text != "file") {
    ctx.faults.error(*at.key, "unknown key '" + at.key->text + '\'', "{file: PATH}");
    return std::nullopt;
  }
  const auto name = text("the name of a file").read(at, ctx);
  if (!name) return std::nullopt;
  return log_target{log_target::place::file, (std::filesystem::path(ctx.folder) / *name).string()};
}

std::optional<log_target> read_target(const node& n, read_context& ctx) {
  if (n.is_map()) return read_file_target(n, ctx);
  const auto& names = place_names();
  const auto found = n.is_scalar() ? std::find(names.begin(), names.end(), n.text) : names.end();
  if (found != names.end()) return log_target{static_cast<log_target::place>(found - names.begin()), {}};
  const bool names_file = n.is_scalar() && n.text.find('/') != std::string::npos;
  mismatch(n, target_expected, ctx, names_file ? "{file: " + n.text + '}' : "");
  return std::nullopt;
}

value_type<log_target> target() {
  boost::json::object file{
      {"type", "object"},
      {"properties",
       {{"file",
         {{"type", "string"}, {"minLength", 1}, {"description", "Lines are appended to this file."}}}}},
      {"additionalProperties", false},
      {"required", {"file"}}};
  boost::json::array ways;
  ways.emplace_back(choice_schema(place_names()));
  ways.emplace_back(std::move(file));
  return {target_expected, {{"anyOf", std::move(ways)}}, read_target};
}

}  // namespace

const section<logging_spec>& logging_section() {
  static const section<logging_spec> table{
      "logging",
      "logging",
      "The log of the gateway.",
      {key<logging_spec>("level",
                         choice<log_level>({{"error", log_level::error},
                                            {"warning", log_level::warning},
                                            {"info", log_level::info},
                                            {"debug", log_level::debug}}),
                         "info", "The least important level that is written; `debug` shows every request.",
                         &logging_spec::level),
       key<logging_spec>("target", target(), "auto",
                         "Where the log goes. `journal`: systemd's, where every request has its own fields, "
                         "such as `MQCOAP_REQUEST_ID`. `auto`: the journal if the standard error is "
                         "connected to it, else the standard error. A file is opened again when the "
                         "configuration is read again; its name is relative to the main file.",
                         &logging_spec::target),
       key<logging_spec>("body", integer(0, 65536), "80",
                         "How many bytes of a body a line of the log shows; 0: none.",
                         [](logging_spec& l, std::int64_t n) { l.body = static_cast<std::size_t>(n); })}};
  return table;
}

}  // namespace mqcoap::config
