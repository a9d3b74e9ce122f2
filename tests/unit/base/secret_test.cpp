#include <doctest/doctest.h>

#include <mqcoap/base/secret.hpp>
#include <sstream>

using namespace mqcoap;

TEST_CASE("a secret prints as three stars, whatever its length") {
  for (const char* text : {"", "x", "a long password"}) {
    std::ostringstream out;
    out << secret(text);
    CHECK(out.str() == "***");
  }
}

TEST_CASE("a secret reveals its text only when asked") {
  const secret s("hunter2");
  CHECK(s.reveal() == "hunter2");
  CHECK_FALSE((std::is_convertible_v<secret, std::string>));
  CHECK_FALSE((std::is_convertible_v<secret, std::string_view>));
  CHECK_FALSE((std::is_convertible_v<std::string, secret>));
}

TEST_CASE("secrets are equal if their texts are") {
  CHECK((secret("a") == secret("a")));
  CHECK((secret("a") != secret("b")));
  CHECK((secret() == secret("")));
}
