#!/usr/bin/env python3
"""Compiles the programs of exec/Inputs for Windows and compares what they do.

For each target, compiler, level and option, as exec/matrix.py does for Linux:
the original program under Wine is the reference; each object is rewritten with
--verify and must pass `hotpad check`; the rewritten program, linked by GNU ld and
by `hotpad link`, prints the same; and it patches its own functions, all at once
and each in turn, and prints the same. Prints a line a configuration.
"""
import argparse
import os
import shutil
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
tests = os.path.dirname(here)
inputs = os.path.join(tests, "exec", "Inputs")
common = os.path.join(tests, "real", "Inputs")
PROGRAMS = [("control", "c", "control.c", "units.c"), ("classes", "c++", "classes.cpp", "unwind.cpp")]
TRIPLES = {"64": "x86_64", "32": "i686"}


class Failed(Exception):
    pass


def run(command, expect=0):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != expect:
        tail = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-6:])
        raise Failed(f"exit {done.returncode}: {' '.join(command)}\n    {tail}")
    return done.stdout


class Programs:
    def __init__(self, options):
        self.options = options
        self.wine = [sys.executable, os.path.join(tests, "tools", "wine.py"), "--prefixes", options.prefixes]

    def compiler(self, language):
        triple = TRIPLES[self.options.bits]
        if self.options.compiler == "gcc":
            return [f"{triple}-w64-mingw32-{'g++' if language == 'c++' else 'gcc'}-posix"]
        clang = os.path.join(self.options.llvm, "clang++" if language == "c++" else "clang")
        return [clang, f"--target={triple}-w64-windows-gnu"]

    def compile(self, source, language, flags, work):
        target = os.path.join(work, os.path.basename(source).replace(".", "-") + ".o")
        standard = ["-std=c++17"] if language == "c++" else []
        run([*self.compiler(language), *standard, *flags, "-w", "-I" + common, "-c", source, "-o", target])
        return target

    def link(self, objects, name, work):
        target = os.path.join(work, name + ".exe")
        run([f"{TRIPLES[self.options.bits]}-w64-mingw32-g++-posix", "-static", *objects, "-o", target])
        return target

    def program(self, program, flags, work):
        name, language, *sources = program
        objects = [self.compile(os.path.join(inputs, s), language, flags, work) for s in sources]
        driver = self.compile(os.path.join(common, "driver.c"), "c", ["-O1"], work)
        patcher = self.compile(os.path.join(here, "Inputs", "selfpatch.c"), "c", ["-O1"], work)
        expected = run([*self.wine, self.link([*objects, driver], name, work)])
        if len(expected) < 100:
            raise Failed(f"{name}: the original program prints little")
        hot = []
        for path in objects:
            hot.append(path[:-2] + "-hot.o")
            run([self.options.hotpad, "rewrite", "--verify", path, "-o", hot[-1]])
            run([self.options.hotpad, "check", hot[-1]])
        if run([*self.wine, self.link([*hot, driver], name + "-hot", work)]) != expected:
            raise Failed(f"{name}: other output than the original program")
        linked = os.path.join(work, name + "-link.exe")
        run([os.path.join(tests, "tools", "clang-hotpad.sh"), os.path.join(self.options.llvm, "clang++"),
             self.options.hotpad, f"--target={TRIPLES[self.options.bits]}-w64-windows-gnu", "-static", "-pthread",
             *objects, driver, "-o", linked])
        if run([*self.wine, linked]) != expected:
            raise Failed(f"{name}: linked by hotpad, other output than the original program")
        patching = self.link([*hot, patcher], name + "-patch", work)
        rows = os.path.join(work, name + ".rows")
        with open(rows, "w") as file:
            file.write(run([sys.executable, os.path.join(tests, "tools", "first-instructions.py"),
                            os.path.join(self.options.llvm, "llvm-objdump"), patching]))
        where = "Z:" + rows.replace("/", "\\")
        if run([*self.wine, patching, "all", where]) != expected:
            raise Failed(f"{name}: patched, other output than the original program")
        run([*self.wine, patching, "each", where])
        with open(rows) as file:
            return len(file.readlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--llvm", required=True, help="the folder of LLVM's programs")
    parser.add_argument("--prefixes", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--bits", choices=TRIPLES, default="64")
    parser.add_argument("--compiler", choices=["gcc", "clang"], default="gcc")
    parser.add_argument("--levels", nargs="+", default=["O0", "O1", "O2", "O3", "Os"])
    parser.add_argument("--flags", default=" -ffunction-sections", help="sets of options, separated by spaces")
    options = parser.parse_args()
    results = []
    for level in options.levels:
        for flags in options.flags.split(" "):
            work = os.path.join(os.path.abspath(options.work), "now")
            shutil.rmtree(work, ignore_errors=True)
            os.makedirs(work)
            label = " ".join([options.compiler, options.bits, "-" + level, flags]).rstrip()
            try:
                patched = sum(Programs(options).program(p, ["-" + level, *flags.split()], work) for p in PROGRAMS)
                print(f"ok  {label}: {patched} functions patched in turn", flush=True)
                results.append(True)
            except (Failed, subprocess.TimeoutExpired) as error:
                print(f"FAIL  {label}\n    {error}", flush=True)
                results.append(False)
    print(f"{results.count(True)} of {len(results)} configurations ok")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
