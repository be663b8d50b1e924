#!/bin/bash
# twice.sh HOTPAD FILE... [-- OPTION...]: rewriting a file twice is rewriting it
# once, and the number of threads changes nothing.
set -eu
hotpad=$1
shift
files=()
while (($#)) && [[ $1 != -- ]]; do
  files+=("$1")
  shift
done
shift $(($# > 0))
status=0
for file in "${files[@]}"; do
  "$hotpad" rewrite --verify --quiet -j1 "$@" "$file" -o "$file.1"
  if [[ $file == *.a || $file == *.lib ]]; then # an object has work for one
    "$hotpad" rewrite --verify --quiet -j2 "$@" "$file" -o "$file.2"
    cmp "$file.1" "$file.2" || status=1
  fi
  "$hotpad" rewrite --verify --quiet "$@" "$file.1" -o "$file.twice"
  cmp "$file" "$file.1" >/dev/null && echo "$file: nothing was rewritten" && status=1
  cmp "$file.1" "$file.twice" || status=1
done
exit $status
