#pragma once

#include <mqcoap/transport/link_options.hpp>
#include <string_view>

#include "words/failure.hpp"

namespace mqcoap::cli {

/// For a broker that cannot be reached, or does not let us in. @param why  the link's words
failure unreachable(const link_options& broker, std::string_view why);

/// For a subscription that the broker's access rules refuse.
failure refused_filter(const link_options& broker, std::string_view filter);

}  // namespace mqcoap::cli
