// A library to preload: interrupts the program again and again and walks up from
// where it was in two ways, by its unwinding tables and by the frame pointers that
// it keeps. Both must find the same callers. Interrupts by a timer (SAMPLE=timer),
// or after every single instruction (SAMPLE=step). Prints what it found to the
// file that SAMPLE_REPORT names. COPIES=0x...: where copied code begins, from the
// start of the image.
#define _GNU_SOURCE
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unwind.h>

#ifdef __x86_64__
enum { kPc = REG_RIP, kFrame = REG_RBP, kStack = REG_RSP };
#define readFlags __builtin_ia32_readeflags_u64
#define writeFlags __builtin_ia32_writeeflags_u64
#else
enum { kPc = REG_EIP, kFrame = REG_EBP, kStack = REG_ESP };
#define readFlags __builtin_ia32_readeflags_u32
#define writeFlags __builtin_ia32_writeeflags_u32
#endif
enum { kDeepest = 64 };

static uintptr_t imageBase, imageEnd, copies;
static int timed;
static volatile int ended;
static struct { unsigned samples, inCopies, framed, unframed, unknown, differ; } seen;

struct Walk {
  uintptr_t pc, places[kDeepest];
  uintptr_t top; // where the frame of places[0] begins: behind its return address
  int count, done;
};

static int isInImage(uintptr_t pc) { return pc >= imageBase && pc < imageEnd; }

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *data) {
  struct Walk *walk = data;
  uintptr_t pc = _Unwind_GetIP(context);
  if (walk->count == 0 && pc != walk->pc)
    return _URC_NO_REASON; // the handler, and what called it
  // What the unwinder has at hand is the end of the frame below.
  if (walk->count == 1 && walk->top == 0)
    walk->top = _Unwind_GetCFA(context);
  if (!isInImage(pc) || walk->count == kDeepest) {
    walk->done = 1;
    return _URC_NORMAL_STOP;
  }
  walk->places[walk->count++] = pc;
  return _URC_NO_REASON;
}

static int walkFrames(uintptr_t pc, uintptr_t frame, uintptr_t stack, uintptr_t *places) {
  int count = 0;
  while (isInImage(pc) && count != kDeepest) {
    places[count++] = pc;
    if (frame < stack || frame > stack + (1 << 20) || frame % sizeof frame)
      break;
    pc = ((uintptr_t *)frame)[1];
    stack = frame;
    frame = *(uintptr_t *)frame;
  }
  return count;
}

static void interrupt(int number, siginfo_t *info, void *data) {
  (void)number, (void)info;
  greg_t *registers = ((ucontext_t *)data)->uc_mcontext.gregs;
  uintptr_t pc = registers[kPc], frame = registers[kFrame];
  if (ended)
    registers[REG_EFL] &= ~0x100;
  if (ended || !isInImage(pc))
    return;
  struct Walk walk = {.pc = pc};
  _Unwind_Backtrace(step, &walk);
  uintptr_t places[kDeepest];
  int count = walkFrames(pc, frame, registers[kStack], places);
  seen.samples++;
  seen.inCopies += copies != 0 && pc >= imageBase + copies;
  if (!walk.done) { // code without unwinding information: .init, the stubs of crt1.o
    seen.unknown++;
    return;
  }
  // Before a function has its frame pointer, and after, it is its caller's: the
  // place in the caller is not found by it.
  int hasFrame = walk.top == frame + 2 * sizeof frame;
  int skipped = hasFrame ? 0 : 1;
  int agrees;
  if (!hasFrame && walk.count == 1)
    agrees = 1; // called from outside
  else
    agrees = count == walk.count - skipped && places[0] == walk.places[0] &&
             !memcmp(places + 1, walk.places + 1 + skipped, (count - 1) * sizeof *places);
  hasFrame ? seen.framed++ : seen.unframed++;
  if (!agrees && seen.differ++ < 5)
    fprintf(stderr, "at %#lx: %d places by tables, %d by frame pointers (%sframe)\n",
            (long)(pc - imageBase), walk.count, count, hasFrame ? "" : "no ");
}

static int findProgram(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size, (void)data;
  imageBase = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_LOAD)
      imageEnd = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
  return 1; // the program comes first
}

__attribute__((constructor)) static void begin(void) {
  const char *how = getenv("SAMPLE"), *where = getenv("COPIES");
  if (!how)
    return;
  unsetenv("LD_PRELOAD");
  copies = where ? strtoul(where, 0, 0) : 0;
  timed = !strcmp(how, "timer");
  dl_iterate_phdr(findProgram, 0);
  struct sigaction action = {.sa_sigaction = interrupt, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(timed ? SIGPROF : SIGTRAP, &action, 0);
  struct itimerval often = {{0, 1000}, {0, 1000}};
  if (timed)
    setitimer(ITIMER_PROF, &often, 0);
  else
    writeFlags(readFlags() | 0x100) /* the trap flag */;
}

__attribute__((destructor)) static void end(void) {
  const char *report = getenv("SAMPLE_REPORT");
  if (!report)
    return;
  if (timed) {
    struct itimerval never = {0};
    setitimer(ITIMER_PROF, &never, 0);
  } else {
    ended = 1;
  }
  FILE *file = fopen(report, "w");
  fprintf(file, "samples %u differ %u copies %u framed %u unframed %u unknown %u\n", seen.samples,
          seen.differ, seen.inCopies, seen.framed, seen.unframed,
          seen.unknown);
  fclose(file);
}
