// Asio's functions for all targets that define BOOST_ASIO_SEPARATE_COMPILATION.
#include <boost/asio/impl/src.hpp>
