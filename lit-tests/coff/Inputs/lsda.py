"""lsda.py XDATA: the only call site of the only exception table in it."""
import sys

data = open(sys.argv[1], "rb").read()
at = data.index(b"\xff\xff\x01") + 3  # no base, no types, ULEB128


def uleb():
    global at
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value


length = uleb()
end = at + length
site = [uleb() for _ in range(4)]
print(len(data), "bytes, call site", *site, "ends at its length" if at == end else "does not fit its length")
