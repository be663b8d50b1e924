// Answers each line with a sum that takes calls of many kinds; `done` is repeated.
#include <stdio.h>
#include <string.h>
__attribute__((noinline)) int even(unsigned n);
__attribute__((noinline)) int odd(unsigned n) { return n ? even(n - 1) : 0; } // tail calls
__attribute__((noinline)) int even(unsigned n) { return n ? odd(n - 1) : 1; }
__attribute__((noinline)) int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
__attribute__((noinline)) static int twice(int x) { return 2 * x; }
__attribute__((noinline)) static int negated(int x) { return -x; }
static int (*const table[])(int) = {twice, negated, fib};
__attribute__((noinline)) int dispatch(int i) { return table[i % 3](i % 10); }
__attribute__((noinline)) int never(int x) { return x + 1; }
// Flags and the red zone are alive where one function jumps into another.
int carry(unsigned x);
__asm__(".text\n.globl carry, carried\n"
        ".type carry, @function\ncarry:\n"
#ifdef __x86_64__
        "  mov %edi, -8(%rsp)\n  add $0x80000000, %edi\n  jmp carried\n"
#else
        "  mov 4(%esp), %eax\n  add $0x80000000, %eax\n  jmp carried\n"
#endif
        ".size carry, .-carry\n"
        ".type carried, @function\ncarried:\n"
        "  sbb %eax, %eax\n  neg %eax\n"
#ifdef __x86_64__
        "  add -8(%rsp), %eax\n"
#endif
        "  ret\n.size carried, .-carried\n");
int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    if (!strcmp(line, "done\n")) {
      puts("done");
    } else {
      unsigned sum = fib(15) + even(1000) + (line[0] == 'n' ? never(1) : 0);
      for (int i = 0; i < 999; i++)
        sum += dispatch(i) + carry(i % 2 ? 0x80000000 + i : i);
      printf("%u\n", sum);
    }
    fflush(stdout);
  }
}
