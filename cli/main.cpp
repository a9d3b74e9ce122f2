#include <csignal>

#include "program.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // writing to a closed socket or standard output fails instead of
                                  // killing the process
  std::signal(SIGXFSZ, SIG_IGN);  // exceeding the file size limit becomes an error of the write
  return mqcoap::cli::run_program({argv + 1, argv + argc});
}
