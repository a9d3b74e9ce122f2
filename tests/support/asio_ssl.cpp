// Asio's TLS functions, which only tests use (cmake/asio.cpp contains the others).
#include <boost/asio/ssl/impl/src.hpp>
