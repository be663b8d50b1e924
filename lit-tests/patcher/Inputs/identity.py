#!/usr/bin/env python3
"""Prints a table: programs, of which every function was replaced by a detour into
itself while they did their self-tests.

    identity.py --hotpad H --work DIR [NAME...]

Each program does its job five times: as it is, while functions are replaced, with
all of them replaced, while they are taken back, and as it is again. Every time it
has to say what the original program says.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent.parent
sys.path.insert(0, str(TESTS / "images"))
import workloads

# What each is told once, for each job. All end with a line of `done`.
PYTHON = """import sys
for line in sys.stdin:
    exec(open(line.strip()).read(), {"__name__": "job"})
    print("done", flush=True)
"""
PYTHON_TESTS = """
import unittest
from test import test_exceptions, test_generators, test_struct
result = unittest.TestResult()
for module in (test_exceptions, test_generators, test_struct):
    unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
print(result.testsRun, [str(test) for test, _ in result.failures + result.errors])
"""
IMAGES = {
    "bash": (["--norc"], ". ./job; echo done", workloads.BASH),
    "sqlite3": ([":memory:"], ".read job\n.print done", workloads.SQL),
    "python3.11": (["-S", "-c", PYTHON], "job", workloads.PYTHON + PYTHON_TESTS),
}
# Names, and the sources and archives of which each is linked.
LINKED = {
    "exceptions": (["patcher/Inputs/unwinds.cpp"], None, ["-lstdc++"]),
    "libsqlite3.a": (["patcher/Inputs/again.c", "real/Inputs/sqlite.c"], "libsqlite3.a", ["-lm"]),
    "liblua5.4.a": (["patcher/Inputs/again.c", "real/Inputs/lua.c"], "liblua5.4.a", ["-lm"]),
}
SCRIPTS = {"libsqlite3.a": "real/Inputs/sqlite.sql", "liblua5.4.a": "real/Inputs/lua.lua"}


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}")


def report(hotpad, *arguments):
    """What hotpad says about a process."""
    done = subprocess.run([hotpad, *arguments, "--json", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"hotpad {' '.join(arguments)}\n{done.stderr}")
    return json.loads(done.stdout)


def makeImage(hotpad, name, work):
    path = shutil.which(name, path="/usr/bin:/bin")  # as Debian installs it
    if not path:
        return None
    run(hotpad, "rewrite", "--verify", "--quiet", os.path.realpath(path), "-o", work / "hot")
    arguments, line, job = IMAGES[name]
    (work / "job").write_text(job)
    return [path, *arguments], [str(work / "hot"), *arguments], line


def makeLinked(hotpad, name, work):
    sources, archive, libraries = LINKED[name]
    objects = []
    script = ['-DSCRIPT_PATH="' + str(TESTS / SCRIPTS[name]) + '"'] if name in SCRIPTS else []
    for number, source in enumerate(sources):
        objects.append(work / f"{number}.o")
        run("gcc", "-O2", *script, "-c", TESTS / source, "-o", objects[-1])
    if archive:
        path = subprocess.run(["gcc", "-print-file-name=" + archive], stdout=subprocess.PIPE, text=True).stdout.strip()
        if not os.path.exists(path):
            return None
        objects.append(path)
    (work / "rewritten").mkdir()
    run(hotpad, "rewrite", "--verify", "--quiet", *objects, "--out-dir", work / "rewritten")
    hot = [work / "rewritten" / os.path.basename(path) for path in objects]
    run("gcc", *objects, *libraries, "-o", work / "original")
    run("gcc", *hot, *libraries, "-o", work / "hot")
    return [str(work / "original")], [str(work / "hot")], "1"


def jobs(command, line, work, during):
    """What the program says in each of five jobs; `during` is called with its number
    and process once the job was begun."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=work, env=environment
    )
    said = []
    for number in range(5):
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        during(number, process.pid)
        text = b""
        while not text.endswith(b"done\n"):
            more = process.stdout.readline()
            if not more:
                sys.exit(f"{command[0]} ended with {process.wait()} in job {number}:\n{text.decode()}")
            text += more
        said.append(text)
    process.stdin.close()
    said.append(process.stdout.read())
    said.append(b"exit %d" % process.wait(timeout=60))
    return said


def measure(hotpad, name, work):
    """The row of a program; None: it is not installed."""
    made = makeImage(hotpad, name, work) if name in IMAGES else makeLinked(hotpad, name, work)
    if not made:
        return None
    original, hot, line = made
    reports = {}

    def patch(number, pid):
        verb = {1: ["apply", "--identity=all"], 3: ["revert", "--all"]}.get(number)
        if not verb:
            return
        start = time.perf_counter()
        reports[verb[0]] = report(hotpad, *verb, "--pid", str(pid))
        reports[verb[0]]["seconds"] = time.perf_counter() - start
        reports["status"] = report(hotpad, "status", "--pid", str(pid))

    expected = jobs(original, line, work, lambda number, pid: None)
    said = jobs(hot, line, work, patch)
    for number, (a, b) in enumerate(zip(expected, said)):
        if a != b or b.startswith(b"exit -"):
            (work / "expected").write_bytes(a)
            (work / "said").write_bytes(b)
            sys.exit(f"{name}: job {number} says something else: {work}/expected, {work}/said")
    apply, revert = reports["apply"], reports["revert"]
    left = [function["name"] for function in reports["status"]["functions"] if function["state"] != "reverted"]
    if left:
        sys.exit(f"{name}: not taken back: {left}")
    return (
        name,
        str(len(apply["functions"])),
        f"{apply['seconds']:.2f} s",
        f"{apply['pauseMicroseconds'] / 1000:.1f} ms",
        f"{revert['seconds']:.2f} s",
        "equal",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=[*IMAGES, *LINKED])
    options = parser.parse_args()
    print("| program | functions | apply | of it stopped | revert | results |\n|---|--:|--:|--:|--:|---|")
    for name in options.names or [*IMAGES, *LINKED]:
        work = options.work / name
        work.mkdir(parents=True)
        row = measure(options.hotpad, name, work.resolve())
        print("| " + " | ".join(row) + " |" if row else f"SKIPPED {name} is not installed", flush=True)


main()
