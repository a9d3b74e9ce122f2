#include <csignal>

#include "program.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a write to a closed socket or standard output fails instead
  return mqcoap::cli::run_program({argv + 1, argv + argc});
}
