#!/usr/bin/env python3
"""Rewrites linked programs for Windows and compares what they do.

The programs and compilers of windows/programs.py, but it is the linked program
that is rewritten. The original under Wine is the reference; the rewritten one
prints the same, `hotpad check` finds hot-patchable what the rewriter says is, LLVM
reads its unwinding tables, and rewriting it again changes nothing. Then it
patches every function that it lists, all at once, and prints the same. Prints a
line a configuration.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(here), "windows"))
from programs import Failed, Msvc, Programs, common, run, tests  # noqa: E402

windows = os.path.join(os.path.dirname(here), "windows", "Inputs")
# Of the functions of a program, at least: small ones have few.
ENOUGH = 0.95


class Relocatable(Msvc):
    """The DLLs of Windows want no fixed address; nor does this."""

    def arguments(self, objects, target):
        return [*super().arguments(objects, target), "-fixed:no"]


class Images(Programs):
    def __init__(self, options, work):
        super().__init__(options, work)
        if options.compiler == "msvc":
            self.tools = Relocatable(options, work)

    def rewrite(self, path):
        hot = path[:-4] + "-hot.exe"
        report = path[:-4] + ".json"
        run([self.options.hotpad, "rewrite", "--verify", "--quiet", "--image=" + self.options.image, "--json=" + report, path, "-o", hot])
        with open(report) as file:
            result = json.load(file)["files"][0]
        if result["patchable"] < ENOUGH * result["functions"]:
            raise Failed(f"{path}: {result['patchable']} of {result['functions']} functions")
        checked = subprocess.run([self.options.hotpad, "check", "--json", hot], capture_output=True, text=True)
        conforming = json.loads(checked.stdout)["files"][0]["conforming"]
        if conforming < ENOUGH * result["patchable"]:
            raise Failed(f"{hot}: {conforming} conform, {result['patchable']} were made to")
        run([os.path.join(self.options.llvm, "llvm-readobj"), "--unwind", "--coff-basereloc", hot])
        again = path[:-4] + "-again.exe"
        run([self.options.hotpad, "rewrite", "--quiet", hot, "-o", again])
        with open(hot, "rb") as first, open(again, "rb") as second:
            if first.read() != second.read():
                raise Failed(f"{hot}: rewritten again, it is another")
        return hot, result

    def program(self, program, flags, work):
        name, language, *sources = program
        objects = [self.compile(s, language, flags, work) for s in sources]
        driver = self.compile(os.path.join(common, "driver.c"), "c", ["-O1"], work)
        original = self.link([*objects, driver], name, work)
        expected = run([*self.wine, original])
        if len(expected) < 100:
            raise Failed(f"{name}: the original program prints little")
        hot, result = self.rewrite(original)
        if run([*self.wine, hot]) != expected:
            raise Failed(f"{name}: other output than the original program")
        self.patchAll(name, objects, expected, work)
        return result["patchable"]

    def patchAll(self, name, objects, expected, work):
        """The program with a main() that patches its own functions."""
        patcher = self.compile(os.path.join(windows, "selfpatch.c"), "c", ["-O1"], work)
        hot, _ = self.rewrite(self.link([*objects, patcher], name + "-patch", work))
        rows = os.path.join(work, name + ".rows")
        with open(rows, "w") as file:
            file.write(run([sys.executable, os.path.join(tests, "tools", "first-instructions.py"),
                            os.path.join(self.options.llvm, "llvm-objdump"), hot]))
        if run([*self.wine, hot, "all", "Z:" + rows.replace("/", "\\")]) != expected:
            raise Failed(f"{hot}: patched, other output than the original program")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--llvm", required=True, help="the folder of LLVM's programs")
    parser.add_argument("--prefixes", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--image", default="forward", help="inplace, or forward")
    parser.add_argument("--bits", choices=["64", "32"], default="64")
    parser.add_argument("--compiler", choices=["gcc", "clang", "msvc"], default="gcc")
    parser.add_argument("--levels", nargs="+", default=["O0", "O1", "O2", "O3", "Os"])
    options = parser.parse_args()
    results = []
    for level in options.levels:
        work = os.path.join(os.path.abspath(options.work), "now")
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        label = f"{options.compiler} {options.bits} -{level}"
        try:
            count = Images(options, work).all(["-" + level], work)
            print(f"ok  {label}: {count} functions", flush=True)
            results.append(True)
        except (Failed, subprocess.TimeoutExpired) as error:
            print(f"FAIL  {label}\n    {error}", flush=True)
            results.append(False)
    print(f"{results.count(True)} of {len(results)} configurations ok")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
