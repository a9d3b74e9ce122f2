#pragma once

#include <cstddef>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// One argument of a program, as configured: text in which `{body}` and `{path.N}` stand for parts of a
/// request. Other braces have no special meaning.
class argument {
 public:
  /// The parts of a request that arguments use.
  struct values {
    json_text body;
    std::vector<std::string_view> path;  ///< what each `*` of the path stands for
  };

  explicit argument(std::string_view written);

  bool takes_body() const noexcept;
  /// Returns the numbers N of `{path.N}`.
  std::vector<std::size_t> path_parts() const;
  bool has_placeholder() const noexcept { return pieces_.size() > 1; }
  /// Returns the argument for a request. Precondition: `brought` has all parts of the path that the
  /// argument uses.
  /// @par Errors  400 for a control character, which may end a line of some protocol, for a `-` where an
  ///   option would begin, and for an argument that is too long
  /// @param is_operand  true if it cannot be an option, as after `--`
  result<std::string, backend_reply> fill(const values& brought, bool is_operand) const;

  /// Returns the first text in braces that was probably meant to be a placeholder but is not one; empty if
  /// there is none.
  static std::string find_fault(std::string_view written);

 private:
  /// Text, and the placeholder after it.
  struct piece {
    std::string text;
    std::size_t part = 0;  ///< number of the part of the path; 0 for the body; unused in the last piece
  };
  std::vector<piece> pieces_;
};

}  // namespace mqcoap
