// tls.c for i386: the linkers match its sequences byte for byte, too.
// REQUIRES: gcc, clang, bfd, lib32-c, runs32
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: for cc in "%cc -m32" "%cc -m32 -mtls-dialect=gnu2" "%clang -m32" "%clang -m32 -mtls-dialect=gnu2"; do \
// RUN:   for model in global-dynamic local-dynamic initial-exec local-exec; do \
// RUN:     pic=-fPIC; [ $model = local-exec ] && pic=-fPIE; \
// RUN:     $cc -O2 $pic -ftls-model=$model -c %s -o t.o && \
// RUN:     %hotpad rewrite t.o -o hot.o && %hotpad check --quiet hot.o && \
// RUN:     %cc -m32 -fuse-ld=lld -pie hot.o -o exe && ./exe && \
// RUN:     %cc -m32 -fuse-ld=bfd -pie hot.o -o bfd && ./bfd || exit 1; \
// RUN:     [ $model = local-exec ] && continue; \
// RUN:     $cc -O2 $pic -ftls-model=$model -DMAIN=start -c %s -o t.o && \
// RUN:     %hotpad rewrite t.o -o hot.o && \
// RUN:     %cc -m32 -fuse-ld=lld -shared hot.o -o lib.so && \
// RUN:     echo 'int start(void); int main(void) { return start(); }' > m.c && \
// RUN:     %cc -m32 m.c ./lib.so -o dyn && ./dyn || exit 1; \
// RUN:   done; \
// RUN: done
#ifndef MAIN
#define MAIN main
#endif
__thread int global = 1;
static __thread int local = 2, another = 3;
__attribute__((noinline)) static int *addressOf(void) { return &local; }
__attribute__((noinline)) static int sum(int x) { return x + global + local + another; }
int MAIN(void) {
  global += 10;
  *addressOf() += 20;
  return sum(4) - 40;
}
