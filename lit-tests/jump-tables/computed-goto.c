// Labels as values: addresses, and distances between labels that the assembler
// computed and that have no relocation.
// REQUIRES: gcc, clang
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: for cc in %cc %clang; do for pic in -fPIC -fno-pic; do for level in -O0 -O2 -O3 -Os; do \
// RUN:   $cc $level $pic -w -c %s -o case.o && \
// RUN:   for entry in auto nop; do \
// RUN:     %hotpad rewrite --entry=$entry case.o -o hot.o && %hotpad check --quiet hot.o && \
// RUN:     if [ $pic = -fPIC ]; then link=-pie; else link=-no-pie; fi && \
// RUN:     %cc $link hot.o -o new && ./new || exit 1; \
// RUN:   done || exit 1; \
// RUN: done; done; done
static int byAddress(const char *code) {
  static const void *const table[] = {&&stop, &&inc, &&dec, &&mul, &&loop};
  int value = 0, rounds = 3;
  const char *start = code;
  goto *table[*code++ - '0'];
inc: value++; goto *table[*code++ - '0'];
dec: value -= 2; goto *table[*code++ - '0'];
mul: value *= 3; goto *table[*code++ - '0'];
loop: if (--rounds) code = start; goto *table[*code++ - '0'];
stop: return value;
}
static int byDistance(const char *code) {
  static const int table[] = {&&stop - &&inc, &&inc - &&inc, &&dec - &&inc, &&mul - &&inc, &&loop - &&inc};
  int value = 0, rounds = 3;
  const char *start = code;
  goto *(&&inc + table[*code++ - '0']);
inc: value++; goto *(&&inc + table[*code++ - '0']);
dec: value -= 2; goto *(&&inc + table[*code++ - '0']);
mul:
  for (int i = 0; i < 3; i++)
    for (volatile int j = 0; j < 4; j++)
      value += i == 2 && j == 3 ? value : 0;
  goto *(&&inc + table[*code++ - '0']);
loop: if (--rounds) code = start; goto *(&&inc + table[*code++ - '0']);
stop: return value;
}
int main(void) {
  // ((1 + 1 - 2) ...): ++ ++ *3 -2, three times from the start's value
  int expected = 0;
  for (int i = 0; i < 3; i++)
    expected = (expected + 2) * 3 - 2;
  if (byAddress("11324" "0") != expected)
    return 1;
  return byDistance("1112" "40") == (1 + 1 + 1 - 2) * 3 ? 0 : 2;
}
