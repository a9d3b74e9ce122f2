#pragma once

#include <vector>

#include "options/command.hpp"

// Each function adds one verb.
namespace mqcoap::cli {

verb declare_bench(CLI::App& root);
verb declare_config(CLI::App& root);
verb declare_get(CLI::App& root);
verb declare_monitor(CLI::App& root);
verb declare_record(CLI::App& root);
verb declare_replay(CLI::App& root);
verb declare_serve(CLI::App& root);
verb declare_sim(CLI::App& root);
verb declare_put(CLI::App& root);
verb declare_post(CLI::App& root);
verb declare_delete(CLI::App& root);
verb declare_ls(CLI::App& root);
verb declare_watch(CLI::App& root);
verb declare_events(CLI::App& root);
verb declare_forget(CLI::App& root);
verb declare_doctor(CLI::App& root);
verb declare_context(CLI::App& root);
/// @param verbs  must be complete when the verb runs
verb declare_completion(CLI::App& root, const std::vector<verb>& verbs);
verb declare_help(CLI::App& root);

}  // namespace mqcoap::cli
