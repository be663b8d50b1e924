"""place.py OLD NEW PLACE: the word in .mydata names the same place of `there`."""
import subprocess
import sys


def place(image):
    def run(*command):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    dump = run("llvm-objdump", "-s", "-j", ".mydata", image).split("\n")[-2].split()
    value = int.from_bytes(bytes.fromhex(dump[1]), "little")
    names = {f[2]: int(f[0], 16) for f in map(str.split, run("llvm-nm", image).splitlines())}
    return value - names["there"]


old, new = place(sys.argv[1]), place(sys.argv[2])
assert old == new, (sys.argv[3], old, new)
