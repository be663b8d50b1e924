"""shared.py IMAGE N M: reads the image's two exception tables by hand and checks
them against what stands at these places of the code (shared.s, one byte longer)."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
n = int(sys.argv[2]) + 1  # the push has a prefix now
table, = struct.unpack_from("<Q", data, 40)
count, names = struct.unpack_from("<HH", data, 60)
headers = [struct.unpack_from("<IIQQQQ", data, table + 64 * i) for i in range(count)]
strings = headers[names][4]
sections = {}
for name, _, _, address, offset, size in headers:
    text = data[strings + name : data.index(b"\0", strings + name)].decode()
    sections[text] = (address, data[offset : offset + size])
address, bytes_ = sections[".gcc_except_table"]
at = 0


def byte():
    global at
    at += 1
    return bytes_[at - 1]


def uleb():
    value, shift = 0, 0
    while True:
        next_ = byte()
        value |= (next_ & 127) << shift
        shift += 7
        if next_ < 128:
            return value


ends = set()
for fillers in (0, int(sys.argv[3])):
    while at % 4:
        assert byte() == 0
    assert byte() == 0xFF and byte() == 3
    types = uleb()
    types += at
    assert byte() == 1
    actions = uleb()
    actions += at
    ends.add((actions, types))
    for _ in range(fillers):
        assert (uleb(), uleb(), uleb(), uleb()) == (0, 0, 0, 0)
    site = (uleb(), uleb(), uleb(), uleb())
    assert site == (n, 5, n + 7, 1), (site, n)
# Both lead to the same actions and types, directly behind the second's sites.
assert len(ends) == 1, ends
assert at == actions, (at, actions)
assert (byte(), byte()) == (1, 0)
assert (address + types) % 4 == 0, types
assert struct.unpack_from("<I", bytes_, types - 4)[0] == 0x1234, bytes_
