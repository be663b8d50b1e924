#!/usr/bin/env python3
"""Replaces a function of a running, hot-patchable program, by the book.

  replace.py apply  PID FUNCTION REPLACEMENT   calls of FUNCTION go to REPLACEMENT
  replace.py revert PID FUNCTION               and back
  replace.py PROGRAM                           starts PROGRAM (sqlshell), does both,
                                               and shows its answers

FUNCTION and REPLACEMENT are names of the program's symbol table. Nothing but
what the contract promises is used: the list of entries, a free slot, the six
pad bytes before the entry E, and the two bytes of the first instruction S (at
E, or at E+4 behind an endbr64):

     slot:  address of REPLACEMENT          first
     E-6:   FF 25 disp32   jmp *slot        then
     S:     EB F8          jmp E-6          last, one aligned 8-byte write

Reverting writes the two bytes of S back. The pad and the slot stay as they are:
a thread may still be on its way through them.
"""
import os
import signal
import struct
import subprocess
import sys
import time

PAD = 6
ENDBR64 = b"\xf3\x0f\x1e\xfa"


class Failure(Exception):
    pass


class Elf:
    """Sections and symbols of a 64-bit little-endian ELF file."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.data = f.read()
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise Failure(f"{path}: not a 64-bit ELF file")
        phoff, shoff = struct.unpack_from("<QQ", self.data, 0x20)
        phsize, phnum, shsize, shnum, shstrndx = struct.unpack_from("<5H", self.data, 0x36)
        # (type, flags, offset, vaddr, ...) and (name, type, flags, addr, offset, size, link, ...)
        self.segments = [struct.unpack_from("<IIQQQQQQ", self.data, phoff + i * phsize) for i in range(phnum)]
        headers = [struct.unpack_from("<IIQQQQIIQQ", self.data, shoff + i * shsize) for i in range(shnum)]
        self.headers = headers
        self.sections = {self.string(headers[shstrndx], h[0]): h for h in headers}

    def string(self, table, offset):
        start = table[4] + offset
        return self.data[start:self.data.index(b"\0", start)].decode()

    def contents(self, name):
        h = self.section(name)
        return self.data[h[4]:h[4] + h[5]]

    def section(self, name):
        if name not in self.sections:
            raise Failure(f"the program has no section {name}: was it made from rewritten code?")
        return self.sections[name]

    def symbol(self, name):
        table = self.section(".symtab")
        strings = self.headers[table[6]]
        for at in range(table[4], table[4] + table[5], 24):
            st_name, _, _, shndx, value, _ = struct.unpack_from("<IBBHQQ", self.data, at)
            if shndx and self.string(strings, st_name) == name:
                return value
        raise Failure(f"no symbol {name}")

    def entries(self):
        """The listed entries: each field holds its distance to an entry."""
        base, fields = self.section("hotpad_entries")[3], self.contents("hotpad_entries")
        return {base + at + struct.unpack_from("<i", fields, at)[0] for at in range(0, len(fields), 4)}

    def bytesAt(self, address, size):
        for _, _, offset, vaddr, _, filesz, _, _ in (s for s in self.segments if s[0] == 1):
            if vaddr <= address and address + size <= vaddr + filesz:
                return self.data[offset + address - vaddr:][:size]
        raise Failure(f"address {address:#x} is not in the file")


class Process:
    """A stopped process; addresses are those of the file."""

    def __init__(self, pid):
        self.pid = pid
        self.path = os.readlink(f"/proc/{pid}/exe")
        self.elf = Elf(f"/proc/{pid}/exe")
        self.bias = self.findBias()

    def findBias(self):
        first = min(s[3] - s[2] for s in self.elf.segments if s[0] == 1)
        with open(f"/proc/{self.pid}/maps") as maps:
            for line in maps:
                words = line.split(None, 5)
                if len(words) == 6 and words[5].rstrip("\n") == self.path and int(words[2], 16) == 0:
                    return int(words[0].split("-")[0], 16) - first
        raise Failure(f"{self.path} is not mapped in process {self.pid}")

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        try:
            self.waitUntilStopped()
            self.memory = os.open(f"/proc/{self.pid}/mem", os.O_RDWR)
        except BaseException:
            os.kill(self.pid, signal.SIGCONT)
            raise
        return self

    def __exit__(self, *_):
        os.close(self.memory)
        os.kill(self.pid, signal.SIGCONT)

    def waitUntilStopped(self):
        for _ in range(1000):
            states = set()
            for task in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{task}/stat") as f:
                    states.add(f.read().rpartition(")")[2].split()[0])
            if states <= {"T", "t"}:
                return
            time.sleep(0.005)
        raise Failure(f"process {self.pid} does not stop")

    def read(self, address, size):
        return os.pread(self.memory, size, address + self.bias)

    def write(self, address, data):
        if os.pwrite(self.memory, data, address + self.bias) != len(data):
            raise Failure(f"cannot write at {address:#x}")

    def writeSite(self, site, two):
        """Two bytes in one aligned 8-byte write."""
        word = site & ~7
        if site - word > 6:
            raise Failure(f"the site {site:#x} is not inside one aligned word")
        data = bytearray(self.read(word, 8))
        data[site - word:site - word + 2] = two
        self.write(word, bytes(data))


def findFunction(elf, name):
    entry = elf.symbol(name)
    if entry not in elf.entries():
        raise Failure(f"{name} is not in the list of patchable entries")
    return entry, entry + (4 if elf.bytesAt(entry, 4) == ENDBR64 else 0)


def slotOf(process, entry, pad):
    """The slot an earlier patch of this entry used, else the first free one."""
    if pad[:2] == b"\xff\x25":
        return entry + struct.unpack("<i", pad[2:])[0]
    header = process.elf.section("hotpad_slots")
    slots = process.read(header[3], header[5])
    for at in range(0, len(slots), 8):
        if slots[at:at + 8] == bytes(8):
            return header[3] + at
    raise Failure("no slot is free")


def show(process, entry, site):
    code = process.read(entry - PAD, PAD + site - entry + 4)
    say(f"  pad {code[:PAD].hex(' ')} | entry {code[PAD:].hex(' ')}")


def apply(pid, name, replacement):
    with Process(pid) as process:
        entry, site = findFunction(process.elf, name)
        target = process.elf.symbol(replacement)
        show(process, entry, site)
        pad = process.read(entry - PAD, PAD)
        if process.read(site, 2) != process.elf.bytesAt(site, 2):
            raise Failure(f"{name} is patched already")
        if pad[:2] != b"\xff\x25" and pad != process.elf.bytesAt(entry - PAD, PAD):
            raise Failure(f"the pad of {name} is not as in the file")
        slot = slotOf(process, entry, pad)
        process.write(slot, struct.pack("<Q", target + process.bias))
        process.write(entry - PAD, b"\xff\x25" + struct.pack("<i", slot - entry))
        process.writeSite(site, b"\xeb" + struct.pack("<b", entry - PAD - (site + 2)))
        show(process, entry, site)


def revert(pid, name):
    with Process(pid) as process:
        entry, site = findFunction(process.elf, name)
        if process.read(site, 1) != b"\xeb" or process.read(entry - PAD, 2) != b"\xff\x25":
            raise Failure(f"{name} is not patched")
        process.writeSite(site, process.elf.bytesAt(site, 2))
        show(process, entry, site)


def say(text):
    print(text, flush=True)


def demo(program):
    shell = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask():
        shell.stdin.write("SELECT sqlite_version();\n")
        shell.stdin.flush()
        answer = shell.stdout.readline().strip()
        say(f"  SELECT sqlite_version();  ->  {answer}")
        return answer

    try:
        say(f"process {shell.pid} runs {os.path.basename(program)}:")
        before = ask()
        say("replace sqlite3_libversion by demo_libversion:")
        apply(shell.pid, "sqlite3_libversion", "demo_libversion")
        patched = ask()
        say("revert:")
        revert(shell.pid, "sqlite3_libversion")
        after = ask()
        say("replace it once more, and revert:")
        apply(shell.pid, "sqlite3_libversion", "demo_libversion")
        again = ask()
        revert(shell.pid, "sqlite3_libversion")
        last = ask()
    finally:
        shell.stdin.close()
        shell.wait()
    if not (before == after == last != patched == again) or shell.returncode:
        raise Failure("the answers are not as they should be")
    say("the answer changed and changed back, in the same process")


def main(arguments):
    try:
        if len(arguments) == 4 and arguments[0] == "apply":
            apply(int(arguments[1]), *arguments[2:])
        elif len(arguments) == 3 and arguments[0] == "revert":
            revert(int(arguments[1]), arguments[2])
        elif len(arguments) == 1 and arguments[0] not in ("-h", "--help"):
            demo(arguments[0])
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except (Failure, OSError) as error:
        print(f"replace.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
