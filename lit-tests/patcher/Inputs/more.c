// What is not rewritten, beside answers.c.
__attribute__((noinline)) int plain(int x) { return x * 3; }
int (*volatile plainPointer)(int) = plain;
