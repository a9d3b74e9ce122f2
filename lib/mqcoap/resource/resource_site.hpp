#pragma once

#include <memory>
#include <mqcoap/protocol/name.hpp>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <string>

namespace mqcoap {

/// The site of one resource while its device is built: its name, its services, and where it registers its
/// handlers. The services outlive the resource, the site does not.
class resource_site {
 public:
  virtual const std::string& device() const noexcept = 0;  ///< the tag
  virtual const std::string& path() const noexcept = 0;    ///< as configured: `gains`, `probe/**`
  /// Returns the subsystem under which the events of the device are sent.
  virtual subsystem_name event_subsystem() const = 0;
  virtual const resource_services& services() const noexcept = 0;
  virtual state_draft& draft() const noexcept = 0;  ///< creates the cells
  /// Returns true if another resource of the device uses this one's value as a condition.
  virtual bool is_condition() const = 0;
  /// Returns the value of another resource of the device, which may be configured before or after this one;
  /// null if it has no value.
  virtual std::shared_ptr<cell> value_at(const std::string& path) = 0;

  /// Registers a handler for a path, or with a final `/**` for all paths below. Throws std::invalid_argument
  /// if it is already served. A handler with a metric is also added to the metrics.
  virtual void serve(std::string pattern, std::shared_ptr<handler> target) = 0;
  /// Lets other resources read the value of this one.
  virtual void hold_value(std::shared_ptr<cell> value) = 0;

 protected:
  ~resource_site() = default;
};

}  // namespace mqcoap
