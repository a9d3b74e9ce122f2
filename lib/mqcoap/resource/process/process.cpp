#include <mqcoap/resource/process/process.hpp>

#include <mqcoap/resource/process/process_backend.hpp>
#include <mqcoap/resource/resource_site.hpp>
#include <stdexcept>

namespace mqcoap {
namespace {

/// Returns the name under which a program is shared. The resources before and after a reload share their
/// program if this name, which contains the options of the program, is the same.
std::string identity_of(const process_options& options, const resource_site& at) {
  std::string name = at.device();
  const auto add = [&name](const std::string& part) { name.append(1, '\0').append(part); };
  add(at.path());
  for (const auto& each : options.program.argv) add(each);
  add({});
  for (const auto& [variable, value] : options.program.environment) add(variable + '=' + value);
  add({});
  add(std::to_string(options.most) + ' ' + std::to_string(options.front.max_depth));
  return name;
}

}  // namespace

void process_options::make(resource_site& at) const {
  const auto& services = at.services();
  if (services.backends == nullptr) throw std::invalid_argument(at.path() + ": no programs can be run here");
  auto shared = services.backends->shared().open<mqcoap::program>(identity_of(*this, at), [&] {
    auto made = std::make_shared<mqcoap::program>(*this, at.device() + ", " + at.path(), services);
    made->start();
    return made;
  });
  at.serve(at.path(),
           std::make_shared<backend_resource>(
               front, std::make_shared<process_backend>(std::move(shared), timeout), services.time));
}

}  // namespace mqcoap
