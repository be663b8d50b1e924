#!/usr/bin/env python3
"""Assembles a C++ program of clang's with the compressed tables of exceptions.

    frame-handler-4.py LLVM-FOLDER INPUT.s OUTPUT.obj

Since Visual Studio 2019, cl writes tables for __CxxFrameHandler4; clang knows those
of __CxxFrameHandler3 only. This says in the new form what INPUT.s says in the old:

- The old form has one FuncInfo for a function and its catch blocks, which share one
  numbering of states. The new one has a FuncInfo for each, with states of its own: in
  a catch block, what was the state at its begin is -1, and a try block belongs to the
  outermost code it is in.
- Where a catch block goes on is an offset in its entry, if it is one place; the block
  returns 0 then.
- State 0 has no action and holds nothing: Wine 8 does not unwind out of it.

Distances are compressed integers, which no assembler writes: the code is assembled
once to measure it, and again with the tables.
"""
import os
import re
import subprocess
import sys

NAME = r'(?:"[^"]*"|[\w.$@?]+)'
TABLE = re.compile(r'"?\$(cppxdata|stateUnwindMap|tryMap|handlerMap|ip2state)\$')


def compressed(value):
    for bits, size in ((7, 1), (14, 2), (21, 3), (28, 4)):
        if value < 1 << bits:
            return list((value << size | (1 << size - 1) - 1).to_bytes(size, "little"))
    return [15, *value.to_bytes(4, "little")]


def unquoted(name):
    return name.strip('"')


def named(field):
    """What an image-relative field names."""
    return unquoted(field.removesuffix("@IMGREL"))


class Code:
    """A function or a catch block: what is between .seh_proc and .seh_endproc."""

    def __init__(self, name, begin):
        self.name, self.begin = name, begin
        self.states, self.tries = [], []  # (label, state); rows of tryMap
        self.goesOn, self.goesOnAt = None, []  # the place, and the lines that name it
        self.frame = None  # of a catch block: where the function's frame is kept


