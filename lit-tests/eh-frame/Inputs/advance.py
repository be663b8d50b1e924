"""Reads llvm-dwarfdump --eh-frame: one FDE whose second row begins N + 1 bytes
behind the start (argv[1] is N), the third 3 bytes later, and that covers N + 5."""
import re
import sys

n = int(sys.argv[1])
text = sys.stdin.read()
begin, end = (int(x, 16) for x in re.search(r"FDE .*pc=([0-9a-f]+)\.\.\.([0-9a-f]+)", text).groups())
assert end - begin == n + 5, text
rows = [int(x, 16) for x in re.findall(r"^  0x([0-9a-f]+): CFA=", text, re.M)]
assert rows == [begin, begin + n + 1, begin + n + 4], (begin, rows)
