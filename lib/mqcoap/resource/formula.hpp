#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// Evaluates an expression of one variable with muParser. It may use `pi`, `e`, and `noise()` if
/// that is given.
class formula {
 public:
  /// @param variable  its name: `t`, `x`
  /// @param noise     returns the values of `noise()`; if empty, there is no such function
  /// Precondition: `find_fault` returns nothing.
  formula(const std::string& expression, std::string_view variable, std::function<double()> noise = {});
  ~formula();
  formula(formula&&) noexcept;
  formula& operator=(formula&&) noexcept;

  /// Returns the result, which may not be finite. Throws std::domain_error if the evaluation fails.
  double at(double value);
  bool depends_on_variable() const;

  /// Returns why an expression cannot be used; nothing if it can.
  static std::optional<std::string> find_fault(const std::string& expression, std::string_view variable,
                                               const std::function<double()>& noise = {});

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

}  // namespace mqcoap
