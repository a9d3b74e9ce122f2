#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mqcoap/gateway/gateway.hpp>
#include <mqcoap/gateway/prepared_options.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mqcoap {

/// Puts new options of a gateway in force in short parts: a device is built, or replaced together with its
/// cells, or removed. Requests are answered between the parts, each by the old device or by the new one.
/// There is only one at a time; if it is destroyed before its end, what is already in force stays.
/// @par Threads  All functions on the event loop.
class gateway::reconfiguration {
 public:
  /// @param of  must outlive this object
  /// @param next  contains the previous options once these are in force
  /// @param links  as for `gateway::reconfigure`
  /// @par Errors  Throws if the state cannot be restored; then nothing has changed.
  reconfiguration(gateway& of, std::shared_ptr<prepared_options> next, std::vector<link*> links);
  reconfiguration(const reconfiguration&) = delete;
  reconfiguration& operator=(const reconfiguration&) = delete;

  /// Executes the next part. Returns false if it was the last one.
  /// @par Errors  Throws like the constructor of a gateway; then nothing has changed.
  bool advance();
  /// Returns true once the options are in force; some of the replaced objects may not be removed yet.
  bool is_in_force() const noexcept { return now_ == phase::clearing || now_ == phase::over; }

 private:
  enum class phase : std::uint8_t { building, replacing, clearing, over };

  void build(const wanted_device& wanted);
  void make_room();
  void replace(std::shared_ptr<local_device> device) noexcept;
  void put_in_force() noexcept;
  void clear(std::shared_ptr<local_device> device) noexcept;

  gateway& of_;
  const std::shared_ptr<prepared_options> next_;
  std::vector<link*> links_;
  state_draft draft_;
  std::vector<std::shared_ptr<local_device>> made_;
  device_map added_;                                           ///< those of `made_` whose tags are new
  std::vector<std::pair<std::string, std::string>> readings_;  ///< devices and paths to report once in force
  std::shared_ptr<const step_chain> chain_;
  std::vector<std::shared_ptr<local_device>> removed_;
  phase now_ = phase::building;
  std::size_t at_ = 0;  ///< the number of completed parts of the phase
};

}  // namespace mqcoap
