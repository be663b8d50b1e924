#!/usr/bin/env python3
"""Patches every function of Windows programs while they run, and compares.

    identity.py --hotpad PROGRAM --hotpatch PROGRAM --beside PROGRAM --prefixes FOLDER --work FOLDER NAME...

Each program NAME, with its arguments after a `:`, is run once as it is, and once
rewritten, with detours in place of all functions. What is printed, the exit
status and the file `out.7z`, if there is one, must be the same. Prints a row for
each.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "tools")


def run(wine, folder, command):
    """Status, output, the file that was made."""
    done = subprocess.run([*wine, *command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True)
    made = os.path.join(folder, "out.7z")
    contents = None
    if os.path.exists(made):
        with open(made, "rb") as file:
            contents = file.read()
    # A program that says how far it is, or how fast, cannot say the same twice.
    return done.returncode, re.sub(rb"\d+%.*?\r|\d+ [KM]iB/s", b"", done.stdout), contents


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("hotpad", "hotpatch", "beside", "prefixes", "work"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    wine = [sys.executable, os.path.join(TOOLS, "wine.py"), "--prefixes", options.prefixes, "--timeout", "280"]
    failed = False
    for row in options.programs:
        path, _, arguments = row.partition(":")
        path, name = os.path.abspath(path), os.path.basename(path)
        results = []
        for kind in ("cold", "hot"):
            folder = os.path.join(os.path.abspath(options.work), kind)
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            if kind == "cold":
                results.append(run(wine, folder, [path, *arguments.split()]))
                continue
            hot = os.path.join(folder, name)
            for library in glob.glob(os.path.join(os.path.dirname(path), "*.dll")):
                os.symlink(library, os.path.join(folder, os.path.basename(library)))
            subprocess.run([options.hotpad, "rewrite", "--quiet", path, "-o", hot], check=True)
            command = [os.path.abspath(options.beside), options.hotpatch, "Z:" + hot.replace("/", "\\"), *arguments.split()]
            results.append(run(wine, folder, command))
            with open(os.path.join(folder, "hotpatch.txt"), encoding="utf-8") as file:
                said = file.read()
        count = re.search(r"^(\d+) functions replaced; (\d+) threads? paused", said, re.M)
        equal = results[0] == results[1] and results[0][0] == 0 and count is not None
        failed |= not equal
        print(f"| {name} | {count[1] if count else 'no'} functions replaced | {'equal' if equal else 'DIFFERENT'} |", flush=True)
        if not equal:
            print(results[0][:2], results[1][:2], said[-3000:], sep="\n", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
