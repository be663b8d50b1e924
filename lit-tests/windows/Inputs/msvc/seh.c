// Structured exceptions in C, in every shape that has a scope table: filters
// that take, refuse or resume, nested __finally, leaving a __try by return,
// __leave and goto, handlers that raise again, faults, deep unwinding, longjmp.
#include "workload.h"
#include <setjmp.h>
#include <string.h>

__declspec(dllimport) void __stdcall RaiseException(unsigned long code,
                                                    unsigned long flags,
                                                    unsigned long count,
                                                    const void *arguments);
unsigned long _exception_code(void);
void *_exception_info(void);
int _abnormal_termination(void);
#define APART __attribute__((noinline))

static char trace[4096];
APART static void note(const char *what) {
  if (strlen(trace) + strlen(what) < sizeof(trace))
    strcat(trace, what);
}

APART static int readFrom(volatile int *p) { return *p; }
APART static int raise(unsigned code) {
  note("raise ");
  RaiseException(code, 0, 0, 0);
  note("resumed ");
  return 5;
}
APART static int filter(unsigned code, unsigned wanted) {
  note(code == wanted ? "take " : "refuse ");
  return code == wanted;
}

APART static int fault(volatile int *p) {
  __try {
    return readFrom(p);
  } __except (filter(_exception_code(), 0xC0000005)) {
    return -1;
  }
}

APART static int nested(int which) {
  int result = 1;
  __try {
    __try {
      result += raise(0xE0000000 + which);
    } __except (filter(_exception_code(), 0xE0000001)) {
      result += 10;
    }
    __try {
      result *= 3;
      result += raise(0xE0000002 + which);
    } __except (filter(_exception_code(), 0xE0000003)) {
      result += 100;
      result += raise(0xE0000009);
    }
  } __except (_exception_info() != 0) {
    result += 1000 + (_exception_code() & 15);
  }
  return result;
}

APART static int cleanup(int how) {
  volatile int n = how;
  __try {
    __try {
      __try {
        if (how == 1)
          raise(0xE0000004);
        if (how == 2)
          return n + 7;
        if (how == 3)
          __leave;
        if (how == 4)
          goto out;
        n += 50;
      } __finally {
        note(_abnormal_termination() ? "inner! " : "inner ");
        n++;
      }
      note("between ");
    } __finally {
      note(_abnormal_termination() ? "outer! " : "outer ");
      n += 2;
    }
  } __except (1) {
    note("handler ");
    return -n;
  }
  return n;
out:
  note("out ");
  return n + 1000;
}

APART static int resume(void) {
  __try {
    return raise(0xE0000005) + raise(0xE0000006);
  } __except (note("resume "), -1) {
    return 0;
  }
}

APART static int deep(int n, volatile int *p) {
  int sum = n;
  __try {
    sum += n ? deep(n - 1, p) : readFrom(p);
  } __finally {
    note(n & 1 ? "odd " : "even ");
  }
  return sum;
}
APART static int around(volatile int *p) {
  int last = 0;
  for (int i = 0; i < 12; i += 3)
    __try {
      last += deep(i, p);
    } __except (1) {
      last -= i;
      continue;
    }
  return last;
}

APART static int table(int n) { // A jump table between scopes.
  int result = 0;
  __try {
    switch (n) {
    case 0:
      result = raise(0xE0000007);
      break;
    case 1:
      result = fault(&n);
      break;
    case 2:
      note("two ");
      result = 22;
      break;
    case 3:
      result = cleanup(1);
      break;
    case 4:
      result = raise(0xE0000008) + 4;
      break;
    case 5:
      result = nested(0);
      break;
    default:
      result = n;
    }
  } __except (_exception_code() == 0xE0000007) {
    result = 70;
  }
  return result;
}
APART static int tables(int n) {
  __try {
    return table(n);
  } __except (1) {
    return -2;
  }
}

static jmp_buf target;
APART static void jumpAway(int n) {
  char room[200];
  memset(room, n, sizeof(room));
  longjmp(target, room[n] + 1);
}
APART static int jumps(int n) {
  volatile int count = 0;
  int rc = setjmp(target);
  if (rc < 4 && count < 5) {
    count++;
    jumpAway(n + count);
  }
  return rc * 10 + count;
}

int workload(FILE *out, int quick) {
  (void)quick;
  int value = 33;
  trace[0] = 0;
  fprintf(out, "fault %d %d\n", fault(&value), fault(0));
  for (int i = -1; i < 4; i++) {
    trace[0] = 0;
    int result = nested(i);
    fprintf(out, "nested %d %s\n", result, trace);
  }
  for (int i = 0; i < 5; i++) {
    trace[0] = 0;
    int result = cleanup(i);
    fprintf(out, "cleanup %d %s\n", result, trace);
  }
  for (int i = 0; i < 7; i++) {
    trace[0] = 0;
    int result = tables(i);
    fprintf(out, "table %d %s\n", result, trace);
  }
  trace[0] = 0;
  int resumed = resume();
  fprintf(out, "resume %d %s\n", resumed, trace);
  trace[0] = 0;
  int good = around(&value);
  int bad = around(0);
  fprintf(out, "deep %d %d %s\n", good, bad, trace);
  fprintf(out, "jumps %d\n", jumps(2));
  return 0;
}
