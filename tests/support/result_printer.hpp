#pragma once

#include <doctest/doctest.h>

#include <boost/system/result.hpp>

/// Lets doctest print a result whose value or error has no stream operator.
template <class T, class E>
struct doctest::StringMaker<boost::system::result<T, E>> {
  static String convert(const boost::system::result<T, E>& r) { return r ? "a value" : "an error"; }
};
