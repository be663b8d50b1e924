"""entries.py IMAGE: the names in hotpad_entries, sorted, then `slots N`."""
import subprocess
import struct
import sys

image = sys.argv[1]
data = open(image, "rb").read()
table, = struct.unpack_from("<Q", data, 40)
count, names = struct.unpack_from("<HH", data, 60)
headers = [struct.unpack_from("<IIQQQQIIQQ", data, table + 64 * i) for i in range(count)]
strings = headers[names][4]
symbols = {}
for line in subprocess.run(["llvm-nm", image], capture_output=True, text=True).stdout.splitlines():
    fields = line.split()
    if len(fields) == 3 and fields[1] in "tTwWiI" and not fields[2].startswith("hotpad."):
        symbols.setdefault(int(fields[0], 16), []).append(fields[2])
slots = 0
for name, kind, flags, address, offset, size, *_ in headers:
    text = data[strings + name : data.index(b"\0", strings + name)]
    if text == b"hotpad_entries":
        assert flags & 7 == 2, "alloc, not writable, not executable"
        for at in range(0, size, 4):
            value, = struct.unpack_from("<i", data, offset + at)
            symbols.setdefault(address + at + value, ["nothing!"])
            symbols[address + at + value].append("listed")
    if text == b"hotpad_slots":
        assert kind == 8 and flags & 7 == 3 and address % 8 == 0
        slots += size // 8
print(*sorted("=".join(sorted(set(v) - {"listed"})) + (" twice" if v.count("listed") > 1 else "")
              for v in symbols.values() if "listed" in v), sep="\n")
print("slots", slots)
