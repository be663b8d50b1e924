# Functions that begin in every way that matters to a patch: an instruction that
# depends on its address, a call, a jump, a loop at the entry, one byte, ...
#
# Assembled as it is, this is input for the rewriter. With --defsym NATIVE=1 the
# forms that keep the contract already are given their pads, slots and list
# here: that tests the self-patching program without any rewriter.

.macro FN name
.ifdef NATIVE
  .balign 16, 0xcc
  .skip 16, 0xcc
  .pushsection hotpad_entries, "a", @progbits
  .balign 4
  .long \name - .
  .popsection
  .pushsection hotpad_slots, "aw", @nobits
  .balign 8
  .skip 8
  .popsection
.endif
  .globl \name
  .type \name, @function
\name:
.endm
.macro END name
  .size \name, . - \name
.endm

  .text
# The operand is relative to the instruction's end, with and without an
# immediate behind it.
FN ripLoad
  mov number(%rip), %rax
  add %rdi, %rax
  ret
END ripLoad

FN ripCompare
  cmpl $1000, number(%rip)
  sete %al
  movzbl %al, %eax
  add %rdi, %rax
  ret
END ripCompare

FN ripSelf
  lea ripSelf(%rip), %rax
  cmp %rdi, %rax
  sete %al
  movzbl %al, %eax
  ret
END ripSelf

FN absolute
  movabs $number, %rax
  mov (%rax), %rax
  ret
END absolute

# A call: the callee must see the right return address.
FN callFirst
  call whereFrom
1:
  lea 1b(%rip), %rdx
  sub %rdx, %rax
  add %rdi, %rax
  ret
END callFirst

FN callIndirect
  call *whereFromPointer(%rip)
1:
  lea 1b(%rip), %rdx
  sub %rdx, %rax
  lea 3(%rax,%rdi), %rax
  ret
END callIndirect

  .p2align 4, 0xcc
FN whereFrom
  mov (%rsp), %rax
  ret
END whereFrom

FN jumpFirst
  jmp jumpTarget
END jumpFirst

FN jumpTarget
  lea 17(%rdi), %rax
  ret
END jumpTarget

# Flags reach the function: a patch may not touch them.
FN withFlags
  cmp %rsi, %rdi
  jmp branchFirst
END withFlags

FN branchFirst
  jg 1f
  mov $-1, %eax
  jl 1f
  xor %eax, %eax
1:
  setg %al
  movsbl %al, %eax
  ret
END branchFirst

FN countFirst
  jrcxz 1f
  lea (%rdi,%rcx), %rax
  ret
1:
  lea (%rdi,%rsi), %rax
  ret
END countFirst

FN withCount
  mov %rsi, %rcx
  jmp countFirst
END withCount

FN withLoop
  mov %rsi, %rcx
  jmp loopFirst
END withLoop

FN loopFirst
  loop 1f
  mov $-5, %rax
  ret
1:
  lea (%rdi,%rcx), %rax
  ret
END loopFirst

FN landing
  endbr64
  mov number(%rip), %eax
  sub %edi, %eax
  ret
END landing

FN repReturn
  rep ret
END repReturn

FN callRepReturn
  mov %rdi, %rax
  call repReturn
  lea 2(%rax), %rax
  ret
END callRepReturn

# One function runs into the next.
FN fallsInto
  add $100, %rdi
.ifdef NATIVE
  jmp fallTarget
.endif
END fallsInto
FN fallTarget
  lea 1(%rdi), %rax
  ret
END fallTarget

# A way in behind the entry, from another function.
FN intoMiddle
  mov %rsi, %rdi
  jmp middle
END intoMiddle
FN hasMiddle
  mov $7, %edi
middle:
  lea 5(%rdi), %rax
  ret
END hasMiddle

# Data between functions, and a jump table in the text.
FN tableJump
  and $3, %edi
  lea table(%rip), %rax
  movslq (%rax,%rdi,4), %rdx
  add %rdx, %rax
  jmp *%rax
case0:
  mov $10, %eax
  ret
case1:
  mov $21, %eax
  ret
case2:
  mov $32, %eax
  ret
case3:
  mov %rsi, %rax
  ret
END tableJump
  .p2align 2
table:
  .long case0 - table, case1 - table, case2 - table, case3 - table
constant:
  .quad 123456789

FN readsConstant
  mov constant(%rip), %rax
  add %rdi, %rax
  ret
END readsConstant

# Two names, one function; and a function without a size.
  .globl alias
  .type alias, @function
.set alias, aliased
FN aliased
  lea 9(%rdi,%rdi), %rax
  ret
END aliased

FN noSize
  lea 4(%rdi), %rax
  ret

.ifndef NATIVE
# Forms that have to be changed first.
FN pushFirst
  push %rbx
  mov %rdi, %rbx
  lea 1(%rbx), %rax
  pop %rbx
  ret
END pushFirst

