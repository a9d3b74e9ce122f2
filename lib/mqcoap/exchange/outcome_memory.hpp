#pragma once

#include <array>
#include <cstdint>
#include <mqcoap/protocol/request_id.hpp>

namespace mqcoap {

/// Remembers how the last exchanges ended, so that an answer nobody waits for can be told late from duplicate
/// from foreign. A fixed table in which newer ones overwrite older ones: good for counting, not for deciding.
class outcome_memory {
 public:
  enum class outcome : std::uint8_t { unknown, answered, timed_out };

  void note(const request_id& id, outcome how) noexcept {
    const auto hash = id.hash();
    slots_[hash % slots_.size()] = {hash, how};
  }
  outcome recall(const request_id& id) const noexcept {
    const auto hash = id.hash();
    const auto& kept = slots_[hash % slots_.size()];
    return kept.hash == hash ? kept.how : outcome::unknown;
  }

 private:
  struct slot {
    std::uint64_t hash = 0;
    outcome how = outcome::unknown;
  };
  std::array<slot, 4096> slots_{};
};

}  // namespace mqcoap
