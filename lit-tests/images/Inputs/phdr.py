"""Changes fields of the first PT_LOAD of a 64-bit ELF file, or of its header.

phdr.py FILE FIELD=VALUE... > OUT    vaddr, offset, filesz, memsz; header.phnum,
                                     header.phentsize; `twice`: the second PT_LOAD
                                     lies where the first does
"""

import struct
import sys

FIELDS = {"offset": 8, "vaddr": 16, "filesz": 32, "memsz": 40}
HEADER = {"header.phentsize": 54, "header.phnum": 56}
with open(sys.argv[1], "rb") as file:
    data = bytearray(file.read())
count = struct.unpack_from("<H", data, 56)[0]
loads = [64 + 56 * i for i in range(count) if struct.unpack_from("<I", data, 64 + 56 * i)[0] == 1]
for argument in sys.argv[2:]:
    name, _, value = argument.partition("=")
    if name == "twice":
        data[loads[1] + 16 : loads[1] + 24] = data[loads[0] + 16 : loads[0] + 24]
    elif name in HEADER:
        struct.pack_into("<H", data, HEADER[name], int(value, 0))
    else:
        struct.pack_into("<Q", data, loads[0] + FIELDS[name], int(value, 0))
sys.stdout.buffer.write(data)
