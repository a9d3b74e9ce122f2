#pragma once

#include <string>
#include <vector>

namespace mqcoap::cli {

/// Runs the program. @param arguments  without the program's name. @return the exit status
int run_program(std::vector<std::string> arguments);

}  // namespace mqcoap::cli
