#pragma once

#include <memory>
#include <mqcoap/resource/handler.hpp>
#include <mqcoap/resource/resource_services.hpp>
#include <mqcoap/state/state_draft.hpp>
#include <string>

namespace mqcoap {

/// The place of one resource while its device is built: its name, what it may use, and where it puts what it
/// makes. The services outlive the resource, the site does not.
class resource_site {
 public:
  virtual const std::string& device() const noexcept = 0;  ///< the tag
  virtual const std::string& path() const noexcept = 0;    ///< as configured: `gains`, `probe/**`
  virtual const resource_services& services() const noexcept = 0;
  virtual state_draft& draft() const noexcept = 0;  ///< gives the cells
  /// True if another resource of the device judges requests by what this one holds.
  virtual bool is_condition() const = 0;
  /// The value that another resource of the device holds, wherever it stands among the others; null: it holds
  /// none.
  virtual std::shared_ptr<cell> value_at(const std::string& path) = 0;

  /// Has a handler serve a path, or with a last `/**` all paths below. Throws std::invalid_argument if it is
  /// served already.
  virtual void serve(std::string pattern, std::shared_ptr<handler> target) = 0;
  /// Lets other resources find what this one holds.
  virtual void hold_value(std::shared_ptr<cell> value) = 0;
  /// Makes a metric of a value that is always a number.
  virtual void add_gauge(std::shared_ptr<const cell> value) = 0;

 protected:
  ~resource_site() = default;
};

}  // namespace mqcoap
