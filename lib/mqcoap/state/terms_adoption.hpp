#pragma once

#include <memory>
#include <mqcoap/state/batch.hpp>
#include <mqcoap/state/cell.hpp>
#include <mqcoap/state/cell_terms.hpp>
#include <string>

namespace mqcoap {

/// Adapts a cell to new terms, after the pending changes under the old ones. Used by resource_state.
class terms_adoption final : public batch {
 public:
  terms_adoption(std::shared_ptr<cell> held, std::shared_ptr<const cell_terms> terms);
  ~terms_adoption() override;
  terms_adoption(const terms_adoption&) = delete;
  terms_adoption& operator=(const terms_adoption&) = delete;

  cell_list cells() const override { return {held_}; }
  change_list decide() override;
  void finish(error_code why) noexcept override;
  const cell_terms* terms() const noexcept override { return terms_.get(); }
  /// A configuration takes effect even if the disk is full; changes that could not be stored are decided
  /// again at the next start.
  bool is_in_force_at_once() const noexcept override { return true; }
  bool is_bounded() const noexcept override { return false; }

 private:
  const std::shared_ptr<cell> held_;
  std::shared_ptr<const cell_terms> terms_;
  std::string initial_;
};

}  // namespace mqcoap
