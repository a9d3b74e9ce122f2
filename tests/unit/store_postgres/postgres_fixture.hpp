#pragma once

#include <doctest/doctest.h>
#include <libpq-fe.h>

#include <memory>
#include <mqcoap/store/postgres/postgres_store.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <support/private_postgres.hpp>
#include <utility>
#include <vector>

#include "../transport/event_loop.hpp"

namespace mqcoap::test {

/// Returns the server for all cases; each has its own database.
inline private_postgres& server() {
  static private_postgres one;
  return one;
}

inline json_text as_json(std::string_view text) { return *json_text::parse(text); }

inline cell_name cell_of(std::string path) { return {"D_1", std::move(path), "value"}; }

inline stored_value write_of(std::string path, std::string_view body, std::uint64_t number = 0) {
  return {cell_of(std::move(path)), number, as_json(body), "initial"};
}
inline stored_value removal_of(std::string path, std::uint64_t number) {
  return {cell_of(std::move(path)), number, std::nullopt, "initial"};
}
inline cell_mark mark_of(std::string path, std::uint64_t revision) {
  return {cell_of(std::move(path)), revision};
}

/// A database, and the event loop of the gateways that share it.
struct shared_database {
  event_loop loop;
  std::string name;
  std::vector<std::string> logged;

  shared_database() : name("case_" + std::to_string(++count())) { server().sql("CREATE DATABASE " + name); }

  static int& count() {
    static int cases = 0;
    return cases;
  }
  std::string url(const std::string& user = "gw") const { return server().url(user, name); }
  std::string sql(const std::string& statements) const { return server().sql(statements, name); }
  store::postgres_options options() const {
    store::postgres_options made;
    made.url = url();
    made.timeout = std::chrono::milliseconds(20'000);
    made.certainty = std::chrono::milliseconds(60'000);
    made.longest_pause = std::chrono::milliseconds(200);
    return made;
  }
  std::unique_ptr<store::postgres_store> open(const store::postgres_options& options) {
    return std::make_unique<store::postgres_store>(
        options, store::postgres_store::environment{
                     loop.context().get_executor(),
                     [this](log_level, std::string_view message) { logged.emplace_back(message); }});
  }
  std::unique_ptr<store::postgres_store> open() {
    auto opened = open(options());
    wait_for([&] { return opened->is_reachable(); });
    return opened;
  }
  template <class Condition>
  void wait_for(Condition reached) {
    REQUIRE(loop.run_until(reached, std::chrono::seconds(60)));
  }
  bool has_logged(std::string_view message) const {
    for (const auto& each : logged)
      if (each.find(message) != std::string::npos) return true;
    return false;
  }
  error_code commit(store::postgres_store& to, std::vector<cell_mark> based_on,
                    std::vector<stored_value> values) {
    std::optional<error_code> outcome;
    to.commit({std::move(based_on), std::move(values)}, [&](error_code why) { outcome = why; });
    wait_for([&] { return outcome.has_value(); });
    return *outcome;
  }
  error_code put(store::postgres_store& to, const std::string& path, std::uint64_t revision,
                 std::string_view body) {
    return commit(to, {mark_of(path, revision)}, {write_of(path, body)});
  }
  /// Returns what has changed, as `path@revision:number=value,...`, or the error.
  std::vector<std::string> refresh(store::postgres_store& of, std::vector<cell_mark> held) {
    std::optional<std::vector<std::string>> reported;
    of.refresh(std::move(held), [&](error_code why, const std::vector<stored_cell>& cells) {
      reported.emplace();
      if (why) reported->push_back(why.message());
      for (const auto& each : cells) reported->push_back(describe(each));
    });
    wait_for([&] { return reported.has_value(); });
    return *reported;
  }
  static std::string describe(const stored_cell& cell) {
    auto message = cell.of.path + '@' + std::to_string(cell.revision);
    for (const auto& [number, value] : cell.items)
      message += ' ' + std::to_string(number) + '=' + std::string(value.text());
    return message;
  }
  /// Terminates the connections of all gateways.
  void cut() const {
    sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'mqcoap' AND datname = current_database()");
  }
};

/// Another user of a database, whose statements are synchronous.
class side_session {
 public:
  explicit side_session(const shared_database& to) : connection_(PQconnectdb(to.url().c_str())) {
    REQUIRE(PQstatus(connection_) == CONNECTION_OK);
  }
  ~side_session() { PQfinish(connection_); }
  side_session(const side_session&) = delete;
  side_session& operator=(const side_session&) = delete;

  std::string run(const std::string& sql) {
    PGresult* const got = PQexec(connection_, sql.c_str());
    const auto status = PQresultStatus(got);
    std::string text = PQntuples(got) > 0 && PQnfields(got) > 0 ? PQgetvalue(got, 0, 0) : "";
    PQclear(got);
    CHECK((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK));
    return text;
  }

 private:
  PGconn* connection_;
};

}  // namespace mqcoap::test
