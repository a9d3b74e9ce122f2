#!/usr/bin/env bash
# SQLite 3.40.1: a transaction that writes the value that a row already has, with UPDATE or an upsert, changes
# no page, so that its COMMIT writes nothing to the log and does not wait for the disk. A benchmark of durable
# writes with repeated values measures memory. The same row, deleted and inserted again, is written.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libsqlite3-dev=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2
compile "$work/root" -lsqlite3 <<'CPP'
#include <sqlite3.h>
#include <sys/stat.h>
#include <cstdio>
#include <string>
int main(int, char** argv) {
  const std::string file = std::string(argv[1]) + "/t.db";
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  const auto written = [&](const std::string& sql) {
    struct stat before {}, after {};
    stat((file + "-wal").c_str(), &before);
    sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
    stat((file + "-wal").c_str(), &after);
    return static_cast<long>(after.st_size - before.st_size);
  };
  written("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT);"
          "INSERT INTO t VALUES(1, 'five')");
  std::printf("update, same value: %ld\n", written("BEGIN; UPDATE t SET v = 'five' WHERE k = 1; COMMIT"));
  std::printf("upsert, same value: %ld\n",
              written("BEGIN; INSERT INTO t VALUES(1, 'five') ON CONFLICT(k) DO UPDATE SET v = excluded.v; COMMIT"));
  std::printf("another value: %ld\n", written("BEGIN; UPDATE t SET v = 'six' WHERE k = 1; COMMIT"));
  std::printf("delete and insert, same value: %ld\n",
              written("BEGIN; DELETE FROM t WHERE k = 1; INSERT INTO t VALUES(1, 'six'); COMMIT"));
  sqlite3_close(db);
}
CPP
expect "bytes that a COMMIT adds to the log" "update, same value: 0
upsert, same value: 0
another value: 4120
delete and insert, same value: 4120" "$("$work/program" "$work")"
