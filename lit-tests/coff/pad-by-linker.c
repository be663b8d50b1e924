// The linker makes the pads of functions with a section of their own, of objects
// that say so; hotpad makes those of the others.
// RUN: %clang --target=x86_64-windows-msvc -O1 -c %s -o %t.shared.o
// RUN: %clang --target=x86_64-windows-msvc -O1 -ffunction-sections -c %s -o %t.own.o
// RUN: %rewrite --pad-by=linker %t.shared.o -o %t.shared.hot.o
// RUN: %rewrite --pad-by=linker %t.own.o -o %t.own.hot.o

/// The flag is set in the record that clang writes.
// RUN: llvm-readobj --codeview %t.own.o | FileCheck %s --check-prefix=BEFORE
// RUN: llvm-readobj --codeview %t.own.hot.o | FileCheck %s --check-prefix=FLAG
// BEFORE-NOT: HotPatch
// FLAG: Kind: S_COMPILE3
// FLAG: HotPatch (0x4000)
// FLAG: VersionName: {{.*}}clang

/// No byte is inserted before functions that begin a section.
// RUN: llvm-objdump -d %t.own.hot.o | FileCheck %s --check-prefix=CODE
// CODE: 0000000000000000 <one>:
// CODE: 0000000000000000 <two>:
// CODE: 0000000000000000 <start>:

/// In the object it is the linker's turn; in the image all is there.
// RUN: %hotpad check --pad-by=linker %t.shared.hot.o %t.own.hot.o
// RUN: not %hotpad check %t.own.hot.o | FileCheck %s --check-prefix=LACKS
// LACKS: 3 lack C1 padding before the entry
// RUN: %lldlink -nologo -nodefaultlib -entry:start -subsystem:console -debug:symtab -functionpadmin:6 %t.own.hot.o -out:%t.own.exe
// RUN: %hotpad check %t.own.exe | FileCheck %s --check-prefix=ALL
// RUN: %lldlink -nologo -nodefaultlib -entry:start -subsystem:console -debug:symtab -functionpadmin:6 %t.shared.hot.o -out:%t.shared.exe
// RUN: %hotpad check %t.shared.exe | FileCheck %s --check-prefix=ALL
// ALL: 3/3 functions conform

/// `hotpad link` adds the linker's option itself.
// RUN: %hotpad link --flavor=link --pad-by=linker --verify -- -nologo -nodefaultlib -entry:start -subsystem:console -debug:symtab %t.own.o -out:%t.linked.exe
// RUN: %hotpad check %t.linked.exe | FileCheck %s --check-prefix=ALL

/// An object without any record gets one.
// RUN: llvm-objcopy --remove-section='.debug$S' %t.own.o %t.bare.o
// RUN: %rewrite --pad-by=linker %t.bare.o -o %t.bare.hot.o
// RUN: llvm-readobj --codeview %t.bare.hot.o | FileCheck %s --check-prefix=NEW
// NEW: HotPatch (0x4000)
// NEW: VersionName: hotpad
// RUN: %lldlink -nologo -nodefaultlib -entry:start -subsystem:console -debug:symtab -functionpadmin:6 %t.bare.hot.o -out:%t.bare.exe
// RUN: %hotpad check %t.bare.exe | FileCheck %s --check-prefix=ALL

/// So does one whose record went with its debug information.
// RUN: %clang --target=x86_64-windows-msvc -O1 -g -ffunction-sections -c %s -o %t.debug.o
// RUN: %rewrite --pad-by=linker --strip-debug %t.debug.o -o %t.debug.hot.o
// RUN: %lldlink -nologo -nodefaultlib -entry:start -subsystem:console -debug:symtab -functionpadmin:6 %t.debug.hot.o -out:%t.debug.exe
// RUN: %hotpad check %t.debug.exe | FileCheck %s --check-prefix=ALL

/// Once is enough.
// RUN: %rewrite --pad-by=linker %t.bare.hot.o -o %t.twice.o
// RUN: cmp %t.bare.hot.o %t.twice.o

// REQUIRES: clang

__attribute__((noinline)) int one(int x) { return x * 3; }
__attribute__((noinline)) int two(int x) { return one(x) + one(x + 1); }
int start(void) { return two(4); }
