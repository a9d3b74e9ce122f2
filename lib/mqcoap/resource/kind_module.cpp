#include <mqcoap/resource/kind_module.hpp>

namespace mqcoap {

bool kind_place::is_shallow(const json_text& value, const node& at) const {
  // The body is nested one level deep in its payload.
  if (!validate_json(value.text(), limits.depth - 1)) return true;
  faults.error(at, "nested deeper than `limits.depth` allows: " + std::to_string(limits.depth) +
                       " levels, the payload around it included");
  return false;
}

}  // namespace mqcoap
