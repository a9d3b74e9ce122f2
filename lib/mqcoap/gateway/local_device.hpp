#pragma once

#include <memory>
#include <mqcoap/gateway/device_layout.hpp>
#include <mqcoap/gateway/options.hpp>
#include <mqcoap/gateway/own_documents.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/path_router.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <mqcoap/state/cell_group.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mqcoap {

/// A tag that the gateway answers for, with its resources.
class local_device {
 public:
  /// Precondition: the options were validated as in the configuration loader; inconsistent
  /// ones throw std::invalid_argument.
  /// @param layout  of these options
  /// @param services  must outlive the device
  /// @param draft  contains the cells of its resources
  /// @param extra  resources in addition to the configured ones
  local_device(const device_options& options, std::shared_ptr<const device_layout> layout,
               const resource_services& services, state_draft& draft, std::vector<extra_resource> extra = {});

  /// Answers, now or later; with 404 for an unknown path, or for a subsystem that the device does not have,
  /// under which it answers only discovery.
  void handle(responder&& r);

  /// A resource that is also a metric.
  struct gauge {
    std::string path;
    std::string unit;
    std::shared_ptr<handler> of;  ///< provides the number
  };
  const std::string& tag() const noexcept { return options_.tag.text(); }
  const std::vector<gauge>& gauges() const noexcept { return gauges_; }
  const device_options& options() const noexcept { return options_; }
  bool has_extra() const noexcept { return has_extra_; }

 private:
  class builder;

  bool has_subsystem(std::string_view name) const noexcept;

  const device_options options_;
  const bool has_extra_;
  const std::shared_ptr<const device_layout> layout_;
  const std::shared_ptr<cell_group> cells_;  ///< of the common resources
  path_router router_;                       ///< of the other resources
  std::vector<gauge> gauges_;
};

}  // namespace mqcoap
