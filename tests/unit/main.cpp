#include <doctest/doctest.h>

// Apart from doctest's implementation, so that a program with a main of its own can link that.
int main(int argc, char** argv) { return doctest::Context(argc, argv).run(); }
