#include <mqcoap/store/postgres/postgres_schema.hpp>

#include "postgres_fixture.hpp"

using namespace mqcoap;
using namespace mqcoap::store;
using namespace mqcoap::test;
using strings = std::vector<std::string>;

namespace {

struct refusal_fixture : shared_database {
  /// Opens a store that cannot be used, and waits until the reason is logged.
  std::unique_ptr<postgres_store> open_in_vain(const postgres_options& options, std::string_view why) {
    auto opened = open(options);
    wait_for([&] { return has_logged("cannot be used"); });
    CHECK_MESSAGE(has_logged(why), logged.back());
    CHECK(refresh(*opened, {mark_of("a", 0)}) == strings{"the database does not answer"});
    CHECK(put(*opened, "a", 0, "1") == errc::storage_unreachable);
    return opened;
  }
  /// Creates a role without any rights.
  std::string make_role() const {
    sql("CREATE ROLE " + name + "_role LOGIN PASSWORD 'right'");
    return name + "_role";
  }
};

}  // namespace

TEST_CASE_FIXTURE(refusal_fixture, "A wrong password is refused, and no log shows it") {
  const auto role = make_role();
  server().demand_password_of(role);
  sql("GRANT ALL ON SCHEMA public TO " + role);
  auto given = options();
  given.url = url(role);
  given.password = secret("wrong");
  {
    const auto store = open_in_vain(given, "password authentication failed for user");
    for (const auto& each : logged) CHECK(each.find("wrong") == std::string::npos);
  }
  given.password = secret("right");
  const auto store = open(given);
  wait_for([&] { return store->is_reachable(); });
  CHECK_FALSE(put(*store, "a", 0, "1"));
}

TEST_CASE_FIXTURE(refusal_fixture, "A database that does not exist is used once it exists") {
  auto given = options();
  given.url = server().url("gw", name + "_later");
  const auto store = open_in_vain(given, "_later\" does not exist");
  sql("CREATE DATABASE " + name + "_later");
  wait_for([&] { return store->is_reachable(); });
  CHECK_FALSE(put(*store, "a", 0, "1"));
}

TEST_CASE_FIXTURE(refusal_fixture, "Tables of a newer version are left alone") {
  open();
  sql("UPDATE mqcoap_schema SET version = 2");
  open_in_vain(options(), "its tables have version 2, and this program knows version 1");
}

TEST_CASE_FIXTURE(refusal_fixture, "A table of versions without one is not ours") {
  sql("CREATE TABLE mqcoap_schema (version integer)");
  SUBCASE("it is empty, and the others are there") {
    sql(postgres_schema());
    sql("DELETE FROM mqcoap_schema");
    open_in_vain(options(), "holds no version");
  }
  SUBCASE("the others are missing") { open_in_vain(options(), "holds no version"); }
}

TEST_CASE_FIXTURE(refusal_fixture, "A role that may not create tables gets a hint how to create them") {
  const auto role = make_role();
  auto given = options();
  given.url = url(role);
  const auto store = open_in_vain(given, "mqcoap config state --sql");
  SUBCASE("an administrator makes them") {
    sql(postgres_schema());
    wait_for([&] { return has_logged("permission denied for table mqcoap_schema"); });
    sql("GRANT SELECT ON mqcoap_schema TO " + role);
    wait_for([&] {
      return has_logged(
          "privileges are missing (SELECT, INSERT, UPDATE, DELETE) on mqcoap_cell, mqcoap_lease");
    });
    std::string tables;
    for (std::size_t i = 1; i < postgres_table_names().size(); ++i)
      tables += (i == 1 ? "" : ", ") + postgres_table_names()[i];
    sql("GRANT SELECT, INSERT, UPDATE, DELETE ON " + tables + " TO " + role);
  }
  SUBCASE("the role may make them") { sql("GRANT CREATE ON SCHEMA public TO " + role); }
  wait_for([&] { return store->is_reachable(); });
  CHECK_FALSE(put(*store, "a", 0, "1"));
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"a@1 0=1"});
}

