#!/bin/sh
# make-ld.sh HOTPAD DIR: makes DIR/ld, which links through `hotpad link`. A gcc
# called with `-B DIR` uses it; a clang with `--ld-path=DIR/ld`.
set -eu
hotpad=$(realpath "$1")
mkdir -p "$2"
cat >"$2/ld" <<EOF
#!/bin/sh
exec '$hotpad' link --flavor=gnu --verify -- "\$@"
EOF
chmod +x "$2/ld"
