#pragma once

#include <chrono>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <string>
#include <vector>

#include "output/listing.hpp"
#include "session/session.hpp"

namespace mqcoap::cli {

/// Returns the devices that announce their presence and match the pattern (with * and ?). Ends when no more
/// arrive, at the latest after `most`.
presence_list find_devices(session& s, const std::string& pattern, std::chrono::milliseconds most);

/// Returns the selected resources, each once. An address stands for itself; a pattern with * and ?, as in
/// `monitor`, for the resources with this method that are listed by the devices that are online, or by the
/// one that it names. A device that does not answer is reported on stderr.
/// @throws usage_failure  for neither an address nor a pattern; failure if nothing matches a pattern
std::vector<address> find_addresses(session& s, const std::vector<std::string>& words, method verb,
                                    const settled_options& options);

/// Checks the words before anything is sent. @throws usage_failure
void check_addresses(const std::vector<std::string>& words);

}  // namespace mqcoap::cli
