#!/usr/bin/env python3
"""What tests can require, and the Debian package that brings it.

lit.cfg.py turns what is found into features; a test with `REQUIRES: lib-lua` is
not run on a machine without it. Run as a program, this prints a line for each
feature that is missing and nothing else:

    SKIPPED lib-lua: package liblua5.4-dev is not installed
"""

import os
import shutil
import subprocess
import sys

# Programs. Those of LLVM are looked for in its own folder first.
PROGRAMS = {
    "gcc": ("g++", "g++"),
    "clang": ("clang++", "clang-22"),
    "bfd": ("ld.bfd", "binutils"),
    "gdb": ("gdb", "gdb"),
    "valgrind": ("valgrind", "valgrind"),
}

# Static archives, as the linker finds them.
ARCHIVES = {
    "lib-sqlite3": ("libsqlite3.a", "libsqlite3-dev"),
    "lib-z": ("libz.a", "zlib1g-dev"),
    "lib-lua": ("liblua5.4.a", "liblua5.4-dev"),
    "lib-zstd": ("libzstd.a", "libzstd-dev"),
    "lib-crypto": ("libcrypto.a", "libssl-dev"),
    "lib-stdcxx": ("libstdc++.a", "libstdc++-12-dev"),
    "lib-gcc-eh": ("libgcc_eh.a", "libgcc-12-dev"),
    "lib-c": ("libc.a", "libc6-dev"),
}


def findArchive(name):
    """The path gcc would link, or None."""
    if not shutil.which("gcc"):
        return None
    command = ["gcc", "-print-file-name=" + name]
    path = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return os.path.realpath(path) if os.path.isabs(path) and os.path.exists(path) else None


def probe(llvmTools):
    """({feature: path}, {feature: package}): what there is and what is missing."""
    found, missing = {}, {}
    searchPath = os.pathsep.join([llvmTools, os.environ.get("PATH", "")])
    for feature, (program, package) in PROGRAMS.items():
        path = shutil.which(program, path=searchPath)
        if feature == "clang" and path and not path.startswith(llvmTools):
            path = None  # some other clang
        if path:
            found[feature] = path
        else:
            missing[feature] = package
    for feature, (archive, package) in ARCHIVES.items():
        path = findArchive(archive)
        if path:
            found[feature] = path
        else:
            missing[feature] = package
    return found, missing


def report(missing):
    return [
        f"SKIPPED {feature}: package {package} is not installed"
        for feature, package in missing.items()
    ]


if __name__ == "__main__":
    tools = sys.argv[1] if len(sys.argv) > 1 else "/usr/lib/llvm-22/bin"
    for line in report(probe(tools)[1]):
        print(line)
