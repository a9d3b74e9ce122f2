#include <doctest/doctest.h>

#include <mqcoap/transport/outage_causes.hpp>
#include <string>

using namespace mqcoap;

namespace {

/// Returns one letter per attempt: upper case if it is worth logging, followed by `=` if the cause
/// did not change.
std::string told(outage_causes& tested, const std::string& causes) {
  std::string all;
  for (const char c : causes) {
    const auto [changed, worth_telling] = tested.note({connection_fault::of_message(std::string(1, c))});
    all += worth_telling ? static_cast<char>(c - 'a' + 'A') : c;
    if (!changed) all += '=';
  }
  return all;
}

}  // namespace

TEST_CASE("each cause of an outage is logged once, when it is new") {
  outage_causes tested;
  CHECK(told(tested, "aaabbbc") == "Aa=a=Bb=b=C");
}

TEST_CASE("a cause that comes back is told when it stays, so that two that take turns are not") {
  outage_causes tested;
  CHECK(told(tested, "abababab") == "ABababab");
  CHECK(told(tested, "aa") == "aA=");
  CHECK(told(tested, "abab") == "a=bab");
  CHECK(told(tested, "b") == "B=");
}

TEST_CASE("the next outage begins from nothing") {
  outage_causes tested;
  CHECK(told(tested, "ab") == "AB");
  tested.clear();
  CHECK(told(tested, "ab") == "AB");
}

TEST_CASE("of very many causes each must come twice") {
  outage_causes tested;
  CHECK(told(tested, "abcdefghijklmnop") == "ABCDEFGHIJKLMNOP");
  CHECK(told(tested, "qrqrr") == "qrqrR=");
}
