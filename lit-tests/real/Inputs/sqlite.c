// libsqlite3.a at work: the SQL of SCRIPT_PATH on an in-memory database, every
// row printed, and the parts of the C interface that SQL cannot reach: user
// functions, aggregates, collations, hooks, blobs, backup, serialize, a virtual
// file system round trip through a temporary file.
#include "workload.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;
static int isQuick;

static void check(int ok, const char *what, sqlite3 *db) {
  if (ok)
    return;
  failures++;
  fprintf(stderr, "sqlite: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
}

// scale(n): how many rows a big query makes.
static void scale(sqlite3_context *c, int n, sqlite3_value **v) {
  (void)n;
  int full = sqlite3_value_int(v[0]);
  sqlite3_result_int(c, isQuick ? (full + 49) / 50 : full);
}

// rot13(text)
static void rot13(sqlite3_context *c, int n, sqlite3_value **v) {
  (void)n;
  char *s = sqlite3_mprintf("%s", sqlite3_value_text(v[0]));
  for (char *p = s; p && *p; p++) {
    char lower = *p | 32;
    if (lower >= 'a' && lower <= 'z')
      *p += lower < 'n' ? 13 : -13;
  }
  sqlite3_result_text(c, s, -1, sqlite3_free);
}

struct Mix {
  long long sum;
  int rows;
};
static void mixStep(sqlite3_context *c, int n, sqlite3_value **v) {
  (void)n;
  struct Mix *m = sqlite3_aggregate_context(c, sizeof *m);
  m->sum = m->sum * 31 + sqlite3_value_int64(v[0]);
  m->sum &= 0xffffffff;
  m->rows++;
}
static void mixFinal(sqlite3_context *c) {
  struct Mix *m = sqlite3_aggregate_context(c, 0);
  if (m)
    sqlite3_result_int64(c, m->sum ^ m->rows);
  else
    sqlite3_result_null(c);
}

static int reversed(void *arg, int an, const void *a, int bn, const void *b) {
  (void)arg;
  const unsigned char *x = a, *y = b;
  while (an && bn) {
    an--, bn--;
    if (x[an] != y[bn])
      return x[an] - y[bn];
  }
  return an - bn;
}

static void onUpdate(void *arg, int op, const char *db, const char *table,
                     sqlite3_int64 rowid) {
  (void)db;
  fprintf(arg, "hook %d %s %lld\n", op, table, (long long)rowid);
}

static void printRow(FILE *out, sqlite3_stmt *s) {
  for (int i = 0, n = sqlite3_column_count(s); i < n; i++) {
    if (i)
      fputc('|', out);
    switch (sqlite3_column_type(s, i)) {
    case SQLITE_NULL:
      fputs("NULL", out);
      break;
    case SQLITE_BLOB: {
      const unsigned char *b = sqlite3_column_blob(s, i);
      for (int k = 0; k < sqlite3_column_bytes(s, i); k++)
        fprintf(out, "%02x", b[k]);
      break;
    }
    default:
      fputs((const char *)sqlite3_column_text(s, i), out);
    }
  }
  fputc('\n', out);
}

// Runs every statement of `sql`. An error is part of the output: the script
// makes some on purpose.
static void run(FILE *out, sqlite3 *db, const char *sql) {
  while (*sql) {
    sqlite3_stmt *s = 0;
    const char *statement = sql;
    if (sqlite3_prepare_v2(db, statement, -1, &s, &sql)) {
      fprintf(out, "prepare: %s\n", sqlite3_errmsg(db));
      const char *semicolon = strchr(statement, ';');
      sql = semicolon ? semicolon + 1 : "";
      continue;
    }
    if (!s)
      continue;
    int rc;
    while ((rc = sqlite3_step(s)) == SQLITE_ROW)
      printRow(out, s);
    if (rc != SQLITE_DONE)
      fprintf(out, "step: %s\n", sqlite3_errmsg(db));
    sqlite3_finalize(s);
  }
}

static char *readAll(const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f)
    return 0;
  fseek(f, 0, SEEK_END);
  long n = ftell(f);
  rewind(f);
  char *text = calloc(1, n + 1);
  if (fread(text, 1, n, f) != (size_t)n)
    n = 0;
  fclose(f);
  return text;
}

