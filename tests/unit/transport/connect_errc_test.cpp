#include <doctest/doctest.h>

#include <mqcoap/transport/connect_errc.hpp>
#include <mqcoap/transport/outage_cause.hpp>
#include <set>
#include <string>
#include <vector>

using namespace mqcoap;

namespace {

error_code code_of(std::vector<connect_errc> tried) {
  std::vector<outage_cause::attempt> attempts;
  for (const auto e : tried) attempts.push_back({{.what = e}, "somewhere"});
  return outage_cause(attempts).code();
}

bool lasts(std::vector<connect_errc> tried) {
  std::vector<outage_cause::attempt> attempts;
  for (const auto e : tried) attempts.push_back({{.what = e}, "somewhere"});
  return outage_cause(attempts).is_lasting();
}

}  // namespace

TEST_CASE("every reason of an outage is an error code with a distinct message") {
  std::set<std::string> message;
  const int last = static_cast<int>(connect_errc::given_up);
  for (int i = 0; i <= last; ++i) {
    const error_code code = static_cast<connect_errc>(i);
    CAPTURE(i);
    CHECK(code.failed() == (i != 0));
    CHECK(std::string(code.category().name()) == "mqcoap.connect");
    CHECK(message.insert(code.message()).second);
  }
  CHECK(error_code(last + 1, connect_category()).message() == "unknown error");
}

TEST_CASE("reasons have a class") {
  CHECK(error_code(connect_errc::name_unknown) == outage_class::unreachable);
  CHECK(error_code(connect_errc::no_connack) == outage_class::unreachable);
  CHECK(error_code(connect_errc::tls_setup) == outage_class::tls);
  CHECK(error_code(connect_errc::tls_failed) == outage_class::tls);
  CHECK(error_code(connect_errc::hung_up) == outage_class::refused);
  CHECK(error_code(connect_errc::will_refused) == outage_class::refused);
  CHECK(error_code(connect_errc::closed) == outage_class::lost);
  CHECK(error_code(connect_errc::given_up) == outage_class::lost);
  for (const auto c :
       {outage_class::unreachable, outage_class::tls, outage_class::refused, outage_class::lost})
    CHECK(error_code(connect_errc::other) != c);
  CHECK(error_code(errc::not_connected) != outage_class::unreachable);
  CHECK(make_error_condition(outage_class::tls).message() == "TLS to the broker is not established");
}

TEST_CASE("the code of an outage is that of the try that came furthest; none without an outage") {
  CHECK_FALSE(outage_cause().code());
  CHECK(code_of({connect_errc::connection_refused}) == connect_errc::connection_refused);
  CHECK(code_of({connect_errc::bad_credentials, connect_errc::name_unknown}) ==
        connect_errc::bad_credentials);
  CHECK(code_of({connect_errc::tls_expired, connect_errc::not_authorized}) == connect_errc::not_authorized);
}

TEST_CASE("an outage lasts if that is so for each server") {
  CHECK_FALSE(lasts({}));
  CHECK(lasts({connect_errc::bad_credentials}));
  CHECK(lasts({connect_errc::bad_credentials, connect_errc::tls_wrong_host}));
  CHECK_FALSE(lasts({connect_errc::bad_credentials, connect_errc::connection_refused}));
  CHECK_FALSE(lasts({connect_errc::tls_not_yet_valid}));  // the clock may be set later
  CHECK_FALSE(lasts({connect_errc::client_id_taken}));
}
