// libc.a at work in a static program: every string function against a plain
// loop for many sizes and alignments (through the IFUNCs that this processor,
// or GLIBC_TUNABLES, selects), stdio both ways, sorting, memory, regular
// expressions, wide characters, time, numbers, jumps, signals, threads.
#define _GNU_SOURCE
#include "workload.h"
#include <argz.h>
#include <arpa/inet.h>
#include <complex.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <fnmatch.h>
#include <ftw.h>
#include <getopt.h>
#include <glob.h>
#include <inttypes.h>
#include <langinfo.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <math.h>
#include <monetary.h>
#include <poll.h>
#include <pthread.h>
#include <regex.h>
#include <search.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>
#include <wordexp.h>

static int failures;
static void check(int ok, const char *what, long detail) {
  if (!ok && failures++ < 20)
    fprintf(stderr, "libc: %s (%ld)\n", what, detail);
}

static unsigned state;
static unsigned next(void) {
  return state = state * 1664525 + 1013904223, state >> 8;
}

static int sign(long n) { return n > 0 ? 1 : n < 0 ? -1 : 0; }

// Calls go through volatile pointers, or the compiler would open-code them.
#define VIA(f) (*(__typeof__(&f) volatile[]){f})

// --- strings -------------------------------------------------------------

enum { arena = 3 * 4096 };
static unsigned char *a, *b, *expected; // Each ends at an unreadable page.

