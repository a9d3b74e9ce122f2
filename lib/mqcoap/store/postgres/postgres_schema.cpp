#include <mqcoap/store/postgres/postgres_schema.hpp>

namespace mqcoap {

const std::vector<std::string>& postgres_tables() {
  static const std::vector<std::string> all{
      "CREATE TABLE IF NOT EXISTS mqcoap_schema (\n"
      "  version integer NOT NULL\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_cell (\n"
      "  cell bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
      "  device text NOT NULL,\n"
      "  path text NOT NULL,\n"
      "  kind text NOT NULL,\n"
      "  revision bigint NOT NULL DEFAULT 0,\n"
      "  next bigint NOT NULL DEFAULT 0,\n"
      "  initial text NOT NULL DEFAULT '',\n"
      "  UNIQUE (device, path, kind)\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_value (\n"
      "  cell bigint NOT NULL REFERENCES mqcoap_cell ON DELETE CASCADE,\n"
      "  number bigint NOT NULL,\n"
      "  value text NOT NULL,\n"
      "  PRIMARY KEY (cell, number)\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_set_aside (\n"
      "  cell bigint NOT NULL REFERENCES mqcoap_cell ON DELETE CASCADE,\n"
      "  number bigint NOT NULL,\n"
      "  value text NOT NULL,\n"
      "  why text NOT NULL,\n"
      "  at timestamptz NOT NULL DEFAULT now()\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_member (\n"
      "  member text PRIMARY KEY,\n"
      "  epoch bigint NOT NULL,\n"
      "  batch bigint NOT NULL,\n"
      "  stored bigint[] NOT NULL,\n"
      "  seen timestamptz NOT NULL DEFAULT now()\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_once (\n"
      "  key text PRIMARY KEY,\n"
      "  fingerprint text NOT NULL,\n"
      "  attempt text NOT NULL,\n"
      "  answer text,\n"
      "  at timestamptz NOT NULL DEFAULT now()\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_lease (\n"
      "  name text PRIMARY KEY,\n"
      "  holder text NOT NULL,\n"
      "  epoch bigint NOT NULL,\n"
      "  until timestamptz NOT NULL\n"
      ")",
      "CREATE TABLE IF NOT EXISTS mqcoap_standby (\n"
      "  member text PRIMARY KEY,\n"
      "  seen timestamptz NOT NULL\n"
      ")",
      "INSERT INTO mqcoap_schema (version)\n"
      "  SELECT " +
          std::to_string(postgres_schema_version) + " WHERE NOT EXISTS (SELECT FROM mqcoap_schema)",
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

}  // namespace mqcoap
