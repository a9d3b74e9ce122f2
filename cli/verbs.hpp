#pragma once

#include "command.hpp"

// Each adds one verb.
namespace mqcoap::cli {

verb declare_bench(CLI::App& root);
verb declare_config(CLI::App& root);
verb declare_get(CLI::App& root);
verb declare_monitor(CLI::App& root);
verb declare_record(CLI::App& root);
verb declare_replay(CLI::App& root);
verb declare_serve(CLI::App& root);
verb declare_sim(CLI::App& root);

}  // namespace mqcoap::cli
