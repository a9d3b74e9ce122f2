#pragma once

#include <compare>
#include <functional>
#include <mqcoap/base/ascii.hpp>
#include <mqcoap/base/errc.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace mqcoap {

/// One level of a topic: `[A-Za-z0-9_.-]{1,64}` (docs/protocol.md, "Topics"). Every object holds a valid
/// name. `Kind` distinguishes tags, subsystems and namespaces.
template <class Kind>
class basic_name {
 public:
  /// @par Errors  errc::invalid_name
  static result<basic_name> parse(std::string_view text) {
    if (!is_name(text)) return errc::invalid_name;
    return basic_name(std::string(text));
  }

  const std::string& text() const noexcept { return text_; }
  friend auto operator<=>(const basic_name&, const basic_name&) = default;
  friend bool operator==(const basic_name&, const basic_name&) = default;

 private:
  explicit basic_name(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

using device_tag = basic_name<struct device_tag_kind>;          ///< e.g. 2D_XX_0_9999
using subsystem_name = basic_name<struct subsystem_name_kind>;  ///< e.g. axuv
using namespace_name = basic_name<struct namespace_name_kind>;  ///< e.g. gf_int_v1

/// Returns `gf_int_v1`, the namespace that is used unless another is given (docs/protocol.md, "Topics").
inline namespace_name default_namespace() { return *namespace_name::parse("gf_int_v1"); }

}  // namespace mqcoap
