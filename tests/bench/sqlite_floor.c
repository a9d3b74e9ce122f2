/* The baseline for durable writes: commits batches of changed rows to SQLite, with the pragmas of the
 * gateway, and prints the rows per second. Arguments: file, rows per batch, seconds. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void check(int code, sqlite3* db, const char* what) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s FILE ROWS SECONDS\n", argv[0]);
    return 2;
  }
  const long batch = strtol(argv[2], NULL, 10);
  const double seconds = strtod(argv[3], NULL);
  sqlite3* db = NULL;
  check(sqlite3_open(argv[1], &db), db, "open");
  check(sqlite3_exec(
            db,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE item(cell INTEGER, number INTEGER, value TEXT NOT NULL, PRIMARY KEY(cell, number)) "
            "WITHOUT ROWID",
            NULL, NULL, NULL),
        db, "prepare");
  /* Grows the log first: appending to it is many times slower than overwriting, as after the first 1000
   * pages. */
  check(
      sqlite3_exec(db, "CREATE TABLE grown(v); INSERT INTO grown VALUES(zeroblob(6000000)); DROP TABLE grown",
                   NULL, NULL, NULL),
      db, "grow");
  sqlite3_stmt* put = NULL;
  check(
      sqlite3_prepare_v3(db,
                         "INSERT INTO item VALUES(?1, 0, ?2) ON CONFLICT(cell, number) DO UPDATE SET value = "
                         "excluded.value",
                         -1, SQLITE_PREPARE_PERSISTENT, &put, NULL),
      db, "prepare");
  long rows = 0;
  long next = 0;
  const double begun = now();
  double took = 0;
  while (took < seconds) {
    check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), db, "begin");
    for (long i = 0; i < batch; ++i) {
      char body[64];
      const int length = snprintf(body, sizeof body, "[%ld,1,2,3]", rows + i);
      check(sqlite3_bind_int64(put, 1, next++ % 128), db, "bind");
      check(sqlite3_bind_text(put, 2, body, length, SQLITE_TRANSIENT), db, "bind");
      check(sqlite3_step(put), db, "put");
      sqlite3_reset(put);
    }
    check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db, "commit");
    rows += batch;
    took = now() - begun;
  }
  printf("%.1f\n", (double)rows / took);
  sqlite3_finalize(put);
  sqlite3_close(db);
  return 0;
}
