"""reverse.py IN OUT: reverses the order of every relocation table."""
import struct
import sys

data = bytearray(open(sys.argv[1], "rb").read())
table, = struct.unpack_from("<Q", data, 40)
count, = struct.unpack_from("<H", data, 60)
for i in range(count):
    _, kind, _, _, offset, size = struct.unpack_from("<IIQQQQ", data, table + 64 * i)
    if kind == 4:
        rows = [data[at : at + 24] for at in range(offset, offset + size, 24)]
        data[offset : offset + size] = b"".join(reversed(rows))
open(sys.argv[2], "wb").write(data)
