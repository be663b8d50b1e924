#!/usr/bin/env python3
"""The relocations that --emit-relocs left in an x86-64 image.

    kept.py check BEFORE AFTER
        evaluates the plain ones (S + A, S + A - P) of both images, and says how
        many agree with the bytes; exits with 1 when fewer do in AFTER
    kept.py edit FILE SECTION ROW FIELD=VALUE...    (field: offset type symbol addend)
        writes FILE with one relocation of SECTION changed to stdout
    kept.py header FILE SECTION FIELD=VALUE...      (field: info link entsize)
        the same for the header of the section itself
"""
import struct
import sys

SHT_RELA, SHT_SYMTAB, SHT_NOBITS, SHF_ALLOC = 4, 2, 8, 2
WIDTH = {1: (8, False), 2: (4, True), 10: (4, False), 11: (4, False)}  # R_X86_64_64, PC32, 32, 32S
HEADER = dict(name=0, type=1, flags=2, address=3, offset=4, size=5, link=6, info=7, align=8, entsize=9)


class Image:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = bytearray(file.read())
        self.table = struct.unpack_from("<Q", self.data, 0x28)[0]
        size, count, names = struct.unpack_from("<HHH", self.data, 0x3A)
        self.sections = [
            list(struct.unpack_from("<IIQQQQIIQQ", self.data, self.table + i * size))
            for i in range(count)
        ]
        start = self.sections[names][HEADER["offset"]]
        self.names = []
        for section in self.sections:
            at = start + section[0]
            self.names.append(self.data[at : self.data.index(0, at)].decode())

    def field(self, section, name):
        return self.sections[section][HEADER[name]]

    def writeHeader(self, section):
        struct.pack_into("<IIQQQQIIQQ", self.data, self.table + section * 64, *self.sections[section])

    def symbols(self):
        index = next(i for i in range(len(self.sections)) if self.field(i, "type") == SHT_SYMTAB)
        start = self.field(index, "offset")
        return [
            struct.unpack_from("<IBBHQQ", self.data, start + at)
            for at in range(0, self.field(index, "size"), 24)
        ]

    def agreeing(self):
        symbols, count = self.symbols(), 0
        for i, name in enumerate(self.names):
            if self.field(i, "type") != SHT_RELA or self.field(i, "flags") & SHF_ALLOC:
                continue
            target = self.field(i, "info")
            # Unwinding tables are written anew, and theirs dropped.
            if self.field(target, "type") == SHT_NOBITS or self.names[target] in (".eh_frame", ".gcc_except_table"):
                continue
            for at in range(0, self.field(i, "size"), 24):
                place, kind, symbol, addend = struct.unpack_from("<QIIq", self.data, self.field(i, "offset") + at)
                if kind not in WIDTH:
                    continue
                width, relative = WIDTH[kind]
                start = self.field(target, "offset") + place - self.field(target, "address")
                value = int.from_bytes(self.data[start : start + width], "little")
                expected = symbols[symbol][4] + addend - (place if relative else 0)
                count += value == expected % (1 << 8 * width)
        return count


def assignments(arguments):
    return [(name, int(value, 0)) for name, value in (a.split("=") for a in arguments)]


if sys.argv[1] == "check":
    before, after = (Image(path).agreeing() for path in sys.argv[2:4])
    if after < before:
        raise SystemExit(f"{before} relocations agree with the bytes of {sys.argv[2]}, only {after} of {sys.argv[3]}")
    print(f"{before} relocations agree with the bytes of {sys.argv[2]}, as many with those of {sys.argv[3]}")
else:
    image = Image(sys.argv[2])
    index = image.names.index(sys.argv[3])
    if sys.argv[1] == "header":
        for name, value in assignments(sys.argv[4:]):
            image.sections[index][HEADER[name]] = value
        image.writeHeader(index)
    else:
        at = image.field(index, "offset") + 24 * int(sys.argv[4])
        row = dict(zip(("offset", "type", "symbol", "addend"), struct.unpack_from("<QIIq", image.data, at)))
        row.update(assignments(sys.argv[5:]))
        struct.pack_into("<QIIq", image.data, at, row["offset"], row["type"], row["symbol"], row["addend"])
    sys.stdout.buffer.write(image.data)
