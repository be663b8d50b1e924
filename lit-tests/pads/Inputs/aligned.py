"""Reads `llvm-readelf -s` lines: functions f1..f20, aligned as argv[1] says, with
at least 6 bytes between them and no more than that asks for."""
import sys

alignment = int(sys.argv[1])
site = max(alignment, 2)  # a patch site needs even addresses
end = 0
for line in sys.stdin:
    fields = line.split()
    value, size = int(fields[1], 16), int(fields[2], 0)
    assert value % alignment == 0, line
    assert value % 2 == 0, line
    gap = value - end
    assert gap >= 6, line
    assert gap < 6 + site, line
    end = value + size
