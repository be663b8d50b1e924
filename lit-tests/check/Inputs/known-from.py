#!/usr/bin/env python3
"""known-from.py HOTPAD FILE NAMED SYMBOL...: for each SYMBOL of NAMED, what
`check --explain --json` says of the function at that address in FILE: a twin of
NAMED that may have lost its symbols."""

import json
import subprocess
import sys

hotpad, path, named, *order = sys.argv[1:]


def report(*arguments):
    command = [hotpad, "check", "--json=known.json", "--quiet", *arguments, path]
    subprocess.run(command, stdout=subprocess.DEVNULL)
    with open("known.json") as file:
        return json.load(file)["files"][0]


# Nothing here has been rewritten: every function is in this list.
names = {function["offset"]: function["function"] for function in report()["lacking"]}
symbols = subprocess.run(["llvm-nm", "-n", named], capture_output=True, text=True, check=True).stdout
for line in symbols.splitlines():
    address, kind, symbol = line.split()
    if kind in "Tt" and symbol in order:
        name = names.get(int(address, 16))
        known = report(f"--explain={name}")["explained"][0]["knownFrom"] if name else ["nothing"]
        print(f"{symbol}: {' '.join(known)}")
