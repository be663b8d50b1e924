// A thread waits in a system call directly before f, into which it would go on. (It
// makes 8 bytes, so that 6 bytes of padding and no more are put before f.)
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
void *waits(void *);
int f(int);
__asm__(".text\n"
        ".globl waits, f\n"
        ".type waits, @function\n"
        ".type f, @function\n"
        "waits: movl $34, %eax\n" // pause
        "cld\n"
        "syscall\n"
        ".size waits, . - waits\n"
        "f: movl %edi, %eax\n"
        "addl $1, %eax\n"
        "ret\n"
        ".size f, . - f\n");
int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, waits, 0);
  usleep(100000);
  char line[100];
  while (fgets(line, sizeof line, stdin)) {
    printf("%d\n", f(41));
    fflush(stdout);
  }
  _exit(0);
}
