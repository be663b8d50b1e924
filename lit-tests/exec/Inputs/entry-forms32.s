# entry-forms.s for i386: functions that begin in every way that matters to a
# patch, and position-independent code as it is written by hand. Two arguments
# in eax and edx (regparm), the result in eax.
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
  .balign 4
  .skip 4
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
FN load
  mov number, %ecx
  add %ecx, %eax
  ret
END load

FN compare
  cmpl $1000, number
  sete %cl
  movzbl %cl, %ecx
  add %ecx, %eax
  ret
END compare

FN itself
  cmp $itself, %eax
  sete %al
  movzbl %al, %eax
  ret
END itself

# A call: the callee must see the right return address.
FN callFirst
  call whereFrom
1:
  sub $1b, %eax
  add %edx, %eax
  ret
END callFirst

FN callIndirect
  call *whereFromPointer
1:
  sub $1b, %eax
  lea 3(%eax,%edx), %eax
  ret
END callIndirect

  .p2align 4, 0xcc
FN whereFrom
  mov (%esp), %eax
  ret
END whereFrom

FN jumpFirst
  jmp jumpTarget
END jumpFirst

FN jumpTarget
  lea 17(%eax), %eax
  ret
END jumpTarget

# Flags reach the function: a patch may not touch them.
FN withFlags
  cmp %edx, %eax
  jmp branchFirst
END withFlags

FN branchFirst
  jg 1f
  mov $-1, %eax
  jl 1f
  mov $0, %eax
1:
  setg %al
  movsbl %al, %eax
  ret
END branchFirst

FN countFirst
  jecxz 1f
  add %ecx, %eax
  ret
1:
  add %edx, %eax
  ret
END countFirst

FN withCount
  mov %edx, %ecx
  jmp countFirst
END withCount

FN withLoop
  mov %edx, %ecx
  jmp loopFirst
END withLoop

FN loopFirst
  loop 1f
  mov $-5, %eax
  ret
1:
  add %ecx, %eax
  ret
END loopFirst

FN landing
  endbr32
  mov number, %ecx
  sub %eax, %ecx
  mov %ecx, %eax
  ret
END landing

FN repReturn
  rep ret
END repReturn

FN callRepReturn
  call repReturn
  lea 2(%eax), %eax
  ret
END callRepReturn

# One function runs into the next.
FN fallsInto
  add $100, %eax
.ifdef NATIVE
  jmp fallTarget
.endif
END fallsInto
FN fallTarget
  lea 1(%eax), %eax
  ret
END fallTarget

# A jump table in the text, its rows absolute.
FN tableJump
  and $3, %eax
  jmp *table(,%eax,4)
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
  mov %edx, %eax
  ret
END tableJump
  .p2align 2
table:
  .long case0, case1, case2, case3
constant:
  .long 123456789

# Measured from a return address: data in the text, before and behind, by the
# assembler alone; and other sections, by PC32.
FN readsBack
  mov %eax, %edx
  call 1f
1:
  pop %ecx
  {disp32} mov constant - 1b(%ecx), %eax
  add %edx, %eax
  ret
END readsBack

FN readsAhead
  mov %eax, %edx
  call 1f
1:
  pop %ecx
  lea constant2 - 1b(%ecx), %ecx
  mov 4(%ecx), %eax
  add %edx, %eax
  ret
END readsAhead

FN callsMeasured
  call 1f
1:
  pop %ecx
  add $inTheWay2 - 1b, %ecx
  jmp *%ecx
END callsMeasured

FN inTheWay2
  lea 21(%eax,%edx), %eax
  ret
END inTheWay2
  .p2align 2
constant2:
  .long 1, 987654321

FN readsData
  mov %eax, %edx
  call 1f
1:
  pop %ecx
  mov number - 1b(%ecx), %eax
  add %edx, %eax
  ret
END readsData

# The same by way of a thunk, with a table of distances from its start, and with
# one of distances from the GOT.
FN thunkTable
  and $3, %eax
  call thunk
  add $rows - ., %ecx
  add (%ecx,%eax,4), %ecx
  jmp *%ecx
.Lrow0:
  mov $110, %eax
  ret
.Lrow1:
  mov $121, %eax
  ret
.Lrow2:
  mov $132, %eax
  ret
.Lrow3:
  lea 1(%edx), %eax
  ret
END thunkTable

FN gotTable
  and $1, %eax
  call thunk
  add $_GLOBAL_OFFSET_TABLE_, %ecx
  mov gotRows@GOTOFF(%ecx,%eax,4), %eax
  add %ecx, %eax
  jmp *%eax
.Lgot0:
  mov $210, %eax
  ret
.Lgot1:
  lea 2(%edx), %eax
  ret
END gotTable

FN gotFunction
  call 1f
1:
  pop %ecx
  add $_GLOBAL_OFFSET_TABLE_ + (. - 1b), %ecx
  lea inTheWay2@GOTOFF(%ecx), %ecx
  jmp *%ecx
END gotFunction

FN threadLocal
  mov %gs:value@NTPOFF, %ecx
  add %ecx, %eax
  ret
END threadLocal

# Two names, one function; and a function without a size.
  .globl alias
  .type alias, @function
.set alias, aliased
FN aliased
  lea 9(%eax,%eax), %eax
  ret
END aliased

