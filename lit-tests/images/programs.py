#!/usr/bin/env python3
"""Rewrites installed programs and libraries, as they are, and runs them.

For each: the original, the rewritten one, and the rewritten one with every
function patched to a detour (Inputs/patchall.c) must say the same on the same
work (workloads.py). Prints a table; exits with 1 when something differs or when
fewer functions conform than the least that is asked.

The table: functions; by tactic, how many; how many conformed before, but for
slots and list, and how many do now; what was skipped; how the file grew; with
--instructions (valgrind) how many more were executed.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import workloads

FOLDER = "/usr/lib/x86_64-linux-gnu"
TACTICS = ["native", "displacedEntries", "displacedTails", "forwarded"]  # as the report names them


def run(command, job, folder, **environment):
    for name, text in job["files"].items():
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    result = subprocess.run(
        command + job["arguments"], input=job["stdin"].encode(), capture_output=True, cwd=folder,
        timeout=300, env=dict(os.environ, PYTHONHASHSEED="0", LC_ALL="C", **environment),
    )  # fmt: skip
    return result.returncode, result.stdout, result.stderr


def findProgram(name):
    path = shutil.which(name, path="/usr/bin:/bin")
    return path and os.path.realpath(path)


class Checker:
    def __init__(self, options):
        self.options = options
        self.failures = 0

    def fail(self, name, what):
        self.failures += 1
        print(f"FAILED {name}: {what}")

    def hotpad(self, *arguments):
        """Runs hotpad for one file; its exit status and what its report says."""
        report = os.path.join(self.options.work, "report.json")
        status = subprocess.run(
            [self.options.hotpad, *arguments, "--quiet", f"--json={report}"]
        ).returncode
        if status not in (0, 1):
            raise SystemExit(f"FAILED hotpad {' '.join(arguments)}: status {status}")
        with open(report) as file:
            return json.load(file)["files"][0]

    def rewrite(self, path, output, least):
        """Rewrites and checks; the cells of the table's row."""
        before = self.hotpad("check", path)
        row = self.hotpad("rewrite", "--verify", "--image=" + self.options.image, path, "-o", output)
        after = self.hotpad("check", output)
        # Hand-written code may hold another entry or two for the eyes of check.
        if after["conforming"] < row["patchable"]:
            self.fail(path, f"check finds {after['conforming']}, rewrite says {row['patchable']}")
        share = 100 * after["conforming"] / after["functions"]
        if share < least:
            self.fail(path, f"only {share:.2f} % conform")
        native = before["functions"] - sum(
            not {"C4", "C5"}.issuperset(function["rules"]) for function in before["lacking"]
        )
        reasons = sorted(skipped["reason"] for skipped in row["skipped"])
        skips = ", ".join(f"{reasons.count(reason)} {reason}" for reason in sorted(set(reasons)))
        size = 100 * os.path.getsize(output) / os.path.getsize(path) - 100
        return [
            os.path.basename(output), after["functions"], *(row[tactic] for tactic in TACTICS),
            f"{100 * native / before['functions']:.2f} %", f"{share:.2f} %", skips, f"{size:+.0f} %",
        ]  # fmt: skip

    def instructions(self, command, job, folder, **environment):
        tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        log = run(tool + command, job, folder, **environment)[2].decode(errors="replace")
        return int(re.search(r"Collected : (\d+)", log)[1])

    def printRow(self, cells, before, after, job, folder, environment={}):
        """`before`, `after`: commands that run the original and the rewritten."""
        if self.options.instructions:
            old = self.instructions(before, job, folder)
            new = self.instructions(after, job, folder, **environment)
            cells = cells + [f"{100 * new / old - 100:+.2f} %"]
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)

    def testProgram(self, job):
        path = findProgram(job["name"])
        if not path:
            print(f"SKIPPED {job['name']} is not installed")
            return
        folder = os.path.join(self.options.work, job["name"])
        os.makedirs(folder)
        output = os.path.join(folder, job["name"])
        cells = self.rewrite(path, output, job["least"])
        expected = run([path], job, folder)
        self.printRow(cells, [path], [output], job, folder)
        for environment in ({}, {"LD_PRELOAD": self.options.patchall}):
            got = run([output], job, folder, **environment)
            # A program may say its own name.
            if got[:2] != expected[:2]:
                self.fail(job["name"], f"differs {environment or ''}: {got} and not {expected}")

    def testLibraries(self, names, job):
        paths = [os.path.join(FOLDER, name) for name in names]
        user = findProgram(job["name"])
        if not user or not all(map(os.path.exists, paths)):
            print(f"SKIPPED {names} or {job['name']} is not installed")
            return
        folder = os.path.join(self.options.work, names[0] + ".d")
        os.makedirs(folder)
        rows = [
            self.rewrite(os.path.realpath(path), os.path.join(folder, name), job["least"])
            for path, name in zip(paths, names)
        ]
        environment = {"LD_LIBRARY_PATH": folder}
        for cells in rows[1:]:
            print("| " + " | ".join(map(str, cells)) + " |")
        self.printRow(rows[0], [user], [user], job, folder, environment)
        expected = run([user], job, folder)
        got = run([user], job, folder, **environment)
        if got != expected:
            self.fail(names, f"{job['name']} differs: {got} and not {expected}")
        loaded = subprocess.run(
            ["ldd", user], capture_output=True, text=True, env=dict(os.environ, **environment)
        ).stdout
        if any(os.path.join(folder, name) not in loaded for name in names):
            self.fail(names, "was not loaded")

    def testLoader(self):
        """The loader is a program as well: it is started by its name."""
        folder = os.path.join(self.options.work, "loader")
        os.makedirs(folder)
        loader = os.path.join(folder, workloads.LOADER)
        cells = self.rewrite(os.path.join(FOLDER, workloads.LOADER), loader, 99.0)
        library = os.path.join(folder, "libc.so.6")
        self.rewrite(os.path.join(FOLDER, "libc.so.6"), library, 99.5)
        command = [loader, "--library-path", folder]
        for job in workloads.LOADED:
            path = findProgram(job["name"])
            if not path:
                continue
            expected = run([path], job, folder)
            got = run(command + [path], job, folder)
            if got[:2] != expected[:2]:
                self.fail(workloads.LOADER, f"{job['name']} differs: {got} and not {expected}")
            loaded = subprocess.run(
                command + ["--list", path], capture_output=True, text=True
            ).stdout
            if loader not in loaded or library not in loaded:
                self.fail(workloads.LOADER, "was not loaded")
        job = workloads.BASH_JOB
        path = findProgram(job["name"])
        self.printRow(cells, [path], command + [path], job, folder)

    def testPythonsTests(self):
        """Python's own tests: the original, the rewritten and the patched one,
        at a time, since they wait more than they compute."""
        path = findProgram("python3.11")
        folder = os.path.join(self.options.work, "python3.11")
        hot = os.path.join(folder, "python3.11")
        job = workloads.program("python3.11", "-m", "test", "-v", *workloads.PYTHON_TESTS)
        runs = [(path, {}), (hot, {}), (hot, {"LD_PRELOAD": self.options.patchall})]
        if not path or not os.path.exists("/usr/lib/python3.11/test/test_builtin.py"):
            print("SKIPPED the tests of python3.11 are not installed")
            return
        folders = [os.path.join(folder, str(i)) for i in range(len(runs))]
        for each in folders:
            os.makedirs(each)
        with ThreadPoolExecutor(len(runs)) as pool:
            results = list(
                pool.map(lambda r, f: run([r[0]], job, f, **r[1]), runs, folders)
            )

        def verdicts(result):
            text = (result[1] + result[2]).decode(errors="replace")
            return result[0], re.findall(r"^(Ran \d+ tests|OK.*|FAILED.*|Tests result.*)", text, re.M)

        expected = verdicts(results[0])
        if expected[0] != 0 or len(expected[1]) < len(workloads.PYTHON_TESTS):
            self.fail("python3.11", f"the original's own tests: {expected}")
        for result in results[1:]:
            if verdicts(result) != expected:
                self.fail("python3.11", f"its own tests: {verdicts(result)} and not {expected}")
        print(f"python3.11 -m test {' '.join(workloads.PYTHON_TESTS)}: {' '.join(expected[1])}")

    def testProgram32(self, root, job):
        """A program of the i386 folder, with libraries from there: as they are,
        and rewritten."""
        folder = os.path.join(self.options.work, job["name"] + "32")
        os.makedirs(folder)
        path = next(
            path
            for place in ("bin", "usr/bin")
            if os.path.exists(path := os.path.join(root, place, job["name"]))
        )
        output = os.path.join(folder, job["name"])
        cells = self.rewrite(path, output, job["least"])
        old = {"LD_LIBRARY_PATH": os.pathsep.join(librariesOf(root))}
        new = {"LD_LIBRARY_PATH": os.path.join(self.options.work, "lib32")}
        expected = run([path], job, folder, **old)
        self.printRow(cells, [path], [output], job, folder, old)
        for environment in (old, new):
            got = run([output], job, folder, **environment)
            if got[:2] != expected[:2]:
                self.fail(job["name"], f"differs ({environment}): {got} and not {expected}")

    def testAll32(self, root):
        folder = os.path.join(self.options.work, "lib32")
        os.makedirs(folder)
        for place in [*librariesOf(root), "/usr/lib32"]:
            for name in sorted(os.listdir(place)):
                path = os.path.join(place, name)
                isWanted = place != "/usr/lib32" or name in ("libc.so.6", "libm.so.6")
                if ".so." not in name or not isWanted:
                    continue
                if os.path.islink(path) and place != "/usr/lib32":
                    os.symlink(os.path.basename(os.readlink(path)), os.path.join(folder, name))
                    continue
                cells = self.rewrite(os.path.realpath(path), os.path.join(folder, name), 94)
                print("| " + " | ".join(map(str, cells)) + " |")
        for job in workloads.PROGRAMS32:
            self.testProgram32(root, job)


def librariesOf(root):
    return [os.path.join(root, place, "i386-linux-gnu") for place in ("lib", "usr/lib")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--patchall", help="library that patches all functions when loaded")
    parser.add_argument("--work", required=True)
    parser.add_argument("--image", default="forward", help="inplace, or forward")
    parser.add_argument("--i386", metavar="FOLDER", help="only the i386 programs that are there")
    parser.add_argument("--instructions", action="store_true", help="count them, by valgrind")
    options = parser.parse_args()
    options.work = os.path.abspath(options.work)
    # lit's tests ignore it; python's own tests send it to themselves.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    checker = Checker(options)
    head = ["file", "functions", *TACTICS, "before", "after", "skipped", "size"]
    head += ["instructions"] * options.instructions
    print("| " + " | ".join(head) + " |")
    if options.i386:
        checker.testAll32(options.i386)
    else:
        for job in workloads.PROGRAMS:
            checker.testProgram(job)
        for names, job in workloads.LIBRARIES:
            checker.testLibraries(names, job)
        checker.testLoader()
        checker.testPythonsTests()
    sys.exit(checker.failures != 0)


if __name__ == "__main__":
    main()
