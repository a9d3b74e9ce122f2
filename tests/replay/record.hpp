#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::replay {

/// The lines of a replay: one for each step, and below it one for each message that the gateway published.
/// Long ids are replaced with short names, and bytes that are not printable ASCII with `\xNN`.
class record {
 public:
  /// Begins a step. @param whole  the complete message that was sent, to find the cause of a difference
  void step(const std::string& message, std::string whole = {});
  /// Ignores the order of the messages in this step: their calls end together, in the order of a hash table.
  void unordered() noexcept { sorts_ = true; }
  /// Drops this step if no message follows.
  void forgettable() noexcept { is_forgettable_ = true; }
  void message(std::string text) { messages_.push_back(std::move(text)); }
  /// Ends the last step.
  void finish();

  /// Gives an id a name, unless it already has one.
  void name_id(std::string_view id, std::string name);
  /// Begins another gateway, whose ids are independent.
  void forget_ids() noexcept { ids_.clear(); }
  bool knows(std::string_view id) const { return ids_.contains(id); }
  /// Replaces each named id with its name, and makes the text printable.
  std::string readable(std::string_view text) const;

  const std::vector<std::string>& lines() const noexcept { return lines_; }
  /// Returns the message that was sent in the step to which a line belongs.
  const std::string& cause_of(std::size_t line) const noexcept;

 private:
  std::vector<std::string> lines_;
  std::vector<std::string> messages_;                        ///< messages of this step
  std::vector<std::pair<std::size_t, std::string>> causes_;  ///< by the line of the step
  std::map<std::string, std::string, std::less<>> ids_;
  bool sorts_ = false;
  bool is_forgettable_ = false;
  std::size_t steps_ = 0;
};

/// Returns the text if it has at most this many bytes, otherwise its beginning, its length and a
/// hash of the whole.
std::string shortened(const std::string& text, std::size_t most);

}  // namespace mqcoap::replay