static unsigned char *guarded(void) {
  char *m = mmap(0, arena + 4096, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(m + arena, 4096, PROT_NONE);
  return (unsigned char *)m;
}

static void memoryFunctions(size_t n, size_t at, size_t to) {
  long detail = n * 10000 + at * 100 + to;
  unsigned char *p = a + arena - n - at, *q = b + arena - n - to;
  for (size_t i = 0; i < n; i++)
    p[i] = next();
  memset(b, 0x55, arena);
  memset(expected, 0x55, arena);
  unsigned char *e = expected + (q - b);
  for (size_t i = 0; i < n; i++)
    e[i] = p[i];
  check(VIA(memcpy)(q, p, n) == q && !memcmp(b, expected, arena), "memcpy",
        detail);
  memset(q, 1, n);
  check(VIA(mempcpy)(q, p, n) == q + n && !memcmp(b, expected, arena),
        "mempcpy", detail);
  check(VIA(memcmp)(p, q, n) == 0 && VIA(bcmp)(p, q, n) == 0, "memcmp", detail);
  if (n) {
    size_t k = next() % n;
    q[k] ^= 0x80;
    check(sign(VIA(memcmp)(p, q, n)) == (p[k] < q[k] ? -1 : 1),
          "memcmp differs", detail);
    check(VIA(bcmp)(p, q, n) != 0, "bcmp", detail);
    // Overlapping, both directions.
    size_t shift = 1 + next() % 40;
    if (shift < (size_t)(q - b)) {
      memcpy(q, p, n);
      VIA(memmove)(q - shift, q, n);
      check(!memcmp(q - shift, p, n), "memmove down", detail);
      VIA(memmove)(q, q - shift, n);
      check(!memcmp(q, p, n), "memmove up", detail);
    }
    int c = p[k];
    size_t first = 0, last = n - 1;
    while (p[first] != c)
      first++;
    while (p[last] != c)
      last--;
    check(VIA(memchr)(p, c, n) == p + first, "memchr", detail);
    check(VIA(memrchr)(p, c, n) == p + last, "memrchr", detail);
    check(VIA(rawmemchr)(p, c) == p + first, "rawmemchr", detail);
    size_t length = n - first < 3 ? n - first : 3;
    check(VIA(memmem)(p, n, p + first, length) != 0, "memmem", detail);
  }
  memset(b, 0x55, arena);
  check(VIA(memset)(q, 0xc3, n) == q, "memset", detail);
  for (size_t i = 0; i < n; i++)
    if (q[i] != 0xc3)
      check(0, "memset value", detail);
  check(q == b || q[-1] == 0x55, "memset before", detail);
  check(to == 0 || q[n] == 0x55, "memset behind", detail);
  VIA(memset)(p, 0, n);
  check(!VIA(memchr)(p, 1, n), "memchr nothing", detail);
}

static void stringFunctions(size_t n, size_t at, size_t to) {
  long detail = n * 10000 + at * 100 + to;
  char *p = (char *)a + arena - n - 1 - at, *q = (char *)b + arena - n - 1 - to;
  for (size_t i = 0; i < n; i++)
    p[i] = 'a' + next() % 20;
  p[n] = 0;
  check(VIA(strlen)(p) == n && VIA(strnlen)(p, n + 5) == n &&
            VIA(strnlen)(p, n / 2) == n / 2,
        "strlen", detail);
  check(VIA(strcpy)(q, p) == q && !memcmp(p, q, n + 1), "strcpy", detail);
  check(VIA(stpcpy)(q, p) == q + n && !memcmp(p, q, n + 1), "stpcpy", detail);
  check(VIA(strcmp)(p, q) == 0 && VIA(strncmp)(p, q, n + 9) == 0, "strcmp",
        detail);
  check(VIA(strcasecmp)(p, q) == 0 && VIA(strncasecmp)(p, q, n) == 0,
        "strcasecmp", detail);
  check(VIA(strchr)(p, 0) == p + n && VIA(strchrnul)(p, '~') == p + n &&
            !VIA(strchr)(p, '~') && !VIA(strrchr)(p, '~'),
        "strchr", detail);
  if (n) {
    size_t k = next() % n;
    char old = q[k];
    q[k] = old - 32;
    check(VIA(strcasecmp)(p, q) == 0, "strcasecmp mixed", detail);
    check(sign(VIA(strcmp)(p, q)) == 1 && sign(VIA(strcmp)(q, p)) == -1,
          "strcmp differs", detail);
    check(sign(VIA(strncmp)(p, q, k + 1)) == 1 && VIA(strncmp)(p, q, k) == 0,
          "strncmp", detail);
    check(VIA(strchr)(q, q[k]) == q + k && VIA(strrchr)(q, q[k]) == q + k,
          "strchr found", detail);
    char set[3] = {old - 32, '!', 0};
    check(VIA(strcspn)(q, set) == k && VIA(strpbrk)(q, set) == q + k, "strcspn",
          detail);
    check(VIA(strspn)(q, "abcdefghijklmnopqrst") == k, "strspn", detail);
    check(VIA(strstr)(q, q + k) == q + k && VIA(strcasestr)(q, set) == 0,
          "strstr", detail);
    VIA(strncpy)(q, p, k);
    check(!memcmp(q, p, k), "strncpy", detail);
    q[k] = 0;
    check(VIA(strcat)(q, p + k) == q && !strcmp(p, q), "strcat", detail);
    q[k] = 0;
    VIA(strncat)(q, p + k, n - k);
    check(!strcmp(p, q), "strncat", detail);
    check(VIA(stpncpy)(q, p, n) == q + n, "stpncpy", detail);
  }
}

static void wideFunctions(size_t n, size_t at) {
  wchar_t *p = (wchar_t *)(a + arena) - n - 1 - at,
          *q = (wchar_t *)(b + arena) - n - 1;
  for (size_t i = 0; i < n; i++)
    p[i] = 0x100 + next() % 5000;
  p[n] = 0;
  check(VIA(wcslen)(p) == n && VIA(wcsnlen)(p, n + 3) == n, "wcslen", n);
  VIA(wcscpy)(q, p);
  check(!VIA(wcscmp)(p, q) && !VIA(wcsncmp)(p, q, n + 1) &&
            !VIA(wmemcmp)(p, q, n),
        "wcscmp", n);
  if (n) {
    size_t k = next() % n;
    q[k] = 7;
    check(VIA(wcschr)(q, 7) == q + k && VIA(wcsrchr)(q, 7) == q + k &&
              VIA(wmemchr)(q, 7, n) == q + k,
          "wcschr", n);
    check(VIA(wcscmp)(p, q) > 0 && VIA(wmemcmp)(q, p, n) < 0, "wcscmp differs",
          n);
  }
  VIA(wmemset)(q, 9, n);
  for (size_t i = 0; i < n; i++)
    check(q[i] == 9, "wmemset", n);
}

static void strings(FILE *out, int quick) {
  if (!a)
    a = guarded(), b = guarded(), expected = guarded();
  int count = 0;
  for (size_t n = 0; n < 4200; n += n < 300 ? (quick ? 17 : 1)
                                    : quick ? 1300
                                            : 61)
    for (size_t k = 0; k < 5; k++) {
      size_t at = next() % 70, to = next() % 70;
      memoryFunctions(n, at * !!k, to * (k > 1));
      stringFunctions(n, at * !!k, to * (k > 1));
      if (n < 1000)
        wideFunctions(n, at);
      count++;
    }
  // Copies so large that they take the non-temporal way.
  size_t big = quick ? 100000 : 6 << 20;
  char *x = malloc(big), *y = malloc(big + 64);
  for (size_t i = 0; i < big; i++)
    x[i] = i * 7 / 3;
  VIA(memcpy)(y + 5, x, big);
  check(!memcmp(x, y + 5, big), "memcpy big", big);
  VIA(memmove)(y + 37, y + 5, big - 32);
  check(!memcmp(x, y + 37, big - 32), "memmove big", big);
  free(x), free(y);
  char tokens[] = "one, two;;three", *save, *line = tokens;
  for (char *t = strtok_r(tokens, ",; ", &save); t;
       t = strtok_r(0, ",; ", &save))
    fprintf(out, "%s.", t);
  char sep[] = "a:b::c";
  line = sep;
  for (char *t; (t = strsep(&line, ":"));)
    fprintf(out, "%s/", t);
  char path[] = "/usr/lib/file.c", path2[] = "/usr/lib/file.c", fry[] = "abc";
  fprintf(out, " %d %s %s %s %s %d\n", count, basename(path), dirname(path2),
          strerror(ENOENT), strsignal(SIGSEGV), strverscmp("a9", "a10"));
  check(strcoll("a", "b") < 0 && memfrob(fry, 3) && fry[0] == ('a' ^ 42),
        "others", 0);
}

// --- printf and scanf ------------------------------------------------------

static void format(FILE *out) {
  fprintf(out,
          "%d %5d %-5d| %05d %+d %x %#X %o %u %ld %lld %hhd %zu %jd %c %s %.3s "
          "%10s|%-10s|%%\n",
          -1, 42, 42, 42, 42, 255, 255, 8, 3000000000u, LONG_MIN, LLONG_MAX,
          300, sizeof(int), (intmax_t)-9, 'c', "str", "truncate", "right",
          "left");
  fprintf(out,
          "%f %.0f %e %g %G %a %10.3f|%-10.2e|%+.1f %Lf %Lg %f %f %.20g %'d\n",
          3.14159, 2.5, 12345.678, 1e-5, 1e20, 1.0, 2.71828, 1234.5, 9.99, 1.5L,
          1e4000L, INFINITY, -NAN, 0.1, 1234567);
  fprintf(out, "%1$s %2$d %1$s %3$*4$d %5$ls %6$lc\n", "pos", 7, 9, 5, L"wide",
          (wint_t)L'w');
  char s[64], *heap;
  int n = 0;
  check(snprintf(s, 5, "%s", "longer") == 6 && !strcmp(s, "long"), "snprintf",
        0);
  check(asprintf(&heap, "%0*d|%.*s%n", 8, 77, 2, "abcd", &n) == 11, "asprintf",
        n);
  errno = 0;
  fprintf(out, "%s %d %m\n", heap, n);
  free(heap);
  int i, k;
  long l;
  double d;
  float f;
  char w[20], set[20], *allocated;
  wchar_t wide[20];
  int got = sscanf("12 0x1f -7 3.5e2 1.25 word [set] heap wide",
                   "%d %i %ld %lf %f %19s [%19[a-z]] %ms %ls", &i, &k, &l, &d,
                   &f, w, set, &allocated, wide);
  fprintf(out, "%d: %d %d %ld %g %g %s %s %s %ls\n", got, i, k, l, d, f, w, set,
          allocated, wide);
  free(allocated);
  fprintf(out, "%ld %lu %lld %d %g %g %Lg %d %d\n", strtol("-0x7f", 0, 16),
          strtoul("0777", 0, 0), strtoll("zz", 0, 36), atoi(" 42x"),
          strtod("0x1.8p1", 0), strtod("1e-320", 0), strtold("1.1", 0),
          (errno = 0, strtol("99999999999999999999", 0, 10), errno == ERANGE),
          isnan(strtod("nan(1)", 0)));
  static const double hard[] = {0.1, 2.2250738585072014e-308, 4.9e-324,
                                1.7976931348623157e308, 9007199254740993.0};
  for (size_t j = 0; j < 5; j++) {
    snprintf(s, sizeof s, "%.17g", hard[j]);
    check(strtod(s, 0) == hard[j], "strtod", j);
    fprintf(out, "%s %s ", s, gcvt(hard[j], 10, w));
  }
  int point, negative;
  const char *digits = ecvt(-123.456, 5, &point, &negative);
  fprintf(out, "%s %d\n", digits, point + negative);
}

// --- files -----------------------------------------------------------------

static ssize_t cookieWrite(void *count, const char *p, size_t n) {
  *(int *)count += n * p[0];
  return n;
}

static void files(FILE *out) {
  char dir[] = "/tmp/hotpad-libc-XXXXXX", name[64], line[200];
  check(mkdtemp(dir) != 0, "mkdtemp", errno);
  snprintf(name, sizeof name, "%s/file", dir);
  FILE *f = fopen(name, "w+");
  setvbuf(f, 0, _IOFBF, 333);
  for (int i = 0; i < 500; i++)
    fprintf(f, "%d line\n", i);
  fputs("end", f), fputc('!', f), putw(77, f), ungetc('x', f);
  rewind(f);
  int sum = 0, n, count = 0;
  while (fscanf(f, "%d line\n", &n) == 1)
    sum += n, count++;
  fseek(f, 20, SEEK_SET);
  check(fgets(line, sizeof line, f) && ftell(f) > 20, "fgets", 0);
  fpos_t pos;
  fgetpos(f, &pos);
  char *heap = 0;
  size_t size = 0;
  check(getline(&heap, &size, f) > 0 && getdelim(&heap, &size, 'e', f) > 0,
        "getline", 0);
  fsetpos(f, &pos);
  check(fread(line, 7, 3, f) == 3, "fread", 0);
  fprintf(out, "%d %d %.5s %d\n", sum, count, line, feof(f));
  fclose(f);
  free(heap);
  f = fopen(name, "r+b");
  fwrite("XYZ", 1, 3, f);
  fseek(f, -4, SEEK_END);
  check(getw(f) == 77, "getw", 0);
  check(fgetc(f) == EOF && feof(f), "eof", 0);
  freopen(name, "a", f);
  fputs("more", f);
  fclose(f);
  struct stat st;
  check(!stat(name, &st) && S_ISREG(st.st_mode), "stat", 0);
  char copy[70];
  snprintf(copy, sizeof copy, "%s.2", name);
  check(!link(name, copy) && !unlink(name) && !rename(copy, name) &&
            !chmod(name, 0600) && !access(name, R_OK),
        "link", errno);
  int fd = open(name, O_RDWR);
  struct iovec v[2] = {{line, 5}, {line + 5, 5}};
  check(readv(fd, v, 2) == 10 && lseek(fd, 0, SEEK_CUR) == 10 &&
            pread(fd, line, 3, 0) == 3,
        "readv", 0);
  char *map = mmap(0, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
  fprintf(out, "%ld %.3s %.4s\n", (long)st.st_size, map, map + st.st_size - 4);
  munmap(map, st.st_size);
  check(!ftruncate(fd, 5) && !fstat(fd, &st) && st.st_size == 5, "ftruncate",
        0);
  close(fd);
  DIR *d = opendir(dir);
  count = 0;
  while (readdir(d))
    count++;
  closedir(d);
  glob_t g;
  snprintf(line, sizeof line, "%s/f*[a-f]", dir);
  check(count == 3 && !glob(line, 0, 0, &g) && g.gl_pathc == 1, "glob", count);
  globfree(&g);
  unlink(name), rmdir(dir);
  // Streams over memory, over functions, over a pipe.
  char *text;
  f = open_memstream(&text, &size);
  fprintf(f, "%s %d", "memory", 5);
  fclose(f);
  f = fmemopen(text, size, "r");
  check(fscanf(f, "%*s %d", &n) == 1 && n == 5, "fmemopen", n);
  fclose(f), free(text);
  count = 0;
  f = fopencookie(&count, "w", (cookie_io_functions_t){.write = cookieWrite});
  fputs("cookie", f), fclose(f);
  fflush(out);
  f = popen("echo from the shell; exit 3", "r");
  check(fgets(line, sizeof line, f) != 0, "popen", 0);
  n = pclose(f);
  fprintf(out, "%d %s %d\n", count, strtok(line, "\n"), WEXITSTATUS(n));
  int two[2];
  check(!socketpair(AF_UNIX, SOCK_STREAM, 0, two), "socketpair", errno);
  send(two[0], "hello", 5, 0);
  struct pollfd p = {two[1], POLLIN, 0};
  check(poll(&p, 1, 1000) == 1 && recv(two[1], line, 9, 0) == 5, "poll", 0);
  close(two[0]), close(two[1]);
}

// --- sorting, searching, memory ----------------------------------------------

static int compareInts(const void *x, const void *y) {
  return sign((long)*(const int *)x - *(const int *)y);
}
static int compareWith(const void *x, const void *y, void *calls) {
  ++*(int *)calls;
  return compareInts(y, x);
}
static int visited;
static void visit(const void *node, VISIT v, int depth) {
  (void)depth;
  if (v == postorder || v == leaf)
    visited = visited * 31 + **(int *const *)node;
}
static void nothing(void *p) { (void)p; }

static void sorting(FILE *out, int n) {
  int *v = malloc(n * sizeof *v), calls = 0;
  for (int i = 0; i < n; i++)
    v[i] = next() % 10000;
  qsort(v, n, sizeof *v, compareInts);
  for (int i = 1; i < n; i++)
    check(v[i - 1] <= v[i], "qsort", i);
  check(bsearch(v + n / 2, v, n, sizeof *v, compareInts) != 0, "bsearch", 0);
  qsort_r(v, n, sizeof *v, compareWith, &calls);
  check(v[0] >= v[n - 1] && calls >= n - 1, "qsort_r", calls);
  struct {
    char name[40];
    int k;
  } *big = malloc(
      200 * sizeof *big); // Elements so large that they are sorted by pointer.
  for (int i = 0; i < 200; i++)
    snprintf(big[i].name, 40, "%05u", next() % 99999);
  qsort(big, 200, sizeof *big, (int (*)(const void *, const void *))strcmp);
  check(strcmp(big[0].name, big[199].name) < 0, "qsort by name", 0);
  void *tree = 0;
  visited = 0;
  for (int i = 0; i < 100; i++)
    tsearch(v + i, &tree, compareInts);
  tdelete(v + 5, &tree, compareInts);
  twalk(tree, visit);
  tdestroy(tree, nothing);
  hcreate(50);
  for (int i = 0; i < 30; i++)
    hsearch((ENTRY){big[i].name, v + i}, ENTER);
  check(hsearch((ENTRY){big[7].name, 0}, FIND) != 0, "hsearch", 0);
  hdestroy();
  srandom(7), srand48(9);
  unsigned short seed[3] = {1, 2, 3};
  fprintf(out, "%d %d %ld %ld %.6f %d\n", v[0], visited, random(), lrand48(),
          erand48(seed), rand_r((unsigned[]){5}));
  free(v), free(big);
}

static void allocation(FILE *out, int rounds) {
  enum { slots = 300 };
  static struct {
    unsigned char *p;
    size_t n;
  } s[slots];
  for (int i = 0; i < rounds; i++) {
    int k = next() % slots;
    for (size_t j = 0; j < s[k].n; j += 61)
      check(s[k].p[j] == (unsigned char)(k + j), "heap", k);
    size_t n =
        next() % 8 ? next() % 500 : next() % (next() % 16 ? 20000 : 300000);
    switch (next() % 5) {
    case 0:
      free(s[k].p), s[k].p = 0, n = 0;
      break;
    case 1:
      free(s[k].p), s[k].p = calloc(n + 1, 1);
      check(s[k].p[n] == 0, "calloc", n);
      break;
    case 2:
      free(s[k].p), s[k].p = memalign(64, n + 1);
      check(((uintptr_t)s[k].p & 63) == 0, "memalign", n);
      break;
    default:
      s[k].p = realloc(s[k].p, n + 1);
    }
    s[k].n = n;
    for (size_t j = 0; j < n; j += 61)
      s[k].p[j] = k + j;
  }
  for (int k = 0; k < slots; k++)
    free(s[k].p), s[k].p = 0, s[k].n = 0;
  void *p;
  check(!posix_memalign(&p, 4096, 100) && !((uintptr_t)p & 4095),
        "posix_memalign", 0);
  free(p);
  check(malloc_usable_size(p = malloc(100)) >= 100, "usable", 0);
  free(p);
  errno = 0;
  check(!VIA(malloc)(SIZE_MAX / 2 + 1) && errno == ENOMEM, "no memory", errno);
  fprintf(out, "heap %u\n", next());
}

// --- words, time, options ----------------------------------------------------

static void texts(FILE *out) {
  regex_t r;
  regmatch_t m[4];
  check(!regcomp(&r, "([a-z]+)@([a-z]+\\.(org|net))", REG_EXTENDED | REG_ICASE),
        "regcomp", 0);
  const char *s = "mail Bob@Example.ORG now";
  check(!regexec(&r, s, 4, m, 0), "regexec", 0);
  fprintf(out, "%.*s %d-%d", (int)(m[2].rm_eo - m[2].rm_so), s + m[2].rm_so,
          m[0].rm_so, m[3].rm_eo);
  regfree(&r);
  check(!regcomp(&r, "^\\(a*b\\)*\\1$", 0) && !regexec(&r, "aabaab", 0, 0, 0),
        "backreference", 0);
  regfree(&r);
  char message[50];
  regerror(regcomp(&r, "(x", REG_EXTENDED), &r, message, sizeof message);
  fprintf(out, " %s", message);
  check(!fnmatch("*.[ch]", "file.c", 0) &&
            fnmatch("*.[!c]", "file.c", FNM_PATHNAME),
        "fnmatch", 0);
  wordexp_t w;
  setenv("HOTPAD_WORD", "value", 1);
  check(!wordexp("$HOTPAD_WORD 'two words' $((3*4))", &w, 0), "wordexp", 0);
  fprintf(out, " %zu %s %s %s", w.we_wordc, w.we_wordv[0], w.we_wordv[1],
          w.we_wordv[2]);
  wordfree(&w), unsetenv("HOTPAD_WORD");
  check(!getenv("HOTPAD_WORD"), "getenv", 0);
  setlocale(LC_ALL, "C.UTF-8");
  wchar_t wide[20];
  char narrow[40];
  mbstate_t ms = {0};
  const char *from = "a\u00e4\u20ac\U0001F600";
  size_t n = mbsrtowcs(wide, &from, 20, &ms);
  check(wcstombs(narrow, wide, 40) == 10, "wcstombs", n);
  fprintf(out, " %zu %x %d %lc %d %ls\n", n, wide[2], wcwidth(wide[2]),
          towupper(0xe4), iswalpha(0xe4), wide);
  swprintf(wide, 20, L"%d|%ls", 5, L"x");
  check(!wcscmp(wide, L"5|x") && wcstol(L"99", 0, 10) == 99 &&
            btowc('a') == L'a',
        "wide", 0);
  setlocale(LC_ALL, "C");
  check(!strcmp(nl_langinfo(RADIXCHAR), "."), "nl_langinfo", 0);
  int letters = 0;
  for (int c = 0; c < 128; c++)
    letters += isalpha(c) + 2 * isdigit(c) + 3 * ispunct(c) + toupper(c) +
               (isspace(c) != 0);
  struct in_addr ip;
  char six[INET6_ADDRSTRLEN];
  struct in6_addr v6;
  inet_pton(AF_INET6, "2001:db8::0:1", &v6);
  inet_aton("192.168.1.2", &ip);
  fprintf(out, "%d %s %s %s\n", letters, inet_ntoa(ip),
          inet_ntop(AF_INET6, &v6, six, sizeof six),
          a64l("zz") ? l64a(123456) : "");

  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  char day[100];
  static const time_t times[] = {0,          951782400,  1711846799,
                                 1711846800, 2147483648, -86400 * 365L * 100};
  for (size_t i = 0; i < 6; i++) {
    struct tm t;
    localtime_r(times + i, &t);
    check(mktime(&t) == times[i], "mktime", i);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S %Z %j %U %a %p", &t);
    fprintf(out, "%s; ", day);
  }
  struct tm t = {0};
  strptime("29 Feb 2024 13:14:15", "%d %b %Y %H:%M:%S", &t);
  fprintf(out, "%ld %.24s\n", (long)timegm(&t), asctime(&t));
  unsetenv("TZ"), tzset();

  char *arguments[] = {"prog",   "-a", "-bvalue", "file",  "--long=5",
                       "--flag", "-x", "--",      "-rest", 0};
  static const struct option options[] = {
      {"long", required_argument, 0, 'L'}, {"flag", no_argument, 0, 'F'}, {0}};
  optind = 0, opterr = 0;
  for (int c; (c = getopt_long(9, arguments, "ab:", options, 0)) != -1;)
    fprintf(out, "%c=%s ", c, optarg && c != '?' ? optarg : "-");
  fprintf(out, "%s %s\n", arguments[optind], arguments[optind + 1]);
}

// --- mathematics
// ---------------------------------------------------------------

static void mathematics(FILE *out) {
  static double (*const one[])(double) = {
      sin,    cos,    tan,  asin,  acos,  atan,  sinh,  cosh,
      tanh,   exp,    exp2, log,   log2,  log10, log1p, expm1,
      sqrt,   cbrt,   ceil, floor, round, trunc, rint,  nearbyint,
      tgamma, lgamma, erf,  erfc,  j0,    y1,    fabs,  asinh};
  static float (*const oneF[])(float) = {sinf,  cosf, expf,  logf,   exp2f,
                                         log2f, tanf, sqrtf, floorf, roundf};
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    fprintf(out, "%.13g %.13g ", one[i](0.7), one[i](3.25));
  for (size_t i = 0; i < sizeof oneF / sizeof *oneF; i++)
    fprintf(out, "%.6g ", oneF[i](0.7f));
  int e, q;
  double whole;
  double s, c;
  sincos(1e22, &s, &c);
  fprintf(out, "%.13g %.13g %.13g %.13g %.13g %.13g %.13g %.13g\n",
          pow(2.5, 3.5), atan2(-1, -2), fmod(17.3, 5.1), hypot(3, 4),
          frexp(48, &e), modf(-2.75, &whole), s, c);
  double rest = remquo(17, 5, &q);
  fprintf(out, "%d %g %g %g %g %d %.13g %ld %g %.13Lg %.13Lg %d\n", e, whole,
          ldexp(0.75, 4), fma(2, 3, 4), rest, q, nextafter(1, 2) - 1,
          lrint(2.5), copysign(3, -0.0), sinl(1), powl(2, 0.5L), ilogb(1000));
  double complex z = cexp(1 + 2 * I) * csqrt(-3 + I);
  fprintf(out, "%.13g %.13g", creal(z), cimag(z));
  feclearexcept(FE_ALL_EXCEPT);
  volatile double zero = 0, r = 1 / zero;
  check(fetestexcept(FE_DIVBYZERO) && isinf(r), "fenv", 0);
  fesetround(FE_UPWARD);
  fprintf(out, " %ld", lrint(2.1));
  fesetround(FE_TONEAREST);
  fprintf(out, " %lld %d %ld\n", lldiv(-17, 5).rem, div(17, 5).quot, labs(-5));
}

// --- control flow
// ---------------------------------------------------------------

static jmp_buf jump;
static __attribute__((noinline)) int jumper(int n) {
  if (n == 0)
    longjmp(jump, 5);
  return n < 0 ? 0 : jumper(n - 1) + n;
}

static sigjmp_buf signalJump;
static volatile sig_atomic_t signals;
static void onSignal(int s) { signals = signals * 2 + s; }
#ifdef __x86_64__
enum { stackPointer = REG_RSP };
#else
enum { stackPointer = REG_ESP };
#endif
static void onInfo(int s, siginfo_t *i, void *context) {
  ucontext_t *u = context;
  signals += s == SIGUSR2 && i->si_value.sival_int == 9 &&
                     u->uc_mcontext.gregs[stackPointer] != 0
                 ? 7
                 : 1000;
}
static void onFault(int s) { siglongjmp(signalJump, s); }

static ucontext_t mainContext, other;
static int switches;
static void coroutine(int a, int b) {
  for (int i = 0; i < 3; i++) {
    switches += a * b;
    swapcontext(&other, &mainContext);
  }
}

static void control(FILE *out) {
  volatile int rounds = 0;
  int rc = setjmp(jump);
  if (rounds++ < 3)
    jumper(rounds * 5);
  fprintf(out, "longjmp %d %d", rc, rounds);
  // A handler returns through sigreturn, with and without its own stack.
  static char stack[65536], coStack[65536];
  signals = 0;
  struct sigaction act = {.sa_handler = onSignal}, old;
  sigaction(SIGUSR1, &act, &old);
  for (int i = 0; i < 4; i++)
    raise(SIGUSR1);
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, 0);
  act = (struct sigaction){.sa_sigaction = onInfo,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigaction(SIGUSR2, &act, 0);
  sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 9});
  sigset_t set, before;
  sigemptyset(&set), sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, &before);
  kill(getpid(), SIGUSR1);
  int got;
  check(sigwait(&set, &got) == 0 && got == SIGUSR1, "sigwait", got);
  sigprocmask(SIG_SETMASK, &before, 0);
  act = (struct sigaction){.sa_handler = onFault, .sa_flags = SA_ONSTACK};
  sigaction(SIGSEGV, &act, 0);
  volatile int faults = 0;
  for (volatile int i = 0; i < 3; i++)
    if (sigsetjmp(signalJump, 1) == 0)
      a[arena] = 1; // The guard page.
    else
      faults++;
  signal(SIGSEGV, SIG_DFL), sigaction(SIGUSR1, &old, 0),
      signal(SIGUSR2, SIG_DFL);
  alternate.ss_flags = SS_DISABLE;
  sigaltstack(&alternate, 0);
  fprintf(out, " signals %d faults %d", (int)signals, faults);
  switches = 0;
  getcontext(&other);
  other.uc_stack.ss_sp = coStack, other.uc_stack.ss_size = sizeof coStack,
  other.uc_link = &mainContext;
  makecontext(&other, (void (*)(void))coroutine, 2, 6, 7);
  for (int i = 0; i < 4; i++)
    swapcontext(&mainContext, &other);
  fprintf(out, " switches %d\n", switches);
}

