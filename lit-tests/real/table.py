#!/usr/bin/env python3
"""Prints a table: archive, functions, conforming, skipped by reason.

Rewrites each archive given (or the ones of Debian's development packages that
are installed), checks the result, and counts. Exits with 1 when an archive has
fewer conforming functions than it must have: all of them where a compiler made
everything, 99.5 % where much is hand-written assembly.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

ARCHIVES = {  # name: conforming functions it must have at least, in per cent
    "libsqlite3.a": 100,
    "libz.a": 100,
    "liblua5.4.a": 100,
    "libzstd.a": 100,
    "libcrypto.a": 99.5,
    "libstdc++.a": 100,
    "libgcc_eh.a": 100,
    "libc.a": 99.5,
}


def installed():
    for name in ARCHIVES:
        path = subprocess.run(["gcc", "-print-file-name=" + name], stdout=subprocess.PIPE, text=True).stdout.strip()
        if os.path.isabs(path) and os.path.exists(path):
            yield path
        else:
            print(f"SKIPPED {name} is not installed", file=sys.stderr)


def report(command, allowed):
    """The JSON object a command prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in allowed:
        sys.exit(f"table.py: exit {done.returncode}: {' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def measure(hotpad, path, work, options):
    """One row, and whether enough functions conform."""
    name = os.path.basename(path)
    target = os.path.join(work, name)
    rewritten = report([hotpad, "rewrite", path, "-o", target, "--verify", "--json", *options], {0})["files"]
    checked = report([hotpad, "check", "--json", target], {0, 1})["files"]
    functions = sum(f["functions"] for f in checked)
    conforming = sum(f["conforming"] for f in checked)
    skipped = collections.Counter(s["reason"] for f in rewritten for s in f.get("skipped", []))
    share = 100 * conforming / functions if functions else 0
    enough = share >= ARCHIVES.get(name, 100)
    note = ", ".join(f"{n} {reason}" for reason, n in skipped.most_common()) or "none"
    if not enough:
        note += " (too few conform)"
    return (name, str(functions), str(conforming), f"{share:.2f} %", note), enough


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--work", required=True, help="a directory for the rewritten archives")
    parser.add_argument("--strip-debug", action="store_true", help="rewrite without debug information")
    parser.add_argument("archives", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    how = ["--strip-debug"] if options.strip_debug else []
    results = [measure(options.hotpad, path, options.work, how) for path in options.archives or installed()]

    rows = [("archive", "functions", "conforming", "share", "skipped")] + [row for row, _ in results]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for i, row in enumerate(rows):
        cells = [row[0].ljust(widths[0])] + [row[k].rjust(widths[k]) for k in range(1, 4)] + [row[4]]
        print("| " + " | ".join(cells) + " |")
        if i == 0:
            print("|" + "|".join("-" * (w + 2) for w in widths) + "|---|")
    return 0 if results and all(enough for _, enough in results) else 1


if __name__ == "__main__":
    sys.exit(main())
