// Images of GNU ld: names from the symbol table, the same functions without it.
// REQUIRES: mingw32
// RUN: %mingw32 -O1 %s -o %t.exe
// RUN: not %hotpad check --json --only='^_?(f|main)$' %t.exe | FileCheck %s
// CHECK: "functions": 2,
// CHECK: "function": "{{_?}}f"
// CHECK: "function": "{{_?}}main"
// RUN: %mingw32 -O1 -s %s -o %t.stripped.exe
// RUN: not %hotpad check %t.stripped.exe | FileCheck %s --check-prefix=STRIPPED
// STRIPPED: stripped.exe: 0/{{[1-9][0-9]*}} functions conform
__attribute__((noinline)) int f(int x) { return x + 1; }
int main(void) { return f(0); }
