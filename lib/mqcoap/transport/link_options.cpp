#include <mqcoap/transport/link_options.hpp>

namespace mqcoap {

std::vector<endpoint> servers(const link_options& options) {
  std::vector<endpoint> all{{options.host, options.port}};
  all.insert(all.end(), options.fallbacks.begin(), options.fallbacks.end());
  return all;
}

}  // namespace mqcoap
