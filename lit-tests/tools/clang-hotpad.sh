#!/bin/sh
# Compiles and links for Windows with clang and `hotpad link`, which recognises
# the flavour by itself: clang-hotpad.sh CLANG HOTPAD --target=TRIPLE ARGUMENT...
clang=$1 hotpad=$2 triple=${3#--target=}
shift 2
# Of several gcc clang may take one that has no C++ library.
library=$("${triple%-windows-gnu}-mingw32-g++-posix" -print-file-name=libstdc++.a)
linker=$(mktemp) || exit
trap 'rm -f "$linker"' EXIT
printf '#!/bin/sh\nexec "%s" link --verify --strip-debug -- "$@"\n' "$hotpad" >"$linker"
chmod +x "$linker"
"$clang" --ld-path="$linker" "$@" "-L${library%/*}"
