#!/bin/sh
# Compiles and links for Windows with clang and `hotpad link`, which recognises
# the flavour by itself: clang-hotpad.sh CLANG HOTPAD ARGUMENT...
clang=$1 hotpad=$2
shift 2
linker=$(mktemp) || exit
trap 'rm -f "$linker"' EXIT
printf '#!/bin/sh\nexec "%s" link --verify --strip-debug -- "$@"\n' "$hotpad" >"$linker"
chmod +x "$linker"
"$clang" --ld-path="$linker" "$@"
