#!/usr/bin/env python3
"""Prints the first instruction of every function that a PE image lists.

    first-instructions.py LLVM-OBJDUMP PROGRAM.exe

A line each, for windows/Inputs/selfpatch.c: the entry's RVA, length, and what in
it depends on where it is:

    c             nothing
    r AT          a 4-byte distance from the end of the instruction, at byte AT
    j CC TARGET   a jump to RVA TARGET, on condition CC, or always (CC = -1)
    l TARGET      a call of RVA TARGET

LLVM's disassembler reads the code from front to back; an entry that it does not
meet is an error.
"""
import re
import struct
import subprocess
import sys

PREFIXES = set(bytes.fromhex("262e363e64656667f0f2f3"))


def sections(data):
    (pe,) = struct.unpack_from("<I", data, 0x3C)
    count, optional = struct.unpack_from("<H12xH", data, pe + 6)
    magic = struct.unpack_from("<H", data, pe + 24)[0]
    base = struct.unpack_from("<Q" if magic == 0x20B else "<I", data, pe + 24 + (24 if magic == 0x20B else 28))[0]
    for i in range(count):
        at = pe + 24 + optional + 40 * i
        name, size, rva, rawSize, raw = struct.unpack_from("<8sIIII", data, at)
        yield base, name.rstrip(b"\0").decode(), size, rva, data[raw : raw + min(size, rawSize)]


def main():
    objdump, program = sys.argv[1:]
    with open(program, "rb") as file:
        data = file.read()
    entries, imageBase = [], 0
    for base, name, _, _, contents in sections(data):
        imageBase = base
        if name == ".hpentry":
            entries = [rva for (rva,) in struct.iter_unpack("<I", contents[: len(contents) & -4]) if rva]
    listing = subprocess.run([objdump, "-d", program], capture_output=True, text=True, check=True).stdout
    lines = {}
    for match in re.finditer(r"^ *([0-9a-f]+): ((?:[0-9a-f]{2}[ \t])+)[ \t]*(\S+)[ \t]*(.*)$", listing, re.M):
        address, code, mnemonic, operands = match.groups()
        lines[int(address, 16) - imageBase] = bytes.fromhex(code), mnemonic, operands
    for rva in sorted(set(entries)):
        site = rva
        if site not in lines:
            sys.exit(f"{program}: no instruction at {rva:#x}")
        code, mnemonic, operands = lines[site]
        while set(code) <= PREFIXES:  # printed on a line of its own
            more, mnemonic, operands = lines[site + len(code)]
            code += more
        direct = re.match(r"0x([0-9a-f]+)", operands)
        inMemory = re.search(r"\(%rip\).*# 0x([0-9a-f]+)", operands)
        row = "c"
        if direct and (mnemonic.startswith("j") or mnemonic.startswith("call")):
            target = int(direct.group(1), 16) - imageBase
            if mnemonic.startswith("call"):
                row = f"l {target}"
            elif mnemonic.startswith("jmp"):
                row = f"j -1 {target}"
            elif code[0] & 0xF0 == 0x70 or code[0] == 0x0F:
                row = f"j {(code[0] if code[0] != 0x0F else code[1]) & 15} {target}"
            else:
                sys.exit(f"{program}: {mnemonic} at {rva:#x}")
        elif inMemory:
            distance = int(inMemory.group(1), 16) - imageBase - rva - len(code)
            row = f"r {code.rindex(struct.pack('<i', distance))}"
        print(rva, len(code), row)


main()
