#include <mqcoap/store/postgres/postgres_schema.hpp>

namespace mqcoap::store {

const std::vector<std::string>& postgres_tables() {
  static const std::vector<std::string> all{
      R"(CREATE TABLE IF NOT EXISTS mqcoap_schema (
  version integer NOT NULL
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_cell (
  cell bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device text NOT NULL,
  path text NOT NULL,
  kind text NOT NULL,
  revision bigint NOT NULL DEFAULT 0,
  next bigint NOT NULL DEFAULT 0,
  initial text NOT NULL DEFAULT '',
  UNIQUE (device, path, kind)
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_value (
  cell bigint NOT NULL REFERENCES mqcoap_cell ON DELETE CASCADE,
  number bigint NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (cell, number)
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_set_aside (
  cell bigint NOT NULL REFERENCES mqcoap_cell ON DELETE CASCADE,
  number bigint NOT NULL,
  value text NOT NULL,
  why text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_member (
  member text PRIMARY KEY,
  epoch bigint NOT NULL,
  batch bigint NOT NULL,
  stored bigint[] NOT NULL,
  seen timestamptz NOT NULL DEFAULT now()
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_once (
  key text PRIMARY KEY,
  fingerprint text NOT NULL,
  attempt text NOT NULL,
  answer text,
  at timestamptz NOT NULL DEFAULT now()
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  epoch bigint NOT NULL,
  until timestamptz NOT NULL
))",
      R"(CREATE TABLE IF NOT EXISTS mqcoap_standby (
  member text PRIMARY KEY,
  seen timestamptz NOT NULL
))",
      R"(INSERT INTO mqcoap_schema (version)
  SELECT )" +
          std::to_string(postgres_schema_version) + R"( WHERE NOT EXISTS (SELECT FROM mqcoap_schema))",
  };
  return all;
}

const std::vector<std::string>& postgres_table_names() {
  static const std::vector<std::string> all{"mqcoap_schema",    "mqcoap_cell",   "mqcoap_value",
                                            "mqcoap_set_aside", "mqcoap_member", "mqcoap_once",
                                            "mqcoap_lease",     "mqcoap_standby"};
  return all;
}

std::string postgres_schema() {
  std::string script = "BEGIN;\n";
  for (const auto& each : postgres_tables()) script += each + ";\n";
  return script + "COMMIT;\n";
}

}  // namespace mqcoap::store
