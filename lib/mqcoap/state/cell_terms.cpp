#include <mqcoap/state/cell_terms.hpp>

#include <mqcoap/state/version.hpp>

namespace mqcoap {

std::string cell_terms::initial_version() const {
  const auto first = initial();
  return first ? make_etag(first->text()) : std::string();
}

}  // namespace mqcoap
