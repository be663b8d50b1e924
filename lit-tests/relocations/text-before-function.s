# Text that stands directly before a function reads as code that runs into it, the
# zero at its end as how far a branch goes. It stays what it is.
# REQUIRES: gcc
# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: echo 'const char *word0(void), *word1(void), *word2(void); int puts(const char *); int main(void) { puts(word0()); puts(word1()); puts(word2()); return 0; }' > main.c
# RUN: for bits in 64 %if runs32 %{ 32 %}; do cpp -P -DBITS=$bits %s | %cc -m$bits -x assembler - -c -o words.o && \
# RUN:   %cc -m$bits -no-pie main.c words.o -o before && ./before > expected && \
# RUN:   %hotpad rewrite words.o -o hot.o && %cc -m$bits -no-pie main.c hot.o -o after && \
# RUN:   ./after | cmp - expected || exit 1; done
# RUN: cat expected | FileCheck %s
# CHECK: __dn_comp
# CHECK-NEXT: Wow
# CHECK-NEXT: Up
#define FUNCTION(name, text, word) .globl name; .type name, @function; name:; mov $text, %eax; ret; .size name, . - name; text: .asciz word
  .section .note.GNU-stack, "", @progbits
  .text
FUNCTION(word0, text0, "__dn_comp")
FUNCTION(word1, text1, "Wow")
FUNCTION(word2, text2, "Up")
  .globl last
  .type last, @function
last:
  ret
  .size last, . - last
