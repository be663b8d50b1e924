#!/usr/bin/env python3
"""Overwrites fields of a COFF object (not of a big one).

    coff.py FILE -o OUTPUT FIELD=VALUE...

FIELD is header.NAME, section.NAME.FIELD, symbol.NAME.FIELD, aux.NAME.FIELD (the
first auxiliary record of that symbol), reloc.SECTION.NUMBER.FIELD, strings.size
or strings.end (its last byte), bytes.SECTION.OFFSET. A name may be a number, of
the file's own counting, or begin with `*`: the last one that ends like this. VALUE is a
number, `end` (the size of the file), or `x` and hexadecimal digits.
"""

import struct
import sys

HEADER = {"machine": (0, 2), "sections": (2, 2), "symbolsAt": (8, 4), "symbols": (12, 4), "optional": (16, 2)}
SECTION = {"name": (0, 8), "vsize": (8, 4), "address": (12, 4), "size": (16, 4), "at": (20, 4), "relocsAt": (24, 4),
           "linesAt": (28, 4), "relocs": (32, 2), "lines": (34, 2), "flags": (36, 4)}
SYMBOL = {"name": (0, 8), "zeroes": (0, 4), "nameAt": (4, 4), "value": (8, 4), "section": (12, 2), "type": (14, 2),
          "class": (16, 1), "aux": (17, 1)}
AUX = {"length": (0, 4), "relocs": (4, 2), "lines": (6, 2), "checksum": (8, 4), "number": (12, 2), "selection": (14, 1),
       "totalSize": (4, 4)}
RELOC = {"at": (0, 4), "symbol": (4, 4), "type": (8, 2)}


class File:
    def __init__(self, data):
        self.data = data
        (self.machine, self.sections, _, self.symbolsAt, self.symbols, optional, _) = struct.unpack_from("<HHIIIHH", data)
        self.headersAt = 20 + optional
        self.stringsAt = self.symbolsAt + 18 * self.symbols

    def name(self, raw):
        if raw[:4] == b"\0\0\0\0" or raw[:1] == b"/":
            at = struct.unpack_from("<I", raw, 4)[0] if raw[:1] != b"/" else int(raw[1:].rstrip(b"\0"))
            return self.data[self.stringsAt + at : self.data.index(b"\0", self.stringsAt + at)].decode()
        return raw.rstrip(b"\0").decode()

    def find(self, name, found):
        for number, at in found:
            if name == str(number) or name == self.name(self.data[at : at + 8]):
                return at
        for number, at in reversed(found):
            if name[:1] == "*" and self.name(self.data[at : at + 8]).endswith(name[1:]):
                return at
        raise SystemExit(f"no {name}")

    def section(self, name):
        return self.find(name, [(i + 1, self.headersAt + 40 * i) for i in range(self.sections)])

    def symbol(self, name):
        found, i = [], 0
        while i < self.symbols:
            at = self.symbolsAt + 18 * i
            found.append((i, at))
            i += 1 + self.data[at + 17]
        # A function before the symbol of a section of that name.
        return self.find(name, found)

    def place(self, field):
        kind, *rest = field.split(":") if ":" in field else field.split(".", 1)
        if kind == "header":
            return HEADER[rest[0]]
        if kind == "strings":
            size = struct.unpack_from("<I", self.data, self.stringsAt)[0]
            return (self.stringsAt, 4) if rest[0] == "size" else (self.stringsAt + size - 1, 1)
        names, last = rest[0].rsplit(".", 1)
        if kind == "bytes":
            return struct.unpack_from("<I", self.data, self.section(names) + 20)[0] + int(last, 0), 0
        if kind == "reloc":
            names, number = names.rsplit(".", 1)
            base, (at, size) = struct.unpack_from("<I", self.data, self.section(names) + 24)[0] + 10 * int(number), RELOC[last]
        elif kind == "section":
            base, (at, size) = self.section(names), SECTION[last]
        elif kind == "symbol":
            base, (at, size) = self.symbol(names), SYMBOL[last]
        else:
            base, (at, size) = self.symbol(names) + 18, AUX[last]
        return base + at, size


def main(arguments):
    with open(arguments[0], "rb") as file:
        data = bytearray(file.read())
    assert arguments[1] == "-o"
    before = File(bytes(data))
    for argument in arguments[3:]:
        field, value = argument.split("=", 1)
        at, size = before.place(field)
        if value[0] == "x":
            new = bytes.fromhex(value[1:])
        elif value[0] == "'":
            new = value[1:].encode().ljust(size, b"\0")
        else:
            new = (len(data) if value == "end" else int(value, 0)).to_bytes(size, "little", signed=value[0] == "-")
        assert not size or len(new) == size, field
        data[at : at + len(new)] = new
    with open(arguments[2], "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main(sys.argv[1:])
