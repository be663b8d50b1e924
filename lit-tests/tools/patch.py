#!/usr/bin/env python3
"""Overwrites a few bytes of a file.

    patch.py FILE OFFSET BYTES -o OUTPUT
    patch.py FILE --find TEXT BYTES -o OUTPUT

BYTES is text, or `x` and hexadecimal digits. With --find, they replace the last
occurrence of TEXT.
"""

import sys


def main(arguments):
    name = arguments.pop(0)
    with open(name, "rb") as file:
        data = bytearray(file.read())
    if arguments[0] == "--find":
        offset = data.rindex(arguments[1].encode())
        arguments.pop(0)
    else:
        offset = int(arguments[0], 0)
    text = arguments[1]
    isHex = text.startswith("x") and len(text) > 2
    new = bytes.fromhex(text[1:]) if isHex else text.encode()
    data[offset : offset + len(new)] = new
    with open(arguments[3], "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main(sys.argv[1:])