FN pushFrame
  .cfi_startproc
  push %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset 6, -16
  mov %rsp, %rbp
  .cfi_def_cfa_register 6
  lea 2(%rdi), %rax
  leave
  .cfi_def_cfa 7, 8
  ret
  .cfi_endproc
END pushFrame

FN landingPush
  endbr64
  push %rdi
  pop %rax
  ret
END landingPush

FN nopFirst
  nop
  lea 3(%rdi), %rax
  ret
END nopFirst

FN returnOnly
  ret
END returnOnly

FN callReturnOnly
  mov %rdi, %rax
  call returnOnly
  ret
END callReturnOnly

FN signFirst
  cltd
  mov %edx, %eax
  ret
END signFirst
FN callSign
  mov %edi, %eax
  sub $100, %eax
  jmp signFirst
END callSign

FN widenFirst
  cwtl
  ret
END widenFirst
FN callWiden
  lea 0x7ff0(%rdi), %eax
  jmp widenFirst
END callWiden

FN flagsFirst
  pushf
  cmp %rdi, %rdi
  popf
  setb %al
  movzbl %al, %eax
  ret
END flagsFirst
FN callFlags
  cmp %rsi, %rdi
  call flagsFirst
  ret
END callFlags

FN directionFirst
  cld
  mov %rdi, %rax
  ret
END directionFirst

FN carryFirst
  stc
  sbb %rax, %rax
  add %rdi, %rax
  ret
END carryFirst

FN loadString
  lods (%rsi), %al
  ret
END loadString
FN callLoadString
  lea constant(%rip), %rsi
  xor %eax, %eax
  jmp loadString
END callLoadString

FN exchangeFirst
  xchg %rax, %rdi
  ret
END exchangeFirst
FN exchangeShort
  xchg %eax, %edi
  ret
END exchangeShort

# Takes its return address off the stack, as vfork does.
FN popFirst
  pop %rdx
  lea 6(%rdi), %rax
  jmp *%rdx
END popFirst

# Loops that begin at the entry.
FN loopAtEntry
  add %rsi, %rax
  dec %rdi
  jg loopAtEntry
  ret
END loopAtEntry
FN callLoop
  xor %eax, %eax
  jmp loopAtEntry
END callLoop
FN loopOneByte
  stosb
  cmp %rsi, %rdi
  jb loopOneByte
  ret
END loopOneByte
FN callLoopOneByte
  lea scratch(%rip), %rdi
  lea scratch+16(%rip), %rsi
  mov $7, %al
  call loopOneByte
  mov scratch+12(%rip), %eax
  ret
END callLoopOneByte

# Branches that just reach, over pads that are about to be put there: short
# ones the assembler resolved, which must grow; and of two kinds that have no
# long form. First forwards.
FN farJump
  test %rdi, %rdi
  jz .LfarTarget
  jmp .LfarTarget2
  .skip 100, 0x90
END farJump
FN between
  push %rax
  pop %rax
  lea 11(%rdi), %rax
  ret
END between
FN farTarget
.LfarTarget:
  mov $44, %eax
  ret
END farTarget
FN farTarget2
.LfarTarget2:
  lea 55(%rdi), %rax
  ret
END farTarget2
FN farCount
  mov %rdi, %rcx
  jrcxz .LfarCountTarget
  loop .LfarLoopTarget
  lea 8(%rdi), %rax
  ret
  .skip 105, 0x90
END farCount
FN farCountTarget
.LfarCountTarget:
  mov $66, %eax
  ret
END farCountTarget
FN farLoopTarget
.LfarLoopTarget:
  lea 77(%rcx), %rax
  ret
END farLoopTarget
# The same with names that other files see: R_X86_64_PC8.
FN farCountGlobal
  mov %rdi, %rcx
  jrcxz farCountGlobalTarget
  loop farLoopGlobalTarget
  lea 8(%rdi), %rax
  ret
  .skip 105, 0x90
END farCountGlobal
FN farCountGlobalTarget
  mov $67, %eax
  ret
END farCountGlobalTarget
FN farLoopGlobalTarget
  lea 78(%rcx), %rax
  ret
END farLoopGlobalTarget
# And backwards.
FN nearTarget
.LnearTarget:
  pop %rdx
  push %rdx
  lea 12(%rdi), %rax
  ret
END nearTarget
FN farBack
  .skip 108, 0x90
  jmp .LnearTarget
END farBack
FN farBackCount
  mov %rdi, %rcx
  jmp 1f
2:
  lea 13(%rdi), %rax
  ret
  .skip 60, 0x90
END farBackCount
FN inTheWay
  push %rax
  pop %rcx
  mov %rcx, %rax
  ret
END inTheWay
FN backTail
1:
  lea -1(%rcx), %rcx
  jrcxz 2b
  lea 14(%rdi), %rax
  ret
END backTail
.endif

  .data
  .balign 8
number:
  .quad 1000
whereFromPointer:
  .quad whereFrom
scratch:
  .skip 32

  .section .note.GNU-stack, "", @progbits
