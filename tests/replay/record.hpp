#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap::replay {

/// The lines of a replay: a line for each step, and below it one for each message that the gateway published.
/// Long ids have short names there, and every byte that is not printable ASCII is `\xNN`.
class record {
 public:
  /// Begins a step. @param whole  the sent message, for people who look for the cause of a difference
  void step(const std::string& words, std::string whole = {});
  /// Ignores the order of the messages of this step: they end together, in the order of a hash table.
  void unordered() noexcept { sorts_ = true; }
  /// Leaves this step out if nothing follows from it.
  void forgettable() noexcept { is_forgettable_ = true; }
  void message(std::string text) { messages_.push_back(std::move(text)); }
  /// Ends the last step.
  void finish();

  /// Gives an id a name. Nothing happens if it has one already.
  void name_id(std::string_view id, std::string name);
  /// Begins another gateway, with ids of its own.
  void forget_ids() noexcept { ids_.clear(); }
  bool knows(std::string_view id) const { return ids_.contains(id); }
  /// Replaces each named id by its name, and makes the text printable.
  std::string readable(std::string_view text) const;

  const std::vector<std::string>& lines() const noexcept { return lines_; }
  /// Returns the message that was sent in the step of a line.
  const std::string& cause_of(std::size_t line) const noexcept;

 private:
  std::vector<std::string> lines_;
  std::vector<std::string> messages_;                        ///< of this step
  std::vector<std::pair<std::size_t, std::string>> causes_;  ///< by the line of the step
  std::map<std::string, std::string, std::less<>> ids_;
  bool sorts_ = false;
  bool is_forgettable_ = false;
  std::size_t steps_ = 0;
};

/// Returns a text of at most this many bytes; for a longer one, its beginning, its length and a hash of the
/// whole.
std::string shortened(const std::string& text, std::size_t most);

}  // namespace mqcoap::replay
