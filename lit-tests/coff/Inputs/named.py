"""named.py TOOL FILE: what a tool of LLVM says of FILE, places in code by name.

    code    llvm-objdump -dr of an object
    unwind  llvm-readobj --unwind of an object
    config  llvm-readobj --coff-load-config of an image

An instruction is `label#n`, the n-th behind that label, counted from 0. NOPs,
INT3 and prefixes that stand alone do not count: rewriting adds and takes away
such. So the same is printed of a file before and after.
"""
import bisect
import re
import subprocess
import sys
import tempfile

from places import Coff

CODE = 0x20  # IMAGE_SCN_CNT_CODE
PADDING = re.compile(r"(nop[wl]?|int3|cs|data16|rex|leal\s+(0x0)?\((%e..)(,%eiz)?\), \3)\b")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Instructions:
    """Of a section: names by address, and addresses in order."""

    def __init__(self):
        self.names, self.starts, self.ends, self.rows = {}, [], [], []

    def at(self, address):
        """The instruction there, or behind the padding there."""
        next = bisect.bisect_left(self.starts, address)
        return self.names[self.starts[next]] if next != len(self.starts) else "end"

    def behind(self, address):
        """The instruction that ends there, and how much padding is between."""
        last = bisect.bisect_left(self.starts, address) - 1
        if last < 0:
            return f"start+{address}"
        padding = address - self.ends[last]
        return "behind " + self.names[self.starts[last]] + (f"+{padding}" if padding else "")


def disassemble(path):
    """Instructions by section, in the order of the file."""
    sections, label, number, padding = [], None, 0, False
    for line in run("llvm-objdump", "-dr", "--no-show-raw-insn", path).splitlines():
        if line.startswith("Disassembly of section"):
            sections.append(Instructions())
            continue
        if found := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            label, number = found[1], 0
            continue
        if found := re.match(r"\s+[0-9a-f]+:\s+(IMAGE_REL\S+)", line):
            if not padding:
                sections[-1].rows[-1][1].append(found[1])
            continue
        if not (found := re.match(r"\s*([0-9a-f]+):\s+(\S.*)", line)):
            continue
        now, address, text = sections[-1], int(found[1], 16), re.sub(r"^rep\s+ret", "ret", found[2])
        if len(now.ends) < len(now.starts):
            now.ends.append(address)
        padding = bool(PADDING.match(text))
        if not padding:
            now.names[address] = f"{label}#{number}"
            now.starts.append(address)
            now.rows.append((text, []))
            number += 1
    return sections


class Object:
    def __init__(self, path):
        self.coff = coff = Coff(path)
        code = [i for i, s in enumerate(coff.sections) if s and s[1] & CODE and s[3]]
        # What stands in the fields of relocations moves, and is printed with them.
        bare = bytearray(coff.data)
        for i in code:
            for relocation in coff.sections[i][4]:
                at, width = coff.sections[i][6] + relocation[0], coff.width(relocation)
                bare[at : at + width] = bytes(width)
        with tempfile.NamedTemporaryFile() as file:
            file.write(bare)
            file.flush()
            listed = disassemble(file.name)
        assert len(code) == len(listed), path
        self.code = dict(zip(code, listed))
        for i, now in self.code.items():
            if len(now.ends) < len(now.starts):
                now.ends.append(coff.sections[i][2])

    def place(self, section, relocation):
        home, offset = self.coff.place(section, relocation)
        if home in self.code:
            return self.code[home].at(offset)
        name = home if isinstance(home, str) else self.coff.sections[home][0]
        return f"{name}+{offset:#x}" if offset else name

    def symbol(self, text):
        """(section, offset) of `name` or `name +0x10`."""
        name, _, distance = text.partition(" +")
        home, value = next(s[2:0:-1] for s in self.coff.symbols.values() if s[0] == name and s[2] > 0)
        return home, value + int(distance or "0", 16)

    def printCode(self):
        for i, now in self.code.items():
            relocations = iter(sorted(self.coff.sections[i][4]))
            for start, (text, types) in zip(now.starts, now.rows):
                text, _, comment = text.replace("\t", " ").partition("#")
                if types:  # what would stand here without a linker
                    text = re.sub(r" 0x[0-9a-f]+ <.*>", "", text)
                elif "<" in comment:
                    text = re.sub(r"[-x0-9a-f]+\(%rip\)", comment.strip() + "(%rip)", text)
                text = re.sub(r"0x([0-9a-f]+) <.*>", lambda found: now.at(int(found[1], 16)), text.rstrip())
                for name in types:
                    relocation = next(r for r in relocations if start <= r[0])
                    text += f" ; {name.removeprefix('IMAGE_REL_')} {self.place(i, relocation)}"
                print(f"{now.names[start]}: {text}")

    def printUnwind(self, path):
        start = None
        for line in run("llvm-readobj", "--unwind", path).splitlines():
            if found := re.match(r"( *(Start|End)Address: )(.*) \(0x[0-9A-F]+\)", line):
                home, offset = self.symbol(found[3])
                if found[2] == "Start":
                    start = home, offset
                line = found[1] + (self.code[home].at(offset) if found[2] == "Start" else self.code[home].behind(offset))
            elif found := re.match(r"( *PrologSize: )(\d+)", line):
                line = found[1] + self.prolog(start, int(found[2]))
            elif found := re.match(r"( *)0x([0-9A-F]+)(: .*)", line):
                line = found[1] + self.prolog(start, int(found[2], 16)) + found[3]
            elif found := re.match(r"( *)(UnwindInfoAddress: \S+|Handler: \S+) ", line):
                line = found[1] + found[2]
            elif line.startswith("File:"):
                continue
            print(line)

    def prolog(self, start, size):
        home, offset = start
        return self.code[home].behind(offset + size) if size else "nowhere"


def printConfig(path):
    names = {}
    for address, kind, name in re.findall(r"^([0-9a-f]+) (\w) (.*)", run("llvm-nm", path), re.M):
        if kind != "A":
            names[int(address, 16)] = name
    for section in disassemble(path):
        names |= section.names
    for line in run("llvm-readobj", "--coff-load-config", path).splitlines():
        if not line.startswith("File:"):
            print(re.sub(r"0x[0-9A-F]+", lambda found: names.get(int(found[0], 16), found[0]), line))


def main():
    tool, path = sys.argv[1:]
    if tool == "code":
        Object(path).printCode()
    elif tool == "unwind":
        Object(path).printUnwind(path)
    else:
        printConfig(path)


main()
