#pragma once

#include <chrono>
#include <mqcoap/protocol/address.hpp>
#include <mqcoap/protocol/method.hpp>
#include <string>
#include <vector>

#include "output/listing.hpp"
#include "session/session.hpp"

namespace mqcoap::cli {

/// The devices that tell their presence and that the pattern (with * and ?) fits. Ends when no more come, at
/// the latest after `most`.
presence_list find_devices(session& s, const std::string& pattern, std::chrono::milliseconds most);

/// The resources that are meant, each once: an address stands for itself; a pattern with * and ?, as
/// `monitor` has it, for what the devices that are online, or the one that it names, list with this method. A
/// device that does not answer is told on stderr.
/// @throws usage_failure  for what is neither; failure if a pattern fits nothing
std::vector<address> find_addresses(session& s, const std::vector<std::string>& words, method verb,
                                    const settled_options& options);

/// Checks the words before anything is sent. @throws usage_failure
void check_addresses(const std::vector<std::string>& words);

}  // namespace mqcoap::cli
