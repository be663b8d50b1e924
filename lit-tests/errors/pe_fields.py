#!/usr/bin/env python3
"""Sets every field of the headers and tables of a PE image to wrong values.

    pe_fields.py HOTPAD FOLDER EVERY IMAGE...      (each EVERY-th variant)

hotpad must either refuse the image, with one error that begins with its name,
exit status 2 and nothing written, or make one that --verify accepts. Prints how
often it did which, and what else it did.
"""
import os
import struct
import subprocess
import sys

VALUES = [0, 0xFFF, 0x80000000, 0xFFFFFFFF]


class Image:
    def __init__(self, data):
        self.data = data
        (self.pe,) = struct.unpack_from("<I", data, 0x3C)
        self.optional = self.pe + 24
        self.is64 = struct.unpack_from("<H", data, self.optional)[0] == 0x20B
        self.count, self.size = struct.unpack_from("<H12xH", data, self.pe + 6)
        self.directories = self.optional + (112 if self.is64 else 96)

    def sections(self):
        for i in range(self.count):
            at = self.optional + self.size + 40 * i
            yield at, struct.unpack_from("<IIII", self.data, at + 8)  # size, RVA, raw size, raw

    def at(self, rva):
        for _, (size, begin, raw, offset) in self.sections():
            if begin <= rva < begin + min(size, raw):
                return offset + rva - begin
        return None

    def directory(self, index):
        rva, size = struct.unpack_from("<II", self.data, self.directories + 8 * index)
        return (self.at(rva), size) if size else (None, 0)

    def fields(self):
        """Places of fields and their widths."""
        yield 0x3C, 4
        for at, width in ((4, 2), (6, 2), (8, 4), (12, 4), (16, 4), (20, 2), (22, 2)):
            yield self.pe + at, width
        for at in range(0, self.directories - self.optional, 4):
            yield self.optional + at, 4
        for i in range(16):
            yield self.directories + 8 * i, 4
            yield self.directories + 8 * i + 4, 4
        for section, _ in self.sections():
            for at in range(8, 40, 4):
                yield section + at, 4
        # Exports, records of .pdata and what they lead to, relocations, TLS, load
        # configuration: the first words of each.
        for index, most in ((0, 40), (3, 48), (5, 24), (9, 40), (10, 400)):
            at, size = self.directory(index)
            if at is not None:
                for offset in range(0, min(size, most) & ~3, 4):
                    yield at + offset, 4
        at, size = self.directory(3)
        if self.is64 and at is not None:
            for record in range(at, at + min(size, 240) // 12 * 12, 12):
                info = self.at(struct.unpack_from("<I", self.data, record + 8)[0])
                for offset in range(0, 24 if info is not None else 0, 4):
                    yield info + offset, 4


def attempt(hotpad, folder, data):
    """What is wrong with what hotpad did, or whether it refused the image."""
    bad, out = os.path.join(folder, "bad"), os.path.join(folder, "out")
    with open(bad, "wb") as file:
        file.write(data)
    done = subprocess.run([hotpad, "rewrite", "--verify", "--quiet", bad, "-o", out], capture_output=True, timeout=60)
    text = (done.stdout + done.stderr).decode(errors="backslashreplace")
    errors = [line for line in text.splitlines() if line.startswith("hotpad: error: ")]
    made = sorted(os.listdir(folder))
    if done.returncode == 0:
        os.remove(out)
        return "accepted"
    if done.returncode != 2 or len(errors) != 1 or not errors[0].startswith(f"hotpad: error: {bad}: ") or made != ["bad"]:
        return f"WRONG: status {done.returncode}, {text!r}, {made}"
    return "WRONG: " + text if " verify: " in text else "refused"


def main():
    hotpad, folder, every, *names = sys.argv[1:]
    os.makedirs(folder)
    counts = {}
    for name in names:
        with open(name, "rb") as file:
            data = file.read()
        image = Image(data)
        variants = [data[: len(data) * i // 16] for i in range(1, 16)]  # cut off
        for at, width in image.fields():
            for value in VALUES:
                changed = bytearray(data)
                changed[at : at + width] = struct.pack("<I", value)[:width]
                variants.append(changed)
        for variant in variants[:: int(every)]:
            if variant[:2] != b"MZ":
                continue
            result = attempt(hotpad, folder, bytes(variant))
            if result.startswith("WRONG"):
                places = [i for i in range(min(len(data), len(variant))) if data[i] != variant[i]]
                print(name, f"{len(variant)} bytes, changed at {places[:4]}: {result}", flush=True)
            counts[result.partition(":")[0]] = counts.get(result.partition(":")[0], 0) + 1
    print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))


main()
