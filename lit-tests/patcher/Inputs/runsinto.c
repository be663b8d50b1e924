// intoH(x) runs through the padding before h into h(x + 1000).
#include <stdio.h>
int h(int x), intoH(int x);
__asm__(".text\n.p2align 4\n.globl intoH, h\n"
        ".type intoH, @function\nintoH:\n  add $1000, %edi\n.size intoH, .-intoH\n"
        ".type h, @function\nh:\n  lea 1(%rdi), %eax\n  ret\n.size h, .-h\n");
int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    printf("%d %d\n", h(2), intoH(2));
    fflush(stdout);
  }
}
