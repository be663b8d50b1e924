#!/usr/bin/env python3
"""Changes fields of a PE image, to values no linker would write.

    pe-field.py IMAGE FIELD=VALUE... -o OUTPUT

A field is one of
    machine sections symbols-at symbols optional-size      file header
    magic base entry directories                           optional header
    export exception config managed     .rva or .size      data directories
    .text name virtual-size rva size at flags, as in `.text.size`   section table
    .text+0x10                          4 bytes of the section's contents
    symtab+0x10                         4 bytes from the start of the symbol table
A value is a number, or text for `name`.
"""

import struct
import sys

FILE = {
    "machine": (0, "H"),
    "sections": (2, "H"),
    "symbols-at": (8, "I"),
    "symbols": (12, "I"),
    "optional-size": (16, "H"),
}
DIRECTORIES = {"export": 0, "exception": 3, "config": 10, "managed": 14}
SECTION = {
    "name": (0, "8s"),
    "virtual-size": (8, "I"),
    "rva": (12, "I"),
    "size": (16, "I"),
    "at": (20, "I"),
    "flags": (36, "I"),
}


def main(arguments):
    name, *changes, dash, output = arguments
    assert dash == "-o"
    with open(name, "rb") as file:
        data = bytearray(file.read())
    header = struct.unpack_from("<I", data, 0x3C)[0] + 4
    optional = header + 20
    is64 = struct.unpack_from("<H", data, optional)[0] == 0x20B
    table = optional + struct.unpack_from("<H", data, header + 16)[0]
    count = struct.unpack_from("<H", data, header + 2)[0]
    sections = {}
    for at in range(table, table + 40 * count, 40):
        sections[data[at : at + 8].rstrip(b"\0").decode()] = at

    def place(field):
        if field in FILE:
            return header + FILE[field][0], FILE[field][1]
        if field == "magic":
            return optional, "H"
        if field == "entry":
            return optional + 16, "I"
        if field == "base":
            return (optional + 24, "Q") if is64 else (optional + 28, "I")
        if field == "directories":
            return optional + (108 if is64 else 92), "I"
        owner, _, part = field.rpartition(".")
        if owner in DIRECTORIES:
            at = optional + (112 if is64 else 96) + 8 * DIRECTORIES[owner]
            return at + (4 if part == "size" else 0), "I"
        if owner in sections:
            return sections[owner] + SECTION[part][0], SECTION[part][1]
        owner, _, offset = field.partition("+")
        pointer = header + 8 if owner == "symtab" else sections[owner] + 20
        return struct.unpack_from("<I", data, pointer)[0] + int(offset, 0), "I"

    for change in changes:
        field, _, value = change.partition("=")
        at, form = place(field)
        value = value.encode() if form == "8s" else int(value, 0)
        struct.pack_into("<" + form, data, at, value)
    with open(output, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main(sys.argv[1:])
