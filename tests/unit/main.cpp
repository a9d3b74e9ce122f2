#include <doctest/doctest.h>

// Separate from doctest's implementation, so that a program with its own main can link that.
int main(int argc, char** argv) { return doctest::Context(argc, argv).run(); }
