#pragma once

#include <mqcoap/transport/link_options.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <string_view>

#include "words/failure.hpp"

namespace mqcoap::cli {

/// Returns the failure for a broker that cannot be reached or refuses the connection.
failure unreachable(const link_options& broker, const outage_cause& why);

/// Returns the failure for a subscription that the broker's access rules deny.
failure refused_filter(const link_options& broker, std::string_view filter);

}  // namespace mqcoap::cli
