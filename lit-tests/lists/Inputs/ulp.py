#!/usr/bin/env python3
"""Checks a shared library against what libpulp asks of one, from its bytes alone.

    ulp.py FILE

The requirements, and the places in libpulp that they are from:
  pad       14 bytes before the entry are free to be overwritten: all are NOPs
            (lib/arch/x86_64/patch.c writes 14 bytes there)
  entry     after an endbr64, if there is one: 66 90, or 90 90, or eb (patch.c,
            ulp_patch_addr)
  listed    __patchable_function_entries is there by that name, writable, and its
            words in the file are what the loader will make of them; each is 14
            bytes before a symbol of .symtab or .dynsym (tools/post.c, nops_fixup)
  preamble  a function of the dynamic symbol table begins with that entry, without
            an endbr64 (tools/arch/x86_64/post-arch.c, check_preamble)
  hash      DT_HASH is there, with all dynamic symbols (lib/symbol_loader.c)
  build-id  of 20 bytes (lib/ulp.c, check_patch_sanity)
Prints how many functions are fit, and what is wrong; exit 1 when something is.
"""

import struct
import sys

ENDBR64 = b"\xf3\x0f\x1e\xfa"
PRE, TOTAL = 14, 16
SHT_SYMTAB, SHT_RELA, SHT_NOTE, SHT_DYNSYM = 2, 4, 7, 11
STT_FUNC, SHN_UNDEF = 2, 0
DT_NULL, DT_HASH, DT_SYMTAB = 0, 4, 6
R_X86_64_RELATIVE = 8
PT_LOAD, PT_DYNAMIC, PT_NOTE = 1, 2, 4


class Library:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        header = struct.unpack_from("<16sHHIQQQIHHHHHH", self.data)
        phoff, shoff, phnum, shnum, shstrndx = header[5], header[6], header[10], header[12], header[13]
        fields = ("type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz", "align")
        self.segments = [
            dict(zip(fields, struct.unpack_from("<IIQQQQQQ", self.data, phoff + 56 * i))) for i in range(phnum)
        ]
        fields = ("name", "type", "flags", "addr", "offset", "size", "link", "info", "align", "entsize")
        self.sections = [
            dict(zip(fields, struct.unpack_from("<IIQQQQIIQQ", self.data, shoff + 64 * i))) for i in range(shnum)
        ]
        for section in self.sections:
            section["name"] = self.text(self.sections[shstrndx], section["name"])

    def text(self, table, at):
        begin = table["offset"] + at
        return self.data[begin : self.data.index(b"\0", begin)].decode()

    def at(self, address, size):
        """Bytes at an address, as the loader finds them in the file."""
        for segment in self.segments:
            if segment["type"] == PT_LOAD and segment["vaddr"] <= address < segment["vaddr"] + segment["filesz"]:
                offset = address - segment["vaddr"] + segment["offset"]
                return self.data[offset : offset + size]
        return b""

    def symbols(self, kind):
        """(name, type, section, address) of a symbol table."""
        for table in self.sections:
            if table["type"] != kind:
                continue
            for at in range(table["offset"], table["offset"] + table["size"], 24):
                name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", self.data, at)
                yield self.text(self.sections[table["link"]], name), info & 15, section, value

    def relative(self):
        """{address: value} of R_X86_64_RELATIVE relocations."""
        found = {}
        for table in self.sections:
            if table["type"] == SHT_RELA and table["flags"] & 2:
                for at in range(table["offset"], table["offset"] + table["size"], 24):
                    offset, info, addend = struct.unpack_from("<QQq", self.data, at)
                    if info == R_X86_64_RELATIVE:
                        found[offset] = addend
        return found

    def dynamic(self):
        segment = next(s for s in self.segments if s["type"] == PT_DYNAMIC)
        found = {}
        for at in range(segment["offset"], segment["offset"] + segment["filesz"], 16):
            tag, value = struct.unpack_from("<qQ", self.data, at)
            if tag == DT_NULL:
                break
            found[tag] = value
        return found

    def buildId(self):
        for segment in self.segments:
            at, end = segment["offset"], segment["offset"] + segment["filesz"]
            while segment["type"] == PT_NOTE and at + 12 <= end:
                nameSize, size, kind = struct.unpack_from("<III", self.data, at)
                name = self.data[at + 12 : at + 12 + nameSize]
                begin = at + 12 + (nameSize + 3 & ~3)
                if kind == 3 and name == b"GNU\0":
                    return self.data[begin : begin + size]
                align = 8 if segment["align"] == 8 else 4
                at = begin + (size + align - 1 & -align)
        return b""


def isNops(data):
    """NOPs of any length, and nothing else: 90, 66 90, 0f 1f /0 with prefixes."""
    at = 0
    while at < len(data):
        begin = at
        while data[at : at + 1] in (b"\x66", b"\x2e"):
            at += 1
        if data[at : at + 1] == b"\x90":
            at += 1
        elif data[at : at + 2] == b"\x0f\x1f":
            mod, low = data[at + 2] >> 6, data[at + 2] & 7
            at += 3 + (low == 4) + {0: 0, 1: 1, 2: 4}[mod]
        else:
            return False
        assert at > begin
    return at == len(data)


def isEntry(code):
    return code[:1] == b"\xeb" or code[:2] in (b"\x66\x90", b"\x90\x90")


def main(path):
    library = Library(path)
    wrong = []
    lists = [s for s in library.sections if s["name"] == "__patchable_function_entries"]
    if len(lists) != 1:
        return f"listed: {len(lists)} sections __patchable_function_entries"
    [entries] = lists
    if entries["flags"] & 3 != 3:
        wrong.append("listed: the section is not writable and in memory")
    symbols = {value for kind in (SHT_SYMTAB, SHT_DYNSYM) for _, _, section, value in library.symbols(kind) if section != SHN_UNDEF}
    relative = library.relative()
    fit = set()
    for at in range(0, entries["size"], 8):
        [word] = struct.unpack_from("<Q", library.data, entries["offset"] + at)
        if relative.get(entries["addr"] + at) != word:
            wrong.append(f"listed: word {at // 8} is {word:#x}, and the loader makes it {relative.get(entries['addr'] + at)}")
        entry = word + PRE
        if entry not in symbols:
            wrong.append(f"listed: {entry:#x} is no symbol")
        code = library.at(entry, 6)
        if not isNops(library.at(word, PRE)):
            wrong.append(f"pad: {library.at(word, PRE).hex()} before {entry:#x}")
        if not isEntry(code[4:] if code.startswith(ENDBR64) else code):
            wrong.append(f"entry: {code.hex()} at {entry:#x}")
        fit.add(entry)
    exported = [(name, value) for name, kind, section, value in library.symbols(SHT_DYNSYM) if kind == STT_FUNC and section != SHN_UNDEF]
    for name, value in exported:
        if value not in fit:
            wrong.append(f"listed: {name} at {value:#x} is not")
    if not any(isEntry(library.at(value, 2)) for _, value in exported[:8000]):
        wrong.append("preamble: no dynamic symbol has one")
    dynamic = library.dynamic()
    if DT_HASH not in dynamic:
        wrong.append("hash: there is no DT_HASH")
    else:
        _, chains = struct.unpack("<II", library.at(dynamic[DT_HASH], 8))
        if chains != sum(1 for _ in library.symbols(SHT_DYNSYM)):
            wrong.append(f"hash: has {chains} symbols")
    if len(library.buildId()) != 20:
        wrong.append(f"build-id: {len(library.buildId())} bytes")
    print(f"{len(fit)} functions are fit, {len(exported)} of them exported" if not wrong else "\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