FN noSize
  lea 4(%eax), %eax
  ret

  .type thunk, @function
thunk:
  mov (%esp), %ecx
  ret
  .size thunk, . - thunk

.ifndef NATIVE
# Forms that have to be changed first.
FN pushFirst
  push %ebx
  lea 1(%eax), %eax
  pop %ebx
  ret
END pushFirst

FN pushStack
  push %esp
  pop %ecx
  sub %esp, %ecx
  add %ecx, %eax
  ret
END pushStack

FN pushFrame
  .cfi_startproc
  push %ebp
  .cfi_def_cfa_offset 8
  .cfi_offset 5, -8
  mov %esp, %ebp
  .cfi_def_cfa_register 5
  lea 2(%eax), %eax
  leave
  .cfi_def_cfa 4, 4
  ret
  .cfi_endproc
END pushFrame

FN landingPush
  endbr32
  push %eax
  pop %eax
  inc %eax
  ret
END landingPush

FN popFirst
  pop %ecx
  lea 6(%eax), %eax
  jmp *%ecx
END popFirst

FN nopFirst
  nop
  lea 3(%eax), %eax
  ret
END nopFirst

FN returnOnly
  ret
END returnOnly

FN callReturnOnly
  call returnOnly
  ret
END callReturnOnly

FN incFirst
  inc %eax
  ret
END incFirst

FN decFirst
  dec %edx
  add %edx, %eax
  ret
END decFirst

# inc does not touch the carry.
FN carryThrough
  inc %edx
  adc %edx, %eax
  ret
END carryThrough
FN withCarry
  cmp %edx, %eax
  jmp carryThrough
END withCarry

FN signFirst
  cltd
  mov %edx, %eax
  ret
END signFirst

FN widenFirst
  cwtl
  ret
END widenFirst
FN callWiden
  add $0x7ff0, %eax
  jmp widenFirst
END callWiden

FN flagsFirst
  pushf
  cmp %eax, %eax
  popf
  setb %al
  movzbl %al, %eax
  ret
END flagsFirst
FN callFlags
  cmp %edx, %eax
  call flagsFirst
  ret
END callFlags

FN directionFirst
  cld
  ret
END directionFirst

FN carryFirst
  stc
  sbb %ecx, %ecx
  add %ecx, %eax
  ret
END carryFirst

FN loadString
  lods (%esi), %al
  ret
END loadString
FN callLoadString
  push %esi
  mov $constant, %esi
  xor %eax, %eax
  call loadString
  pop %esi
  ret
END callLoadString

FN exchangeFirst
  xchg %eax, %edx
  ret
END exchangeFirst

FN allRegisters
  pusha
  popa
  inc %eax
  ret
END allRegisters

FN adjust
  daa
  movzbl %al, %eax
  ret
END adjust
FN callAdjust
  mov $0x0f, %eax
  add $0, %eax
  jmp adjust
END callAdjust

# Loops that begin at the entry.
FN loopAtEntry
  add %edx, %ecx
  dec %eax
  jg loopAtEntry
  mov %ecx, %eax
  ret
END loopAtEntry
FN callLoop
  xor %ecx, %ecx
  jmp loopAtEntry
END callLoop
FN loopOneByte
  stosb
  cmp %edx, %edi
  jb loopOneByte
  ret
END loopOneByte
FN callLoopOneByte
  push %edi
  mov $scratch, %edi
  mov $scratch+16, %edx
  mov $7, %al
  call loopOneByte
  mov scratch+12, %eax
  pop %edi
  ret
END callLoopOneByte

# Branches that just reach, over pads that are about to be put there.
FN farJump
  test %eax, %eax
  jz .LfarTarget
  jmp .LfarTarget2
  .skip 100, 0x90
END farJump
FN between
  push %eax
  pop %eax
  lea 11(%eax), %eax
  ret
END between
FN farTarget
.LfarTarget:
  mov $44, %eax
  ret
END farTarget
FN farTarget2
.LfarTarget2:
  lea 55(%eax), %eax
  ret
END farTarget2
FN farCount
  mov %eax, %ecx
  jecxz .LfarCountTarget
  loop .LfarLoopTarget
  lea 8(%eax), %eax
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
  lea 77(%ecx), %eax
  ret
END farLoopTarget
# Counting in cx, with names that other files see: R_386_PC8 behind a prefix.
FN farCountShort
  movzwl %ax, %ecx
  or $0x10000, %ecx
  jcxz farCountShortTarget
  loopw farLoopShortTarget
  lea 8(%eax), %eax
  ret
  .skip 103, 0x90
END farCountShort
FN farCountShortTarget
  mov $67, %eax
  ret
END farCountShortTarget
FN farLoopShortTarget
  lea 78(%ecx), %eax
  ret
END farLoopShortTarget
.endif

  .section .rodata
  .p2align 2
  .long 5
rows:
  .long .Lrow0 - rows, .Lrow1 - rows, .Lrow2 - rows, .Lrow3 - rows
  .long 6
gotRows:
  .long .Lgot0@GOTOFF, .Lgot1@GOTOFF

  .data
  .balign 4
number:
  .long 1000
whereFromPointer:
  .long whereFrom
scratch:
  .skip 32

  .section .tdata, "awT", @progbits
  .type value, @object
value:
  .long 4321

  .section .note.GNU-stack, "", @progbits
