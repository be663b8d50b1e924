#!/usr/bin/env python3
"""Runs a command that must refuse what it is given.

    refused.py [--errors=N] COMMAND...

It must exit with status 2, print one error (or N), and leave the current folder
and all below it as it was: no output, no half of one, no temporary file. What
it prints goes to standard output, for FileCheck.
"""

import hashlib
import os
import subprocess
import sys


def snapshot():
    """Everything in the current folder, with what is in it."""
    found = {}
    for folder, folders, files in os.walk("."):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            content = b""
            if os.path.islink(path):
                content = os.readlink(path).encode()
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    content = hashlib.sha256(file.read()).digest()
            found[path] = (status.st_mode, status.st_ino, content)
    return found


def main(arguments):
    wanted = 1
    if arguments[0].startswith("--errors="):
        wanted = int(arguments.pop(0).partition("=")[2])
    before = snapshot()
    result = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20
    )
    text = result.stdout.decode(errors="backslashreplace")
    print(text, end="")
    after = snapshot()
    complaints = []
    if result.returncode != 2:
        complaints.append(f"exit status {result.returncode}, not 2")
    errors = sum(line.startswith("hotpad: error: ") for line in text.splitlines())
    if errors != wanted:
        complaints.append(f"{errors} errors, not {wanted}")
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            complaints.append(f"{path} was written")
    for complaint in complaints:
        print("refused.py:", complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
