#pragma once

#include <memory>
#include <mqcoap/state/memory_store.hpp>
#include <mqcoap/state/resource_state.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <string_view>
#include <utility>

namespace mqcoap::test {

/// Stores one value, bypassing the resource's checks.
class assignment final : public batch {
 public:
  assignment(std::shared_ptr<cell> target, json_text value)
      : target_(std::move(target)), value_(std::move(value)) {}
  cell_list cells() const override { return {target_}; }
  change_list decide() override { return {{target_, 0, with_version(value_)}}; }
  void finish(error_code) noexcept override {}

 private:
  const std::shared_ptr<cell> target_;
  const json_text value_;
};

inline void assign(resource_state& state, const std::shared_ptr<cell>& target, std::string_view json) {
  std::unique_ptr<batch> work = std::make_unique<assignment>(target, *json_text::parse(json));
  state.submit(work);
}

/// The state for tests that use a single resource.
inline resource_state& memory_state() {
  static memory_store store;
  static resource_state state(store);
  return state;
}

/// Returns a resource with its own cell.
template <class Resource, class... Options>
Resource make_alone(Options&&... options) {
  state_draft draft(memory_state());
  return Resource(std::forward<Options>(options)..., draft, "D_1", "x");
}

}  // namespace mqcoap::test
