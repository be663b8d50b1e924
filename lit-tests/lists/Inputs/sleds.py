"""sleds.py IMAGE: checks xray_instr_map (version 2: distances from the field)."""
import struct
import subprocess
import sys

data = open(sys.argv[1], "rb").read()
table, = struct.unpack_from("<Q", data, 40)
count, names = struct.unpack_from("<HH", data, 60)
headers = [struct.unpack_from("<IIQQQQ", data, table + 64 * i) for i in range(count)]
strings = headers[names][4]
sections = {}
for name, _, _, address, offset, size in headers:
    text = data[strings + name : data.index(b"\0", strings + name)].decode()
    sections[text] = (address, data[offset : offset + size])
base, code = sections[".text"]
entries = {}
for line in subprocess.run(["llvm-nm", sys.argv[1]], capture_output=True, text=True).stdout.splitlines():
    entries[int(line.split()[0], 16)] = line.split()[2]
start, map_ = sections["xray_instr_map"]
assert len(map_) % 32 == 0 and map_
for at in range(0, len(map_), 32):
    sled, function, kind = struct.unpack_from("<qqB", map_, at)
    sled += start + at
    function += start + at + 8
    assert function in entries, hex(function)
    assert sled % 2 == 0, hex(sled)
    first = code[sled - base : sled - base + 2]
    # Entry and tail sleds are `jmp +9`, exits `ret` and ten bytes of NOP.
    assert first == b"\xeb\x09" if kind != 1 else first[0] == 0xC3, (entries[function], kind, first)
