#!/usr/bin/env bash
# build.sh HOTPAD COMPILER: the program of these tests and its patches, here.
set -euo pipefail
inputs=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hotpad=$1 compiler=$2
program() { # FILE OPTION...: rewritten with these options
  "$hotpad" rewrite --verify --quiet functions.o "${@:2}" -o "$1.o"
  "$compiler" -O1 -Wall -Wextra "$inputs/steps.c" "$1.o" -o "$1.exe" -ladvapi32
}
patch() { "$compiler" -O1 -Wall -Wextra -shared "$inputs/fix.c" "${@:2}" -o "$1.dll"; }
"$compiler" -O1 -c "$inputs/functions.c" -o functions.o
program steps
patch fix -DFIRST
patch fix2 -DFIRST -DSECOND -DVALUE=200
patch nap -DNAP
patch other -DOTHER
