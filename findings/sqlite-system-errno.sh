#!/usr/bin/env bash
# SQLite 3.40.1: when a COMMIT fails because the system rejects a write, sqlite3_system_errno() is 0, although
# errno itself still contains the reason (here EFBIG). A program that has to distinguish a limit from a broken
# disk must read errno after the call.
. "$(dirname "$0")/lib.sh"
debian bookworm "$work/root" libsqlite3-dev=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2
compile "$work/root" -lsqlite3 <<'CPP'
#include <sqlite3.h>
#include <sys/resource.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
int main(int, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);
  for (const std::string journal : {"delete", "wal"}) {
    sqlite3* db = nullptr;
    sqlite3_open((std::string(argv[1]) + "/" + journal + ".db").c_str(), &db);
    const auto run = [db](const std::string& sql) { return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr); };
    run("PRAGMA journal_mode=" + journal + "; CREATE TABLE t(v)");
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{200'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    run("BEGIN; INSERT INTO t VALUES(zeroblob(1000000))");
    errno = 0;
    const int code = run("COMMIT");
    const int reason = errno;
    std::printf("%s: %s, %d, system_errno %d, errno %s\n", journal.c_str(), sqlite3_errstr(code),
                sqlite3_extended_errcode(db), sqlite3_system_errno(db), std::strerror(reason));
    setrlimit(RLIMIT_FSIZE, &before);
    run("ROLLBACK");
    sqlite3_close(db);
  }
}
CPP
expect "COMMIT beyond the file size limit" "delete: disk I/O error, 778, system_errno 0, errno File too large
wal: disk I/O error, 778, system_errno 0, errno File too large" "$("$work/program" "$work")"
