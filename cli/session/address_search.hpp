#pragma once

#include <chrono>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <string>
#include <vector>

#include "output/listing.hpp"
#include "session/session.hpp"

namespace mqcoap::cli {

/// Returns the devices that announce their presence and match the pattern (with * and ?). Stops when no more
/// messages arrive, or after `most`.
presence_list find_devices(session& s, const std::string& pattern, std::chrono::milliseconds most);

/// Returns the selected resources without duplicates. An address selects itself. A pattern with * and ?, as
/// in `monitor`, selects the resources with this method on all online devices, or on the device that it
/// names. Devices that do not list their resources are reported on stderr.
/// @throws usage_failure  if a text is neither an address nor a pattern; failure if nothing matches a pattern
std::vector<address> find_addresses(session& s, const std::vector<std::string>& words, method verb,
                                    const settled_options& options);

/// Checks addresses and patterns before anything is sent. @throws usage_failure
void check_addresses(const std::vector<std::string>& words);

}  // namespace mqcoap::cli
