"""For gdb: stops the program at every copied function of a stripped image and at
the instructions behind its entry, and walks up each time. Complete is what ends
at the code that the program starts with. COPIES and ENTRIES are read from the
section headers."""

import struct
import subprocess

import gdb

kInstructions = 12  # looked at behind each entry
path = gdb.objfiles()[0].filename


def sections():
    text = subprocess.run(["llvm-readelf", "-S", "--elf-output-style=GNU", "--wide", path], capture_output=True, text=True).stdout
    for line in text.splitlines():
        words = line.partition("]")[2].split()
        if len(words) > 5 and words[0] in (".hotpad", "hotpad_entries", ".init", ".fini"):
            yield words[0], [int(word, 16) for word in words[2:5]]


found = dict(sections())
with open(path, "rb") as file:
    data = file.read()
entryPoint = struct.unpack_from("<Q", data, 24)[0]
address, offset, size = found["hotpad_entries"]
first, _, copiedSize = found[".hotpad"]
fields = [address + i + struct.unpack_from("<i", data, offset + i)[0] for i in range(0, size, 4)]
copies = [entry for entry in fields if first <= entry < first + copiedSize]


def jumpTarget(address, code):
    """Where the jump in the place of an old entry leads, or the entry itself."""
    return address + 5 + struct.unpack_from("<i", code, 1)[0] if code[0] == 0xE9 else address


# These two have no unwinding information in the original either.
for name in (".init", ".fini"):
    address, offset, _ = found[name]
    copies = [copy for copy in copies if copy != jumpTarget(address, data[offset:])]

gdb.execute("set pagination off")
gdb.execute("set confirm off")
# Without symbols all of the image counts as the function at the entry point.
gdb.execute("set backtrace past-entry on")
gdb.execute("starti")
auxiliary = gdb.execute("info auxv", to_string=True)
base = next(int(line.split()[-1], 16) for line in auxiliary.splitlines() if "AT_ENTRY" in line) - entryPoint
code = bytes(gdb.selected_inferior().read_memory(base + entryPoint, 5))
starts = [entryPoint, jumpTarget(entryPoint, code)]
for entry in copies:
    gdb.execute(f"tbreak *{base + entry:#x}", to_string=True)

stops, incomplete, functions = 0, [], set()
gdb.execute("continue", to_string=True)
while gdb.selected_inferior().pid:
    start = gdb.selected_frame().pc()
    functions.add(start - base)
    for _ in range(kInstructions):
        frame = gdb.selected_frame()
        pc = frame.pc() - base
        while frame.older():
            frame = frame.older()
        stops += 1
        if not any(start <= frame.pc() - base < start + 64 for start in starts):
            incomplete.append((hex(pc), frame.level(), hex(frame.pc())))
        gdb.execute("stepi", to_string=True)
    gdb.execute("continue", to_string=True)
print(f"{len(functions)} of {len(copies)} copies, {stops} backtraces, {len(incomplete)} incomplete {incomplete[:5]}")
