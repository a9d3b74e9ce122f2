#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/resource/handler.hpp>
#include <optional>
#include <string>

namespace mqcoap {

struct signal_options {
  std::string expression;  ///< muParser syntax; `t`: seconds since start; `noise()`: normal, mean 0,
                           ///< deviation 1; `pi`, `e`

  friend bool operator==(const signal_options&, const signal_options&) = default;
};

/// A value that is computed at each GET: a stand-in for an instrument.
class signal_resource final : public handler {
 public:
  /// Why the expression cannot be used, in words; nothing if it can.
  static std::optional<std::string> check(const std::string& expression);
  /// What may be wrong with a checked expression, in words: that it seems never to be a finite number.
  static std::optional<std::string> find_doubt(const std::string& expression);

  /// Precondition: the expression was checked.
  signal_resource(const signal_options& options, const clock& time);
  ~signal_resource() override;
  /// GET: 205 with a number; 500 where the expression gives none that is finite.
  void handle(responder&& r) override;

 private:
  class evaluator;
  const std::unique_ptr<evaluator> evaluator_;
  const clock& time_;
  const steady_time started_;
};

}  // namespace mqcoap
