#pragma once

namespace mqcoap {

/// Runs mqcoapd. @return the exit status, one of exit_code.hpp
int run_program(int argc, char** argv);

}  // namespace mqcoap
