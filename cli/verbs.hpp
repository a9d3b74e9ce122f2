#pragma once

#include "command.hpp"

// Each adds one verb.
namespace mqcoap::cli {

verb declare_get(CLI::App& root);

}  // namespace mqcoap::cli
