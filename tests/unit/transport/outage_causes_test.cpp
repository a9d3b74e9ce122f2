#include <doctest/doctest.h>

#include <mqcoap/transport/outage_causes.hpp>
#include <string>

using namespace mqcoap;

namespace {

/// Returns one letter per attempt: upper case if it is worth logging, followed by `=` if the cause
/// did not change.
std::string reported(outage_causes& tested, const std::string& causes) {
  std::string all;
  for (const char c : causes) {
    const auto [changed, worth_reporting] = tested.note({connection_fault::of_message(std::string(1, c))});
    all += worth_reporting ? static_cast<char>(c - 'a' + 'A') : c;
    if (!changed) all += '=';
  }
  return all;
}

}  // namespace

TEST_CASE("each cause of an outage is logged once, when it is new") {
  outage_causes tested;
  CHECK(reported(tested, "aaabbbc") == "Aa=a=Bb=b=C");
}

TEST_CASE("a cause that comes back is reported when it stays, two causes that take turns are not") {
  outage_causes tested;
  CHECK(reported(tested, "abababab") == "ABababab");
  CHECK(reported(tested, "aa") == "aA=");
  CHECK(reported(tested, "abab") == "a=bab");
  CHECK(reported(tested, "b") == "B=");
}

TEST_CASE("the next outage begins from nothing") {
  outage_causes tested;
  CHECK(reported(tested, "ab") == "AB");
  tested.clear();
  CHECK(reported(tested, "ab") == "AB");
}

TEST_CASE("of very many causes each must come twice") {
  outage_causes tested;
  CHECK(reported(tested, "abcdefghijklmnop") == "ABCDEFGHIJKLMNOP");
  CHECK(reported(tested, "qrqrr") == "qrqrR=");
}
