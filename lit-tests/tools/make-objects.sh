#!/bin/bash
# make-objects.sh SOURCES CLANG: compiles all of them in several ways, into the
# current folder, and puts all of that into lib.a.
set -eu
for compiler in gcc "$2"; do
  for options in -O0 -O2 "-Os -ffunction-sections -fPIC" "-O3 -fcf-protection"; do
    for source in "$1"/*.{c,cpp,s}; do
      name=$(basename "$source")
      [[ $name == *.s && $options != -O0 ]] && continue
      # shellcheck disable=SC2086
      "$compiler" $options -w -c "$source" -o "$name.$(basename "$compiler")${options// /}.o"
    done
  done
done
ar rc lib.a ./*.o
