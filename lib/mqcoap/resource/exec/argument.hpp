#pragma once

#include <cstddef>
#include <mqcoap/base/errc.hpp>
#include <mqcoap/json/json_text.hpp>
#include <mqcoap/resource/backend/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// One argument of a program, as configured: text in which `{body}` and `{path.N}` stand for what a request
/// brings. Any other brace is itself.
class argument {
 public:
  /// The parts of a request that arguments use.
  struct values {
    json_text body;
    std::vector<std::string_view> path;  ///< what each `*` of the path stands for
  };

  explicit argument(std::string_view written);

  bool takes_body() const noexcept;
  /// Numbers N of `{path.N}`.
  std::vector<std::size_t> path_parts() const;
  bool has_placeholder() const noexcept { return pieces_.size() > 1; }
  /// Precondition: the values have the parts of the path.
  /// @par Errors  400: a control character, which may end a line of somebody's protocol; a `-` where an
  /// option
  ///   begins
  /// @param is_operand  it cannot be an option, as behind `--`
  result<std::string, backend_reply> fill(const values& brought, bool is_operand) const;

  /// The first thing in braces that was probably meant to be a placeholder and is none; empty: there is none.
  static std::string find_fault(std::string_view written);

 private:
  /// Text, and the placeholder behind it.
  struct piece {
    std::string text;
    std::size_t part = 0;  ///< of the path; 0: the body; of the last piece: nothing
  };
  std::vector<piece> pieces_;
};

}  // namespace mqcoap
