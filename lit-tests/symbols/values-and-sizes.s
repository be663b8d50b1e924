## Symbols move with what they name, sizes grow with what they cover: functions,
## labels inside, data in code, a marker behind the last function, absolute and
## undefined symbols not at all.
# RUN: llvm-mc -filetype=obj -triple=x86_64 %s -o %t.o
# RUN: %rewrite %t.o -o %t.hot.o
# RUN: llvm-readelf -s %t.hot.o | FileCheck %s

## f at 8 (aligned to 8): rex push, inc, pop, ret = 6 bytes; g needs 6 and the next
## multiple of 8: 0x18.
# CHECK-DAG: 0000000000000008     6 FUNC {{.*}} f
# CHECK-DAG: 000000000000000a     0 NOTYPE {{.*}} inside
# CHECK-DAG: 0000000000000018     2 FUNC {{.*}} g
# CHECK-DAG: {{[0-9a-f]+}}{{[08]}}     4 OBJECT {{.*}} data
# CHECK-DAG: {{[0-9a-f]+[4c]}}     0 NOTYPE {{.*}} end
# CHECK-DAG: 0000000000000011     0 NOTYPE {{.*}} ABS {{.*}}absolute
# CHECK-DAG: 0000000000000000     0 NOTYPE {{.*}} UND undefined
# CHECK-DAG: 0000000000000004     4 OBJECT {{.*}} inData

  .balign 8
  .type f, @function
f:
  push %rbx
inside:
  inc %ebx
  pop %rbx
  ret
  .size f, . - f
  .balign 8, 0xcc
  .type g, @function
g:
  ret
  .size g, . - g
  .balign 8, 0xcc
  .type data, @object
data:
  .long undefined - .
  .size data, 4
end:
  .set absolute, 17
  .globl absolute
  .data
  .long 0
  .type inData, @object
inData:
  .long 1
  .size inData, 4
