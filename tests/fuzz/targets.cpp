#include <algorithm>

#include "target.hpp"
#include "targets/targets.hpp"

namespace mqcoap::fuzz {

std::span<const target> all_targets() {
  static const target targets[] = {
      {"request", run_request, &request_shape()},
      {"response", run_response, &response_shape()},
      {"general", run_general, &general_shape()},
      {"topic", run_topic},
      {"address", run_address},
      {"json", run_json},
      {"schema", run_schema, &schema_shape()},
      {"configuration", run_configuration},
      {"words", run_text},
      {"http", run_http},
      {"recording", run_recording},
  };
  return targets;
}

const target* find_target(std::string_view name) {
  const auto all = all_targets();
  const auto found = std::find_if(all.begin(), all.end(), [name](const target& t) { return t.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace mqcoap::fuzz
