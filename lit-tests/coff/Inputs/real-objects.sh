#!/bin/bash
# real-objects.sh LLVM: objects as compilers for Windows make them, in the current folder.
set -eu
here=$(dirname "$0")
for level in O0 O2; do
  for target in x86_64 i686; do
    "$1/clang++" --target=$target-windows-msvc -$level -fexceptions -fcxx-exceptions -c "$here/eh.cpp" -o eh-msvc-$target-$level.o
    "$1/clang" --target=$target-windows-msvc -$level -fms-extensions -c "$here/seh.c" -o seh-msvc-$target-$level.o
    "$1/clang++" --target=$target-windows-gnu -$level -ffunction-sections -c "$here/eh.cpp" -o eh-gnu-$target-$level.o
    $target-w64-mingw32-g++-posix -$level -c "$here/eh.cpp" -o eh-mingw-$target-$level.o
    $target-w64-mingw32-g++-posix -$level -ffunction-sections -c "$here/eh.cpp" -o eh-apart-$target-$level.o
  done
done
