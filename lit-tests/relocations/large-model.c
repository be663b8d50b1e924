// -mcmodel=large: GOTOFF64, GOTPC64, PLTOFF64, GOT64 and movabs.
// REQUIRES: gcc, clang, bfd
// RUN: for cc in %cc %clang; do for pic in -fPIC -fno-pic; do \
// RUN:   $cc -O2 -mcmodel=large $pic -c %s -o %t.o && \
// RUN:   %hotpad rewrite %t.o -o %t.hot.o && %hotpad check --quiet %t.hot.o && \
// RUN:   if [ $pic = -fPIC ]; then link=-pie; else link=-no-pie; fi && \
// RUN:   %cc -fuse-ld=lld $link %t.hot.o -o %t.lld && %t.lld && \
// RUN:   %cc -fuse-ld=bfd $link %t.hot.o -o %t.bfd && %t.bfd || exit 1; \
// RUN: done; done
int variable = 5;
static int hidden = 6;
__attribute__((noinline)) static int local(int x) { return x + hidden++; }
__attribute__((noinline)) int function(int x) { return local(x) + variable; }
int (*pointer(int x))(int) { return x ? function : local; }
int main(void) { return pointer(1)(1) + pointer(0)(2) - 12 - 9; }
