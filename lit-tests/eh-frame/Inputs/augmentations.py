"""Reads llvm-dwarfdump --eh-frame; for each FDE, by address: the length of its
range, the augmentation of its CIE, its first advance."""
import re
import sys

cies, fdes = {}, []
for line in sys.stdin:
    if match := re.match(r"(\w+) \w+ 0+ CIE", line):
        current = match[1]
    elif match := re.match(r'  Augmentation: +"(.*)"', line):
        cies[current] = match[1]
    elif match := re.match(r"\w+ \w+ \w+ FDE cie=(\w+) pc=(\w+)\.\.\.(\w+)", line):
        fdes.append([int(match[2], 16), int(match[3], 16), match[1], ""])
    elif "advance_loc" in line and fdes and not fdes[-1][3]:
        fdes[-1][3] = line.strip()
for begin, end, cie, advance in sorted(fdes):
    print(hex(end - begin), cies[cie], advance)
