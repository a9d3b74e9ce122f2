// Asio's functions for TLS, which only tests use (cmake/asio.cpp has the others).
#include <boost/asio/ssl/impl/src.hpp>