TEST_CASE_FIXTURE(refusal_fixture, "A database of another encoding is refused") {
  sql("CREATE DATABASE " + name + "_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  auto given = options();
  given.url = server().url("gw", name + "_latin");
  open_in_vain(given, "the encoding LATIN1, not UTF8");
}

TEST_CASE_FIXTURE(refusal_fixture,
                  "The script makes the tables that the store makes, and twice does no harm") {
  sql(postgres_schema());
  sql(postgres_schema());
  const auto store = open();
  CHECK_FALSE(put(*store, "a", 0, "1"));
  CHECK(sql("SELECT count(*) FROM mqcoap_schema") == "1");
}

TEST_CASE_FIXTURE(refusal_fixture, "A commit that the database refuses at its very end is not stored") {
  const auto store = open();
  CHECK_FALSE(put(*store, "a", 0, "1"));
  sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN IF new.value = '13' THEN RAISE 'unlucky'; END IF; RETURN new; END $$;"
      "CREATE CONSTRAINT TRIGGER at_end AFTER INSERT OR UPDATE ON mqcoap_value DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION refuse()");
  CHECK(put(*store, "a", 1, "13") == errc::storage_failed);
  CHECK(has_logged("the database refuses to store: unlucky"));
  CHECK(store->status().failing == "unlucky");
  CHECK(refresh(*store, {mark_of("a", 1)}).empty());
  SUBCASE("later ones are") {
    CHECK_FALSE(put(*store, "a", 1, "14"));
    CHECK_FALSE(store->status().failing);
  }
  SUBCASE("those that waited with it are") {
    std::map<int, error_code> outcomes;
    for (int i = 10; i < 20; ++i) {
      const auto path = "b" + std::to_string(i);
      store->commit({{mark_of(path, 0)}, {write_of(path, std::to_string(i))}},
                    [&outcomes, i](error_code why) { outcomes[i] = why; });
    }
    wait_for([&] { return outcomes.size() == 10; });
    for (const auto& [i, why] : outcomes)
      CHECK(why == (i == 13 ? make_error_code(errc::storage_failed) : error_code()));
  }
}

TEST_CASE_FIXTURE(refusal_fixture, "A value that somebody else has made unreadable is refused") {
  const auto store = open();
  CHECK_FALSE(put(*store, "a", 0, "1"));
  sql("UPDATE mqcoap_value SET value = 'none'; UPDATE mqcoap_cell SET revision = 2");
  CHECK(refresh(*store, {mark_of("a", 1)}) == strings{make_error_code(errc::storage_failed).message()});
  CHECK(has_logged("the value of D_1/a is not JSON"));
}

TEST_CASE_FIXTURE(refusal_fixture, "A gateway whose row in mqcoap_member is deleted makes it again") {
  const auto store = open();
  CHECK_FALSE(put(*store, "a", 0, "1"));
  sql("DELETE FROM mqcoap_member");
  CHECK_FALSE(put(*store, "a", 1, "2"));
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"a@2 0=2"});
}

TEST_CASE_FIXTURE(refusal_fixture, "A server that may not be written is unreachable, and nothing is lost") {
  const auto store = open();
  CHECK_FALSE(put(*store, "a", 0, "1"));
  sql("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
  cut();
  wait_for([&] { return has_logged("in a read-only transaction"); });
  CHECK(put(*store, "a", 1, "2") == errc::storage_unreachable);
  CHECK(refresh(*store, {mark_of("a", 0)}) == strings{"a@1 0=1"});
  server().sql("ALTER DATABASE " + name + " RESET default_transaction_read_only", "postgres");
  wait_for([&] { return store->is_reachable(); });
  CHECK_FALSE(put(*store, "a", 1, "2"));
}

TEST_CASE("What an address may not be is no store") {
  CHECK(fault_of_postgres_url("mysql://x"));
  CHECK_FALSE(fault_of_postgres_url("postgresql://gw@db/x"));
  shared_database db;
  postgres_options wrong;
  wrong.url = "mysql://x";
  CHECK_THROWS_AS(db.open(wrong), std::invalid_argument);
}
