// A program linked from rewritten objects; start files are not, and are named.
// REQUIRES: gcc
// RUN: %cc -O1 -c %s -o %t.o && %rewrite %t.o -o %t.hot.o
// RUN: for how in -static -no-pie -pie; do \
// RUN:   %cc $how %t.hot.o -o %t.out && %hotpad check --only='^(f|main)$' %t.out && \
// RUN:   not %hotpad check --json=%t.json %t.out > %t.txt && grep '"function": "_start"' %t.json || exit 1; \
// RUN: done
int f(int x) { return x; }
int main(void) { return f(0); }
