// What a program for windows-msvc needs beside msvcrt.dll: its start, its
// constructors, thread-local storage, and names that MSVC links statically.
#include <stdio.h>
#include <stdlib.h>

int _fltused = 1;
#ifndef _WIN64
__asm__(".globl __tls_array\n.set __tls_array, 44\n");
#endif

// The linker sorts sections by what follows the '$'.
#pragma section(".tls", read, write)
#pragma section(".tls$ZZZ", read, write)
#pragma section(".CRT$XCA", read)
#pragma section(".CRT$XCZ", read)
#pragma section(".CRT$XLA", read)
#pragma section(".CRT$XLZ", read)
typedef void (*Constructor)(void);
#define IN(name) __declspec(allocate(name))
IN(".tls") char tlsStart = 0;
IN(".tls$ZZZ") char tlsEnd = 0;
IN(".CRT$XCA") const Constructor firstConstructor = 0;
IN(".CRT$XCZ") const Constructor lastConstructor = 0;
IN(".CRT$XLA") const Constructor firstCallback = 0;
IN(".CRT$XLZ") const Constructor lastCallback = 0;
unsigned _tls_index;
const struct {
  void *start, *end, *index;
  const void *callbacks;
  unsigned zeros, flags;
} _tls_used = {&tlsStart, &tlsEnd, &_tls_index, &firstCallback + 1, 0, 0};

// The virtual functions of std::type_info; only the address is used.
void *typeInfoTable[1];
#ifdef _WIN64
#pragma comment(linker, "/include:_tls_used")
#pragma comment(linker, "/alternatename:??_7type_info@@6B@=typeInfoTable")
#else
#pragma comment(linker, "/include:__tls_used")
#pragma comment(linker, "/alternatename:??_7type_info@@6B@=_typeInfoTable")
#endif

#undef __iob_func
FILE *__iob_func(void);
FILE *__acrt_iob_func(unsigned index) {
  return (FILE *)((char *)__iob_func() + index * (sizeof(void *) == 8 ? 48 : 32));
}

void __std_terminate(void) { abort(); }

int main(int count, char **arguments);
int __getmainargs(int *, char ***, char ***, int, int *);
void start(void) {
  int count, newMode = 0;
  char **arguments, **environment;
  for (const Constructor *at = &firstConstructor + 1; at < &lastConstructor; at++)
    if (*at)
      (*at)();
  __getmainargs(&count, &arguments, &environment, 0, &newMode);
  exit(main(count, arguments));
}
