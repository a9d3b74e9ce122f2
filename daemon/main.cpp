#include "program.hpp"

int main(int argc, char** argv) { return mqcoap::run_program(argc, argv); }
