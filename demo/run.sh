#!/usr/bin/env bash
# Takes Debian's prebuilt libsqlite3.a, makes it hot-patchable, links a program
# with it, and replaces one of its functions while the program runs.
#
#   demo/run.sh [HOTPAD]     everything is written below build/demo
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

hotpad=$(realpath "${1:-build/bin/hotpad}")
demo=$PWD/demo
work=$(dirname "$(dirname "$hotpad")")/demo
rm -rf "$work"
mkdir -p "$work"/{original,rewritten,linker}
cd "$work"

step() { printf '\n== %s\n' "$*"; }

step 'Rewrite the archive'
cp "$(gcc -print-file-name=libsqlite3.a)" original/libsqlite3.a
"$hotpad" rewrite original/libsqlite3.a --verify -o rewritten/libsqlite3.a

step 'Check it: every function conforms'
"$hotpad" check rewritten/libsqlite3.a

# gcc calls the `ld` it finds below -B.
step 'Link a small SQL shell: the original with ld, the other with hotpad link'
cat >linker/ld <<EOF
#!/bin/sh
exec '$hotpad' link --flavor=gnu --verify -- "\$@"
EOF
chmod +x linker/ld
gcc -O2 -c "$demo/sqlshell.c" -o sqlshell.o
gcc sqlshell.o original/libsqlite3.a -lm -o original/sqlshell
gcc -B linker/ sqlshell.o rewritten/libsqlite3.a -lm -o rewritten/sqlshell
ls -l original/sqlshell rewritten/sqlshell

# What the C library brings along for start and end of a program (_init, _fini)
# is put together from pieces by the linker and has no functions to patch.
step 'Check the program'
"$hotpad" check --only='^sqlite3' rewritten/sqlshell
"$hotpad" check rewritten/sqlshell || [[ $? == 1 ]]

step 'Run the same SQL with both'
original/sqlshell <"$demo/demo.sql" >original/output
rewritten/sqlshell <"$demo/demo.sql" >rewritten/output
cmp original/output rewritten/output
echo "same output, $(wc -l <original/output) lines: $(sha256sum <original/output | cut -c1-16)"

step 'Replace sqlite3_libversion in the running program: slot, pad, site'
python3 "$demo/replace.py" rewritten/sqlshell
