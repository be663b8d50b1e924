"""pointed.py IMAGE (linked at 0): .probe points to a NOP in front of a loop,
__mcount_loc to a call."""
import struct
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


def pointed(name):
    at = struct.unpack_from("<Q", sections[name][1])[0] - base
    return code[at : at + 5]


assert pointed("__mcount_loc")[0] == 0xE8, pointed("__mcount_loc")
assert pointed(".probe")[0] == 0x90, pointed(".probe")
