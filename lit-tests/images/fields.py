#!/usr/bin/env python3
"""Sets every field of the tables of an ELF image, one at a time, to values that
cannot be, or nearly could, and rewrites what comes of it.

fields.py --hotpad HOTPAD --work FOLDER [--every N] IMAGE...

Fields of the file header, of each program header, section header, entry of the
dynamic section, and of the unwinder's search table and its CIEs and FDEs; and
the file is cut in many places. Each must be rewritten to what --verify accepts,
or be refused by one error that begins with the file's name, with status 2 and
nothing written. Prints how many were which, and exits with 1 when one was neither.
"""

import argparse
import itertools
import os
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# Name and size of each field, in file order: 64 bits, 32 bits.
HEADER = ["type:2 machine:2 version:4 entry:8 phoff:8 shoff:8 flags:4 ehsize:2 phentsize:2 phnum:2 shentsize:2 shnum:2 shstrndx:2",
          "type:2 machine:2 version:4 entry:4 phoff:4 shoff:4 flags:4 ehsize:2 phentsize:2 phnum:2 shentsize:2 shnum:2 shstrndx:2"]  # fmt: skip
SEGMENT = ["type:4 flags:4 offset:8 vaddr:8 paddr:8 filesz:8 memsz:8 align:8",
           "type:4 offset:4 vaddr:4 paddr:4 filesz:4 memsz:4 flags:4 align:4"]  # fmt: skip
SECTION = ["name:4 type:4 flags:8 addr:8 offset:8 size:8 link:4 info:4 addralign:8 entsize:8",
           "name:4 type:4 flags:4 addr:4 offset:4 size:4 link:4 info:4 addralign:4 entsize:4"]  # fmt: skip
FORMATS = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}


class Image:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        self.is32 = self.bytes[4] == 1
        self.word = 4 if self.is32 else 8
        self.fields = []  # (name, offset, size)
        header = self.add("header", HEADER[self.is32], 16)
        phoff, phentsize, phnum = (header[name] for name in ("phoff", "phentsize", "phnum"))
        for i in range(phnum):
            segment = self.add(f"segment {i}", SEGMENT[self.is32], phoff + i * phentsize)
            if segment["type"] == 2:
                self.addDynamic(segment["offset"], segment["filesz"])
            if segment["type"] == 0x6474E550:
                for at in (0, 1, 2, 3):
                    self.fields.append((f"search table {at}", segment["offset"] + at, 1))
                for at in range(4, segment["filesz"], 4):
                    self.fields.append((f"search table {at}", segment["offset"] + at, 4))
        for i in range(header["shnum"]):
            at = header["shoff"] + i * header["shentsize"]
            section = self.add(f"section {i}", SECTION[self.is32], at)
            names = header["shoff"] + header["shstrndx"] * header["shentsize"]
            nameTable = self.get(names + (16 if self.is32 else 24), self.word)
            name = self.bytes[nameTable + section["name"] :].split(b"\0")[0]
            if name == b".eh_frame":
                for at in range(section["offset"], section["offset"] + section["size"]):
                    self.fields.append((f"frames {at - section['offset']:#x}", at, 1))

    def get(self, offset, size):
        return struct.unpack_from(FORMATS[size], self.bytes, offset)[0]

    def add(self, table, fields, at):
        values = {}
        for field in fields.split():
            name, size = field.split(":")
            self.fields.append((f"{table} {name}", at, int(size)))
            values[name] = self.get(at, int(size))
            at += int(size)
        return values

    def addDynamic(self, offset, size):
        for at in range(offset, offset + size, 2 * self.word):
            tag = self.get(at, self.word)
            self.fields.append((f"dynamic {tag:#x} tag", at, self.word))
            self.fields.append((f"dynamic {tag:#x} value", at + self.word, self.word))
            if tag == 0:
                break

    def variants(self):
        """Names of what was done, and the bytes."""
        for name, offset, size in self.fields:
            old, most = self.get(offset, size), 256**size - 1
            values = {0, most, (old + 1) & most}
            if size > 1:
                values |= {1, most // 2, (old - 1) & most, len(self.bytes), len(self.bytes) - 1, (old + 0x1000) & most, (old << 4) & most}
            for value in sorted(values - {old}):
                changed = bytearray(self.bytes)
                struct.pack_into(FORMATS[size], changed, offset, value & most)
                yield f"{name} = {value:#x}", bytes(changed)
        for i in range(64):
            end = len(self.bytes) * i // 64
            yield f"cut at {end:#x}", self.bytes[:end]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--every", type=int, default=1, help="only each N-th variant: all take minutes")
    parser.add_argument("images", nargs="+")
    options = parser.parse_args()

    def run(job):
        number, (what, content) = job
        folder = os.path.join(options.work, str(number))
        os.makedirs(folder)
        with open(os.path.join(folder, "in"), "wb") as file:
            file.write(content)
        try:
            result = subprocess.run(
                [options.hotpad, "rewrite", "--verify", "--quiet", "in", "-o", "out"],
                cwd=folder, capture_output=True, text=True, errors="replace", timeout=60,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            print(f"WRONG {what}: does not end")
            return "wrong"
        lines = result.stderr.splitlines()
        errors = [line for line in lines if line.startswith("hotpad: error: ")]
        found = sorted(os.listdir(folder))
        for name in found:
            os.remove(os.path.join(folder, name))
        os.rmdir(folder)
        if result.returncode == 0 and not errors and found == ["in", "out"]:
            return "rewritten"
        isOne = len(errors) == 1 and errors[0].startswith("hotpad: error: in: ")
        if result.returncode == 2 and isOne and found == ["in"]:
            return "refused by --verify" if ": verify: " in errors[0] else "refused"
        print(f"WRONG {what}: status {result.returncode}, {found}: {result.stderr[:500]}")
        return "wrong"

    for path in options.images:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            variants = itertools.islice(Image(path).variants(), 0, None, options.every)
            results = list(pool.map(run, enumerate(variants)))
        counts = [f"{results.count(kind)} {kind}" for kind in ("rewritten", "refused", "refused by --verify", "wrong")]  # fmt: skip
        print(f"{os.path.basename(path)}: {', '.join(counts)}")
        if "wrong" in results:
            sys.exit(1)


if __name__ == "__main__":
    main()
