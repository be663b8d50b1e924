// What control.c and units.c share: two translation units of one C program.
#ifndef UNITS_H
#define UNITS_H

typedef long (*Function)(long);

extern __thread int threadLocal;       // Initial or general dynamic TLS.
extern __thread char threadBuffer[40]; // Zero-initialised.
extern int common[];                   // Big enough for the large data model.
extern const Function table[8];

long isEven(long n);
long isOdd(long n);
long variadic(const char *types, ...);
long weakDefault(long n); // Weak here and there; units.c overrides it.
long weakMissing(long n) __attribute__((weak)); // Defined nowhere.
long alias(long n);
long selected(long n); // An IFUNC.
long tlsSum(long n);
long coldPath(long n);
Function addressOf(int which);
int constructed(void);
_Noreturn void leave(long n);

#endif
