#pragma once

#include <memory>
#include <mqcoap/base/clock.hpp>
#include <mqcoap/protocol/method.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

class kind_module;
class resource_site;

struct signal_options {
  static constexpr std::string_view kind_name = "signal";

  std::string expression;  ///< muParser syntax; `t`: seconds since start; `noise()`: normal, mean 0,
                           ///< deviation 1; `pi`, `e`

  method_set offered() const { return {method::get}; }
  void make(resource_site& at) const;
  friend bool operator==(const signal_options&, const signal_options&) = default;
};

/// What a signal asks of its cell, which holds when it began: the same expression goes on.
class signal_terms final : public cell_terms {
 public:
  signal_terms(signal_options options, steady_time now) : options_(std::move(options)), now_(now) {}

  const signal_options& options() const noexcept { return options_; }
  std::optional<json_text> initial() const override;
  std::vector<change> adopt(const std::shared_ptr<cell>& held) const override;
  bool is_lasting() const noexcept override { return false; }  // no other process has this clock

 private:
  const signal_options options_;
  const steady_time now_;
};

/// A value that is computed at each GET: a stand-in for an instrument.
class signal_resource final : public handler {
 public:
  /// Why the expression cannot be used, in words; nothing if it can.
  static std::optional<std::string> check(const std::string& expression);
  /// What may be wrong with a checked expression, in words: that it seems never to be a finite number.
  static std::optional<std::string> find_doubt(const std::string& expression);

  /// Precondition: the expression was checked.
  signal_resource(signal_options options, const clock& time, state_draft& draft, std::string device,
                  std::string path);
  ~signal_resource() override;
  /// GET: 205 with a number; 500 where the expression gives none that is finite.
  void handle(responder&& r) override;

 private:
  class evaluator;
  const std::unique_ptr<evaluator> evaluator_;
  const clock& time_;
  const std::shared_ptr<cell> cell_;  ///< when it began
};

/// In a configuration: `wave: {signal: sin(t)}`.
const kind_module& signal_kind();

}  // namespace mqcoap
