#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mqcoap {

/// An expression of one variable that muParser evaluates, with `pi` and `e`, and `noise()` where it is given.
class formula {
 public:
  /// @param variable  its name: `t`, `x`
  /// @param noise     what `noise()` gives; empty: there is no such function
  /// Precondition: `find_fault` finds none.
  formula(const std::string& expression, std::string_view variable, std::function<double()> noise = {});
  ~formula();
  formula(formula&&) noexcept;
  formula& operator=(formula&&) noexcept;

  /// A number, which may not be finite. Throws std::domain_error if there is none, with words.
  double at(double value);
  bool depends_on_variable() const;

  /// Why an expression cannot be used, in words; nothing if it can.
  static std::optional<std::string> find_fault(const std::string& expression, std::string_view variable,
                                               const std::function<double()>& noise = {});

 private:
  struct parser;
  std::unique_ptr<parser> parser_;
};

}  // namespace mqcoap