class Program:
    def __init__(self, llvm, lines):
        self.llvm, self.tables, self.lines = llvm, {}, []
        table = None
        for line in lines:
            # Names may end in @@, which assemblers take with what follows.
            line = re.sub(r"\.long\s+([\w$?@.]+)@IMGREL", r'.long\t"\1"@IMGREL', line)
            label = re.match(rf"({NAME}):", line)
            field = re.match(rf"\s+\.long\s+({NAME}(?:@IMGREL)?|-?\d+)\s*(?:#.*)?$", line)
            if label and TABLE.match(label[1]):
                table = self.tables[unquoted(label[1])] = []
                if "$cppxdata$" in label[1]:
                    self.lines.append(label[1] + ":")  # tables() replaces it
            elif table is not None and field:
                table.append(field[1])
            else:
                table = None
                self.lines.append(line)
        self.codes, self.codeOf = [], {}
        self.findCode()

    def findCode(self):
        labels, code = [], None
        for at, line in enumerate(self.lines):
            label = re.match(rf"({NAME}):", line)
            start = re.match(rf"\s*\.seh_proc\s+({NAME})", line)
            data = re.match(rf"\s+\.long\s+({NAME})@IMGREL", line)
            onward = re.match(rf"\s+leaq\s+({NAME})\(%rip\), %rax", line)
            if label and not TABLE.match(label[1]):
                labels.append(unquoted(label[1]))
            if start:
                code = Code(start[1], unquoted(start[1]))
            if onward and code:
                code.goesOnAt.append(at)
                code.goesOn = unquoted(onward[1]) if len(code.goesOnAt) == 1 else None
            if data and code and TABLE.match(data[1]):
                code.info = unquoted(data[1])
                self.codes.append(code)
                self.lines[at] = f'\t.long\t"$info4${unquoted(code.name)}"@IMGREL'
            if re.match(r"\s*\.seh_endproc", line):
                self.codeOf |= {label: code for label in labels}
                labels, code = [], None
            self.lines[at] = self.lines[at].replace("__CxxFrameHandler3", "__CxxFrameHandler4")

    def table(self, field, width):
        if not field.endswith("@IMGREL"):
            return []
        fields = self.tables[named(field)]
        return [fields[i : i + width] for i in range(0, len(fields), width)]

    def distribute(self, info):
        """Gives the states and try blocks of a FuncInfo to the code they are in."""
        tryMap, states = self.tables[info][4], self.tables[info][6]
        for label, state in self.table(states, 2):
            self.codeOf[named(label)].states.append((named(label), int(state)))
        family = [code for code in self.codes if code.info == info]
        for row in self.table(tryMap, 5):
            low, high = int(row[0]), int(row[1])
            owner = next(code for code in family if any(low <= state <= high for _, state in code.states))
            catches = self.table(row[4], 5)
            for catch in catches:
                block = self.codeOf[named(catch[3])]
                block.frame = int(catch[4])
                if block.goesOn and self.codeOf.get(block.goesOn) is owner:
                    for at in block.goesOnAt:
                        self.lines[at] = "\txorl\t%eax, %eax"
                else:
                    block.goesOn = None
            owner.tries.append((low, high, int(row[2]), catches))

    def tablesFor(self, info, addresses):
        """The new tables of a function and its catch blocks."""
        self.unwindMap = [(int(to), action) for to, action in self.table(self.tables[info][2], 2)]
        self.ehs = int(self.tables[info][9]) & 1
        return sum((self.tablesOf(code, addresses) for code in self.codes if code.info == info), [])

    def localStates(self, code):
        """{state: its number in this code}; -1 is the state at the begin of it."""
        base = code.states[0][1]
        used = {state for _, state in code.states}
        for low, high, catchHigh, catches in code.tries:
            blocks = [self.codeOf[named(catch[3])] for catch in catches]
            used |= {low} | {block.states[0][1] for block in blocks}
        known = set()
        for state in used:
            while state != base and state not in known:
                if state == -1:
                    sys.exit(f"{code.name}: a state that is not of this code")
                known.add(state)
                state = self.unwindMap[state][0]
        return {base: -1} | {state: i + 1 for i, state in enumerate(sorted(known))}

    def tablesOf(self, code, addresses):
        self.out = []
        name, states = unquoted(code.name), self.localStates(code)
        known = sorted(states, key=states.get)[1:]
        distance = lambda label, base: addresses[label] - addresses[base]
        flags = 0x08 | 0x10 * bool(code.tries) | 0x20 * self.ehs | (code.frame is not None)
        self.label("info4", name).bytes(flags).address(f"$unwind4${name}")
        if code.tries:
            self.address(f"$try4${name}")
        self.address(f"$states4${name}")
        if code.frame is not None:
            self.bytes(*compressed(code.frame))

        self.label("unwind4", name).bytes(*compressed(len(known) + 1), *compressed(1 << 2))
        starts, at = {-1: -1, 0: 0}, 1
        for state in known:
            to, action = self.unwindMap[state]
            starts[states[state]] = at
            head = compressed((at - starts[states[to]]) << 2 | (3 if action != "0" else 0))
            self.bytes(*head)
            at += len(head)
            if action != "0":
                self.address(named(action))
                at += 4

        if code.tries:
            self.label("try4", name).bytes(*compressed(len(code.tries)))
        for i, (low, high, catchHigh, _) in enumerate(code.tries):
            for limit in (low, high, catchHigh):
                self.bytes(*compressed(max(states[s] for s in states if s <= limit)))
            self.address(f"$catch4${i}${name}")
        for i, (_, _, _, catches) in enumerate(code.tries):
            self.label(f"catch4${i}", name).bytes(*compressed(len(catches)))
            for adjectives, kind, place, block, _ in catches:
                goesOn = self.codeOf[named(block)].goesOn
                self.bytes((adjectives != "0") | 2 * (kind != "0") | 4 * (place != "0") | 16 * bool(goesOn))
                if adjectives != "0":
                    self.bytes(*compressed(int(adjectives)))
                if kind != "0":
                    self.address(named(kind))
                if place != "0":
                    self.bytes(*compressed(int(place)))
                self.address(named(block))
                if goesOn:
                    self.bytes(*compressed(distance(goesOn, code.begin)))

        self.label("states4", name).bytes(*compressed(len(code.states)))
        before = code.begin
        for label, state in code.states:
            self.bytes(*compressed(distance(label, before)), *compressed(states[state] + 1))
            before = label
        return self.out

    def label(self, kind, name):
        self.out.append(f'"${kind}${name}":')
        return self

    def bytes(self, *values):
        self.out.append("\t.byte\t" + ", ".join(map(str, values)))
        return self

    def address(self, name):
        self.out.append(f'\t.long\t"{name}"@IMGREL')
        return self

    def assemble(self, lines, target):
        command = [os.path.join(self.llvm, "llvm-mc"), "-filetype=obj", "-triple=x86_64-windows-msvc", "-o", target]
        subprocess.run(command, input="\n".join(lines) + "\n", text=True, check=True)

    def addresses(self, target):
        listing = subprocess.run([os.path.join(self.llvm, "llvm-nm"), target], capture_output=True, text=True, check=True)
        rows = (line.split(None, 2) for line in listing.stdout.splitlines())
        return {row[2].removeprefix("here"): int(row[0], 16) for row in rows if len(row) == 3}


def main():
    llvm, source, target = sys.argv[1:]
    with open(source) as file:
        program = Program(llvm, file.read().splitlines())
    infos = [name for name in program.tables if "$cppxdata$" in name]
    new = {}
    for info in infos:
        program.distribute(info)
    # A name with .L in front is in no symbol table.
    measured = [re.sub(r"(?<![\w$\"])\.L", "here.L", line) for line in program.lines if "$cppxdata$" not in line]
    program.assemble(measured, target)
    addresses = program.addresses(target)
    for info in infos:
        new[info] = program.tablesFor(info, addresses)
    out = []
    for line in program.lines:
        name = unquoted(line[:-1])
        out += new[name] if name in new else [line]
    program.assemble(out, target)


main()
