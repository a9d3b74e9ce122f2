#include <csignal>

#include "program.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // writing to a closed socket or standard output fails instead of
                                  // killing the process
  return mqcoap::cli::run_program({argv + 1, argv + argc});
}
