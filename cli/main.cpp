#include <csignal>

#include "program.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // of sockets; a closed standard output is noticed at writing
  return mqcoap::cli::run_program({argv + 1, argv + argc});
}