static void capi(FILE *out, sqlite3 *db) {
  // Bound parameters of every type, and a statement used again.
  sqlite3_stmt *s;
  run(out, db, "CREATE TABLE bound(i,r,t,b,n);");
  check(!sqlite3_prepare_v2(db, "INSERT INTO bound VALUES(?1,:r,@t,$b,?5)", -1,
                            &s, 0),
        "prepare", db);
  for (int i = 0; i < 5; i++) {
    unsigned char blob[8];
    for (int k = 0; k < 8; k++)
      blob[k] = i * 16 + k;
    sqlite3_bind_int64(s, 1, 1LL << (i * 12));
    sqlite3_bind_double(s, 2, 1.0 / (i + 1));
    sqlite3_bind_text(s, 3, "text and more", 4 + i, SQLITE_TRANSIENT);
    sqlite3_bind_blob(s, 4, blob, i, SQLITE_TRANSIENT);
    sqlite3_bind_null(s, 5);
    check(sqlite3_step(s) == SQLITE_DONE, "step", db);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
  }
  sqlite3_finalize(s);
  run(out, db, "SELECT *, typeof(i), typeof(r), typeof(b) FROM bound;");

  // Incremental blob.
  sqlite3_blob *blob;
  run(out, db, "CREATE TABLE big(x); INSERT INTO big VALUES(zeroblob(40000));");
  check(!sqlite3_blob_open(db, "main", "big", "x", 1, 1, &blob), "blob", db);
  for (int i = 0; i < 40000; i += 1000)
    sqlite3_blob_write(blob, "0123456789", 10, i);
  char part[11] = {0};
  sqlite3_blob_read(blob, part, 10, 39000);
  fprintf(out, "blob %d %s\n", sqlite3_blob_bytes(blob), part);
  sqlite3_blob_close(blob);

  // Backup into a second database, then through memory.
  sqlite3 *copy;
  sqlite3_open(":memory:", &copy);
  sqlite3_backup *b = sqlite3_backup_init(copy, "main", db, "main");
  int steps = 0;
  while (sqlite3_backup_step(b, 7) == SQLITE_OK)
    steps++;
  fprintf(out, "backup %d of %d\n", sqlite3_backup_remaining(b),
          sqlite3_backup_pagecount(b) > 0);
  sqlite3_backup_finish(b);
  run(out, copy, "PRAGMA integrity_check; SELECT count(*) FROM person;");
  sqlite3_int64 size;
  unsigned char *image = sqlite3_serialize(copy, "main", &size, 0);
  sqlite3 *third;
  sqlite3_open(":memory:", &third);
  check(!sqlite3_deserialize(third, "main", image, size, size,
                             SQLITE_DESERIALIZE_FREEONCLOSE |
                                 SQLITE_DESERIALIZE_RESIZEABLE),
        "deserialize", third);
  run(out, third, "SELECT sum(length(name)) FROM person;");
  sqlite3_close(third);
  sqlite3_close(copy);

  // Formatting, and answers that never change.
  char *text = sqlite3_mprintf("%q|%Q|%w|%08.3f|%+d|%x|%-6s|%c", "it's", "q'",
                               "w\"", 3.14159, 42, 255, "ab", 'z');
  fprintf(out, "%s\n", text);
  sqlite3_free(text);
  check(sqlite3_complete("SELECT 1;") && !sqlite3_complete("SELECT 'x"),
        "complete", 0);
  check(!sqlite3_strglob("a*c", "abbc") && sqlite3_strlike("a%z", "abc", 0),
        "glob", 0);
  check(strcmp(sqlite3_libversion(), SQLITE_VERSION) == 0, "version", 0);
}

static void onDisk(FILE *out) {
  char path[] = "/tmp/hotpad-sqlite-XXXXXX";
  int fd = mkstemp(path);
  if (fd >= 0)
    close(fd);
  sqlite3 *db;
  check(!sqlite3_open(path, &db), "open", db);
  run(out, db,
      "PRAGMA journal_mode=WAL; CREATE TABLE d(x PRIMARY KEY, y);"
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 300)"
      " INSERT INTO d SELECT x, hex(x*x) FROM c;"
      "PRAGMA wal_checkpoint; DELETE FROM d WHERE x%3=0; VACUUM;"
      "PRAGMA journal_mode=DELETE; BEGIN; DELETE FROM d; ROLLBACK;"
      "SELECT count(*), sum(x), max(y) FROM d; PRAGMA integrity_check;");
  sqlite3_close(db);
  unlink(path);
}

int workload(FILE *out, int quick) {
  failures = 0;
  isQuick = quick;
  char *script = readAll(SCRIPT_PATH);
  check(script != 0, "cannot read " SCRIPT_PATH, 0);
  if (!script)
    return 1;
  sqlite3 *db;
  check(!sqlite3_open(":memory:", &db), "open", db);
  int utf8 = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  sqlite3_create_function(db, "scale", 1, utf8, 0, scale, 0, 0);
  sqlite3_create_function(db, "rot13", 1, utf8, 0, rot13, 0, 0);
  sqlite3_create_function(db, "mix", 1, utf8, 0, 0, mixStep, mixFinal);
  sqlite3_create_collation(db, "reversed", SQLITE_UTF8, 0, reversed);
  run(out, db, script);
  sqlite3_update_hook(db, onUpdate, out);
  capi(out, db);
  sqlite3_update_hook(db, 0, 0);
  check(sqlite3_close(db) == SQLITE_OK, "close", 0);
  if (!quick)
    onDisk(out);
  free(script);
  fprintf(out, "sqlite: %d failures\n", failures);
  return failures != 0;
}
