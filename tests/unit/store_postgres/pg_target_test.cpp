#include <doctest/doctest.h>

#include <mqcoap/store/postgres/pg_target.hpp>
#include <string>
#include <vector>

using mqcoap::store::needs_lookup;
using mqcoap::store::pg_host;
using mqcoap::store::pg_target;

namespace {

std::string fault_in(const std::string& url) {
  const auto parsed = pg_target::parse(url);
  return parsed.has_error() ? parsed.error().message : "";
}

}  // namespace

TEST_CASE("An address names a server and a database, and what else libpq reads") {
  const auto target = *pg_target::parse("postgresql://gw@db.example.org:5433/mqcoap?sslmode=verify-full");
  CHECK(target.message() == "db.example.org:5433/mqcoap");
  REQUIRE(target.hosts().size() == 1);
  const auto settings = target.for_host({"db.example.org", "192.0.2.7", "5433"});
  CHECK(settings.at("host") == "db.example.org");
  CHECK(settings.at("hostaddr") == "192.0.2.7");
  CHECK(settings.at("port") == "5433");
  CHECK(settings.at("user") == "gw");
  CHECK(settings.at("dbname") == "mqcoap");
  CHECK(settings.at("sslmode") == "verify-full");
}

TEST_CASE("Several servers are tried in their order, with their ports") {
  const auto target = *pg_target::parse("postgresql://gw@a:1,b:2/x");
  CHECK(target.hosts() == std::vector<pg_host>{{"a", "", "1"}, {"b", "", "2"}});
  CHECK(target.message() == "a:1,b:2/x");
  const auto one_port = *pg_target::parse("postgresql://gw@/x?host=a,b&port=7");
  CHECK(one_port.hosts() == std::vector<pg_host>{{"a", "", "7"}, {"b", "", "7"}});
}

TEST_CASE("Names are looked up; addresses and sockets are not") {
  CHECK(needs_lookup({"db.example.org"}));
  CHECK_FALSE(needs_lookup({"db.example.org", "192.0.2.7"}));
  CHECK_FALSE(needs_lookup({"192.0.2.7"}));
  CHECK_FALSE(needs_lookup({"2001:db8::7"}));
  CHECK_FALSE(needs_lookup({"/run/postgresql"}));
  CHECK_FALSE(needs_lookup({}));
}

TEST_CASE("An address that cannot be used is refused, and no password stands in it") {
  CHECK(fault_in("postgres://gw@/x").empty());
  CHECK(fault_in("mysql://gw@db/x") == "not postgresql://USER@HOST/DATABASE");
  CHECK(fault_in("host=db").find("not postgresql://") == 0);
  CHECK(fault_in("postgresql://gw@db/x?shape=round").find("shape") != std::string::npos);
  CHECK(fault_in("postgresql://gw:secret@db/x").find("the key `password`") != std::string::npos);
  CHECK(fault_in("postgresql://gw@db/x?password=secret").find("the key `password`") != std::string::npos);
  CHECK(fault_in("postgresql://gw@db/x?service=lab").find("service file") != std::string::npos);
  CHECK(fault_in("postgresql://gw@a,b/x?hostaddr=192.0.2.1,192.0.2.2,192.0.2.3").find("hosts") !=
        std::string::npos);
  for (const auto* each : {"postgresql://gw:secret@db/x", "postgresql://gw@db/x?password=secret"})
    CHECK(fault_in(each).find("secret") == std::string::npos);
}
