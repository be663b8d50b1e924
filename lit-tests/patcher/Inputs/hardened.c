// Linked with another program, this makes its process as its only argument says:
//   filter   it may not make memory executable (seccomp)
//   mdwe     the same by prctl(PR_SET_MDWE); without a kernel that knows it, filter
//   full     no memory is free within 2 GB of the program
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif
static void filter(void) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
static void full(void) {
  const uintptr_t reach = 5ul << 29, step = 1 << 16;
  const uintptr_t here = (uintptr_t)full & -step;
  for (uintptr_t size = 1 << 28; size >= 1 << 14; size /= 2)
    for (uintptr_t at = here > reach ? here - reach : step; at < here + reach; at += size)
      mmap((void *)at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
}
__attribute__((constructor)) static void harden(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "";
  if (!strcmp(how, "full"))
    full();
  if (!strcmp(how, "filter") || (!strcmp(how, "mdwe") && prctl(PR_SET_MDWE, 1, 0, 0, 0)))
    filter();
}
