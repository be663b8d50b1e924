#!/usr/bin/env python3
"""old-code.py BEFORE AFTER: how much of where .text was is int3 now."""
import subprocess
import sys


def section(path, name):
    table = subprocess.run(
        ["readelf", "-SW", path], capture_output=True, text=True, check=True
    ).stdout
    for line in table.splitlines():
        fields = line.replace("[", " ").replace("]", " ").split()
        if len(fields) > 5 and fields[1] == name:
            return (int(field, 16) for field in fields[3:6])
    raise SystemExit(f"{path}: no {name}")


def readMemory(path, address, size):
    """The bytes that the loader puts at `address`."""
    table = subprocess.run(
        ["readelf", "-lW", path], capture_output=True, text=True, check=True
    ).stdout
    for line in table.splitlines():
        fields = line.split()
        if fields[:1] == ["LOAD"]:
            offset, start, _, length = (int(field, 16) for field in fields[1:5])
            if start <= address and address + size <= start + length:
                with open(path, "rb") as file:
                    file.seek(offset + address - start)
                    return file.read(size)
    raise SystemExit(f"{path}: nothing is loaded at {address:#x}")


before, after = sys.argv[1:]
address, _, size = section(before, ".text")
old = readMemory(after, address, size)
if old.count(0xCC) != size:
    raise SystemExit(f".text: only {old.count(0xCC)} of {size} bytes are int3")
print(f".text: {size} of {size} bytes are int3")
