#!/usr/bin/env python3
"""Runs a Windows console program, 32 or 64 bit, under Wine.

    wine.py --prefixes FOLDER [--timeout SECONDS] [--instructions FILE] PROGRAM.exe [ARGUMENT...]

What the program prints is printed, its exit status (the low 8 bits) is the exit
status. Made for tests that run many at a time:

- Each kind has a prefix of its own, FOLDER/wine64 and FOLDER/wine32. Who needs
  one first makes it, which takes some seconds, and the others wait.
- The program prints to a file and reads nothing: some want a file, and the
  services Wine starts on the side would hold a pipe open for ever.
- The server stays for a minute, so that the next program starts in 50 ms.
- A crash ends the program, with no debugger and no window.
- Wine was seen to end a program at its start with status 1 and without a word,
  about once in 20,000 starts, and a program nobody had rewritten. One that ends so
  is started once more, with a word about it; a fault of the program stays one.
- The DLLs of mingw-w64's gcc are found.
- With --instructions valgrind runs it, 64-bit programs only, and a line with how
  many instructions were executed is appended to FILE: by the program, its DLLs and
  Wine's. A program that starts others fails there; then the line is `none`.
"""

import argparse
import fcntl
import glob
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import features

KINDS = {0x8664: ("wine64", "mingw64"), 0x014C: ("wine32", "mingw32")}
SERVERS = {"wine64": ["wineserver64"], "wine32": ["wineserver32", "wineserver64"]}


def machineOf(program):
    with open(program, "rb") as file:
        start = file.read(4096)
    try:
        if start[:2] == b"MZ":
            (at,) = struct.unpack_from("<I", start, 0x3C)
            if start[at : at + 4] == b"PE\0\0":
                return struct.unpack_from("<H", start, at + 4)[0]
    except struct.error:
        pass
    return None


def environment(kind, mingw, loader, prefix):
    folder = os.path.dirname(loader)
    server = next(
        path
        for where in (folder, "/usr/lib/wine")
        for name in SERVERS[kind]
        if os.path.exists(path := os.path.join(where, name))
    )
    triple = features.MINGW_TARGETS[mingw][0]
    libraries = sorted(glob.glob(f"/usr/lib/gcc/{triple}/*-posix")) + [f"/usr/{triple}/lib"]
    result = dict(os.environ)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WINEDLLPATH"):
        result.pop(name, None)
    result.update(
        WINEARCH="win64" if kind == "wine64" else "win32",
        WINEPREFIX=prefix,
        WINELOADER=loader,
        WINESERVER=server,
        WINEDEBUG="-all",
        WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe,winemenubuilder.exe=d",
        WINEPATH=";".join("Z:" + path.replace("/", "\\") for path in libraries),
    )
    return result


def run(command, env, timeout, out=subprocess.DEVNULL, err=subprocess.DEVNULL):
    """The exit status, or None when it took too long."""
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
    )
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def runAgainIfSilent(command, env, timeout, out, err):
    status = run(command, env, timeout, out, err)
    if status == 1 and os.fstat(out.fileno()).st_size == os.fstat(err.fileno()).st_size == 0:
        print("wine.py: ended with status 1 and without a word: started again", file=sys.stderr, flush=True)
        status = run(command, env, timeout, out, err)
    return status


def count(command, env, options, out, err):
    """As run(), and notes how many instructions the program executed."""
    with tempfile.NamedTemporaryFile("r") as log:
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=" + log.name]
        # Else the loader starts another program, which valgrind would not follow.
        status = run([*valgrind, *command], env | {"WINELOADERNOEXEC": "1"}, options.timeout, out, err)
        counted = re.search(r"Collected : (\d+)", log.read())
    with open(options.instructions, "a") as file:
        file.write((counted[1] if counted else "none") + "\n")
    return status


def makePrefix(prefix, loader, env):
    """Made once; a half-made one has no mark and is made anew."""
    mark = os.path.join(prefix, "hotpad-ready")
    if os.path.exists(mark):
        return
    shutil.rmtree(prefix, ignore_errors=True)
    for command in (["wineboot", "-i"], ["winecfg", "-v", "win10"]):
        if run([loader, *command], env, 300) != 0:
            sys.exit(f"wine.py: {' '.join(command)} failed in {prefix}")
    # What is set is on the disk only after this; and waits for the end of services.
    run([env["WINESERVER"], "-w"], env, 60)
    open(mark, "w").close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefixes", required=True)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--instructions", metavar="FILE")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    try:
        machine = machineOf(options.program)
    except OSError as error:
        sys.exit(f"wine.py: {error}")
    if machine not in KINDS:
        sys.exit(f"wine.py: {options.program}: no Windows program for x86")
    kind, mingw = KINDS[machine]
    loader = features.findWine(kind)
    if not loader:
        sys.exit(f"wine.py: {kind} is not installed")
    os.makedirs(options.prefixes, exist_ok=True)
    prefix = os.path.join(os.path.abspath(options.prefixes), kind)
    env = environment(kind, mingw, loader, prefix)
    with open(prefix + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        makePrefix(prefix, loader, env)
        # Fails when there is one already. Services print at their start: not
        # among what the program prints.
        if run([env["WINESERVER"], "-p60"], env, 60) == 0:
            run([loader, "cmd", "/c", "exit"], env, 60)

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = [loader, options.program, *options.arguments]
        if options.instructions:
            status = count(command, env, options, out, err)
        else:
            status = runAgainIfSilent(command, env, options.timeout, out, err)
        for source, target in ((out, sys.stdout), (err, sys.stderr)):
            source.seek(0)
            target.buffer.write(source.read())
            target.flush()
    if status is None:
        sys.exit(f"wine.py: {options.program} did not end in {options.timeout:g} seconds")
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
