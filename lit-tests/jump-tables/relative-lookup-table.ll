; A lookup table of functions, relative to the table (LLVM's rel-lookup-table).
; REQUIRES: gcc
; RUN: llc -filetype=obj -relocation-model=pic %s -o %t.o
; RUN: %rewrite --entry=nop %t.o -o %t.hot.o
; RUN: %hotpad check %t.hot.o
; RUN: %cc %t.hot.o -o %t.out && %t.out

target triple = "x86_64-unknown-linux-gnu"

@table = private unnamed_addr constant [3 x i32] [
  i32 trunc (i64 sub (i64 ptrtoint (ptr @f to i64), i64 ptrtoint (ptr @table to i64)) to i32),
  i32 trunc (i64 sub (i64 ptrtoint (ptr @g to i64), i64 ptrtoint (ptr @table to i64)) to i32),
  i32 trunc (i64 sub (i64 ptrtoint (ptr @h to i64), i64 ptrtoint (ptr @table to i64)) to i32)], align 4

define internal i32 @f() noinline { ret i32 3 }
define internal i32 @g() noinline { ret i32 5 }
define internal i32 @h() noinline { ret i32 7 }

define i32 @call(i64 %n) noinline {
  %offset = shl i64 %n, 2
  %function = call ptr @llvm.load.relative.i64(ptr @table, i64 %offset)
  %value = call i32 %function()
  ret i32 %value
}

define i32 @main() {
  %a = call i32 @call(i64 0)
  %b = call i32 @call(i64 1)
  %c = call i32 @call(i64 2)
  %b10 = mul i32 %b, 10
  %c100 = mul i32 %c, 100
  %ab = add i32 %a, %b10
  %abc = add i32 %ab, %c100
  %result = sub i32 %abc, 753
  ret i32 %result
}

declare ptr @llvm.load.relative.i64(ptr, i64)
