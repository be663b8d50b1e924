// A small SQL shell for the demo, linked with libsqlite3.a.
//
//   sqlshell [FILE]   runs the statements of FILE, or of stdin, on an in-memory
//                     database and prints each row on a line
//
// Statements may span lines; results are flushed after each line, so that a
// program at the other end of a pipe can ask and wait for the answer.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What replace.py puts in the place of sqlite3_libversion() while this runs.
__attribute__((used, noinline)) const char *demo_libversion(void) {
  return "patched while it ran";
}

static int printRow(void *out, int columns, char **values, char **names) {
  (void)names;
  for (int i = 0; i < columns; i++)
    fprintf(out, "%s%s", i ? " | " : "", values[i] ? values[i] : "NULL");
  fputc('\n', out);
  return 0;
}

int main(int argc, char **argv) {
  FILE *in = argc > 1 ? fopen(argv[1], "r") : stdin;
  sqlite3 *db;
  if (!in || sqlite3_open(":memory:", &db) != SQLITE_OK) {
    fprintf(stderr, "sqlshell: cannot open %s\n", argc > 1 ? argv[1] : "db");
    return 2;
  }
  char line[4096];
  char *statement = strdup("");
  int status = 0;
  while (fgets(line, sizeof line, in)) {
    statement = realloc(statement, strlen(statement) + strlen(line) + 1);
    strcat(statement, line);
    if (!sqlite3_complete(statement))
      continue;
    char *error = 0;
    if (sqlite3_exec(db, statement, printRow, stdout, &error) != SQLITE_OK) {
      printf("error: %s\n", error);
      sqlite3_free(error);
      status = 1;
    }
    fflush(stdout);
    *statement = 0;
  }
  free(statement);
  sqlite3_close(db);
  return status;
}
