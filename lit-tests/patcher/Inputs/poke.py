#!/usr/bin/env python3
"""Overwrites bytes of a running process.

    poke.py PID FILE SYMBOL|SECTION DISTANCE HEX

FILE is a position-independent image of the process, DISTANCE is counted from the
symbol or section.
"""

import os
import re
import subprocess
import sys

pid, path, name, distance, data = sys.argv[1:]
nm = subprocess.run(["llvm-nm", path], capture_output=True, text=True, check=True).stdout
readelf = subprocess.run(["llvm-readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
found = re.search(rf"^([0-9a-f]+) . {re.escape(name)}$", nm, re.M) or re.search(
    rf"\] {re.escape(name)} +\w+ +([0-9a-f]+)", readelf
)
with open(f"/proc/{pid}/maps") as maps:
    base = next(int(line.split("-")[0], 16) for line in maps if os.path.realpath(path) in line)
address = base + int(found[1], 16) + int(distance)
with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
    memory.seek(address)
    memory.write(bytes.fromhex(data))
