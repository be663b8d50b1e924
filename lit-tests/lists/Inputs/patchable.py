"""patchable.py N,M OBJECT: what OBJECT says of itself as a patchable one. A line for
each function: where its list entry leads, seen from the entry, and how many bytes of
NOPs stand before it and at it; a line for each kind of list section."""
import re
import subprocess
import sys

total, before = map(int, sys.argv[1].split(","))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


image = "linked.so"
run("ld.lld", "-shared", "-Bsymbolic", sys.argv[2], "-o", image)
headers = run("llvm-readelf", "-SW", sys.argv[2])
for line in sorted(set(re.findall(r"__patchable_function_entries +(\w+) .* (\w+) +(\d+) +\d+ +(\d+)$", headers, re.M))):
    print("section", line[0], line[1], "linked" if line[2] != "0" else "not linked", line[3])
code = {}
for line in run("llvm-objdump", "-d", "--no-show-raw-insn", image).splitlines():
    if match := re.match(r" *([0-9a-f]+): *\t?(\S+)", line):
        code[int(match[1], 16)] = match[2]
addresses = sorted(code)
length = dict(zip(addresses, [b - a for a, b in zip(addresses, addresses[1:])] + [1]))
names = {int(f[0], 16): f[2] for f in map(str.split, run("llvm-nm", image).splitlines()) if len(f) == 3 and f[2] in "fgh"}
listed = [int(a, 16) for a in re.findall(r"R_X86_64_RELATIVE +([0-9a-f]+)", run("llvm-readelf", "-rW", image))]
for entry, name in sorted(names.items(), key=lambda x: x[1]):
    near = [p - entry for p in listed if -before <= p - entry <= 4]
    at = entry + (4 if code[entry] == "endbr64" else 0)
    count = 0
    while count < total - before and code[at + count].startswith(("nop", "xchgw")):
        count += length[at + count]
    back = entry
    while back - 1 in code and code[back - 1] == "nop" and length[back - 1] == 1:
        back -= 1
    print(name, near, "before", min(entry - back, before), "at", count)