static void processes(FILE *out) {
  int p[2], status;
  fflush(0);
  check(!pipe(p), "pipe", errno);
  pid_t child = fork();
  if (child == 0) {
    dprintf(p[1], "child %d", 6 * 7);
    _exit(7);
  }
  close(p[1]);
  char s[20] = "";
  check(read(p[0], s, 19) == 8 && waitpid(child, &status, 0) == child, "fork",
        errno);
  close(p[0]);
  child = vfork();
  if (child == 0)
    _exit(9);
  int second;
  waitpid(child, &second, 0);
  char *arguments[] = {"sh", "-c", "exit 5", 0}, *none[] = {0};
  int third = 0;
  check(!posix_spawn(&child, "/bin/sh", 0, 0, arguments, none), "posix_spawn",
        0);
  waitpid(child, &third, 0);
  fprintf(out, "%s %d %d %d %d\n", s, WEXITSTATUS(status), WEXITSTATUS(second),
          WEXITSTATUS(third), WEXITSTATUS(system("exit 4")));
}

// --- threads
// -------------------------------------------------------------------

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static long total, turns, cleaned, destroyed;
static __thread int mine = 3;
static void onceOnly(void) { turns += 1000; }
static void destroy(void *p) {
  __atomic_add_fetch(&destroyed, (long)p, __ATOMIC_RELAXED);
}
static void cleanup(void *p) { cleaned += (long)p; }

