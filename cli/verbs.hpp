#pragma once

#include "command.hpp"

// Each adds one verb.
namespace mqcoap::cli {

verb declare_get(CLI::App& root);
verb declare_put(CLI::App& root);
verb declare_post(CLI::App& root);
verb declare_delete(CLI::App& root);
verb declare_ls(CLI::App& root);
verb declare_watch(CLI::App& root);
verb declare_events(CLI::App& root);
verb declare_doctor(CLI::App& root);
verb declare_context(CLI::App& root);
verb declare_completion(CLI::App& root);

}  // namespace mqcoap::cli
