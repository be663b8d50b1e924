; Prefix data stands before the entry, and whoever has the function's address
; reads it there.
; REQUIRES: gcc
; RUN: llc -filetype=obj -relocation-model=pic %s -o %t.o
; RUN: %rewrite %t.o -o %t.hot.o
; RUN: %cc %t.hot.o -o %t.out && %t.out

target triple = "x86_64-unknown-linux-gnu"

define i32 @f(i32 %x) prefix i32 1234 {
  %y = add i32 %x, 1
  ret i32 %y
}

define i32 @main() {
  %address = getelementptr i32, ptr @f, i64 -1
  %value = load volatile i32, ptr %address
  %difference = sub i32 %value, 1234
  ret i32 %difference
}