static void *worker(void *number) {
  long n = (long)number;
  pthread_setspecific(key, (void *)(n + 1));
  pthread_once(&once, onceOnly);
  pthread_barrier_wait(&barrier);
  for (int i = 0; i < 500; i++) {
    mine += n;
    pthread_mutex_lock(&mutex);
    total += n;
    pthread_mutex_unlock(&mutex);
    pthread_spin_lock(&spin);
    turns++;
    pthread_spin_unlock(&spin);
    pthread_rwlock_rdlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
  }
  sem_post(&semaphore);
  return (void *)(long)mine;
}

static void *waits(void *p) {
  pthread_cleanup_push(cleanup, (void *)5L);
  pthread_cleanup_push(cleanup, (void *)7L);
  sem_post(p);
  for (;;)
    pause();
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return 0;
}

static void *signaller(void *p) {
  pthread_mutex_lock(&mutex);
  *(int *)p = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  pthread_exit((void *)11L);
}

static void threads(FILE *out) {
  pthread_t t[4];
  void *result;
  long sum = 0;
  total = turns = cleaned = destroyed = 0;
  once = PTHREAD_ONCE_INIT;
  pthread_spin_init(&spin, 0), pthread_barrier_init(&barrier, 0, 4),
      sem_init(&semaphore, 0, 0);
  pthread_key_create(&key, destroy);
  for (long i = 0; i < 4; i++)
    check(!pthread_create(t + i, 0, worker, (void *)i), "pthread_create", i);
  for (int i = 0; i < 4; i++)
    pthread_join(t[i], &result), sum += (long)result, sem_wait(&semaphore);
  // Cancellation unwinds the stack of the thread, through its cleanups.
  pthread_create(t, 0, waits, &semaphore);
  sem_wait(&semaphore);
  pthread_cancel(t[0]);
  pthread_join(t[0], &result);
  check(result == PTHREAD_CANCELED, "pthread_cancel", 0);
  int flag = 0;
  struct timespec soon;
  pthread_mutex_lock(&mutex);
  pthread_create(t, 0, signaller, &flag);
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_sec += 20;
  while (!flag)
    if (pthread_cond_timedwait(&changed, &mutex, &soon))
      break;
  pthread_mutex_unlock(&mutex);
  pthread_join(t[0], &result);
  fprintf(out, "threads %ld %ld %ld %ld %ld %d %ld\n", total, turns, sum,
          cleaned, destroyed, flag, (long)result);
  pthread_key_delete(key), pthread_barrier_destroy(&barrier),
      sem_destroy(&semaphore);
}

int workload(FILE *out, int quick) {
  failures = 0;
  state = 1;
  strings(out, quick);
  format(out);
  sorting(out, quick ? 300 : 20000);
  allocation(out, quick ? 500 : 100000);
  texts(out);
  mathematics(out);
  control(out);
  if (!quick) {
    files(out);
    processes(out);
    threads(out);
  }
  fprintf(out, "libc: %d failures\n", failures);
  return failures != 0;
}
