; Prologue data begins with a jump over itself: the jump is the first instruction,
; and the data behind it stays where it was, seen from the entry.
; REQUIRES: gcc
; RUN: llc -filetype=obj -relocation-model=pic %s -o %t.o
; RUN: %rewrite %t.o -o %t.hot.o
; RUN: %hotpad check %t.hot.o
; RUN: %cc %t.hot.o -o %t.out && %t.out

target triple = "x86_64-unknown-linux-gnu"

; eb 06: jmp +6, then 16-bit 0xc0de and 32-bit 77
define i32 @f(i32 %x) prologue <{ i16, i16, i32 }> <{ i16 1771, i16 49374, i32 77 }> {
  %y = add i32 %x, 1
  ret i32 %y
}

define i32 @main() {
  %address = getelementptr i8, ptr @f, i64 4
  %value = load volatile i32, ptr %address
  %called = call i32 @f(i32 -78)
  %sum = add i32 %value, %called
  ret i32 %sum
}
