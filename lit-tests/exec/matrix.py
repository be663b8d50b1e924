#!/usr/bin/env python3
"""Compiles the programs of Inputs/ in many ways and compares what they do.

For each configuration (compiler, level, options) and each program:
  - the original objects are linked and run: that output is the reference, and
    it must be the same for all configurations;
  - each object is rewritten with --verify and must pass `hotpad check`;
  - the rewritten objects are linked with ld.lld --gc-sections, with ld.bfd, and
    half of it as a shared library; the original ones with `hotpad link`; each
    program must print the reference;
  - the rewritten programs of the first two patch all their functions at once,
    and each in turn (selfpatch.c), and print the reference.

Prints one line a configuration, `ok` or `FAIL` with what failed, and exits with
1 if anything failed.
"""
import argparse
import itertools
import os
import shutil
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
inputs = os.path.join(here, "Inputs")
common = os.path.join(os.path.dirname(here), "real", "Inputs")

# name, language, main half, half that can be a shared library
PROGRAMS = [
    ("control", "c", "control.c", "units.c"),
    ("classes", "c++", "classes.cpp", "unwind.cpp"),
]

MEDIUM = "-mcmodel=medium -mlarge-data-threshold=64"
SINGLE = ["-fPIC", "-ffunction-sections", "-fcf-protection=full", MEDIUM]
OPTIONS = {
    "basic": [
        "",
        *SINGLE,
        "-fPIC -fcf-protection=full",
        " ".join(SINGLE),
    ],
    "extra": [
        "-fno-pie",
        "-fno-pie -fno-plt -ffunction-sections",
        "-fPIC -fno-plt -ffunction-sections -fdata-sections",
        "-fno-omit-frame-pointer -fno-asynchronous-unwind-tables",
        "-fstack-protector-all -fstack-clash-protection",
        "-falign-functions=1 -falign-loops=32",
        "-falign-functions=64 -fno-jump-tables",
        "-mtls-dialect=gnu2 -fPIC",
        "-fvisibility=hidden -fPIC -mno-red-zone",
        "-march=x86-64-v2 -funroll-loops",
    ],
    # Every subset; the tests take the ones above, to save time.
    "subsets": [
        " ".join(option for option, taken in zip(SINGLE, choice) if taken)
        for choice in itertools.product([False, True], repeat=len(SINGLE))
    ],
}
# For 32-bit code, which has other code models and instruction sets.
OPTIONS32 = {
    "basic": ["", "-fPIC", "-ffunction-sections", "-fcf-protection=full", "-fPIC -ffunction-sections -fcf-protection=full"],
    "extra": [
        "-fno-pie",
        "-fno-pie -fno-plt -ffunction-sections",
        "-fPIC -ffunction-sections -fdata-sections",
        "-fno-omit-frame-pointer -fno-asynchronous-unwind-tables",
        "-fstack-protector-all -fstack-clash-protection",
        "-falign-functions=1 -falign-loops=32",
        "-falign-functions=64 -fno-jump-tables",
        "-fvisibility=hidden -fPIC",
        "-march=i386 -mtune=i386",
        "-march=i686 -mno-sse -fPIC -funroll-loops",
        "-msse2 -mfpmath=sse",
    ],
    "subsets": [" ".join(option for option, taken in zip(SINGLE[:3], choice) if taken)
                for choice in itertools.product([False, True], repeat=3)],
}


class Failed(Exception):
    pass


def run(command, expect=0):
    """stdout of a command; its failure is a failure of the configuration."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)
    if done.returncode != expect:
        tail = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-6:])
        raise Failed(f"exit {done.returncode}: {' '.join(command)}\n    {tail}")
    return done.stdout


class Matrix:
    def __init__(self, options):
        self.options = options
        self.mode = ["-m32"] if options.m32 else []
        # What the patching program needs; 32-bit code it decodes by itself.
        self.decoder = [] if options.m32 else ["-lZydis"]
        self.references = {}
        os.makedirs(options.work, exist_ok=True)
        self.driver = self.helper("driver.c")
        self.selfpatch = self.helper("selfpatch.c")
        self.linker = os.path.join(options.work, "linker")
        if options.hotpad:
            run([os.path.join(os.path.dirname(here), "tools", "make-ld.sh"), options.hotpad, self.linker])

    def helper(self, source):
        target = os.path.join(self.options.work, source[:-2] + ".o")
        run([self.options.cc, *self.mode, "-O1", "-c", os.path.join(common, source), "-o", target])
        return target

    def compile(self, language, source, flags, work):
        target = os.path.join(work, os.path.basename(source).replace(".", "-") + ".o")
        tool = [self.options.cxx, "-std=c++17"] if language == "c++" else [self.options.cc]
        run(tool + self.mode + flags + ["-c", os.path.join(inputs, source), "-o", target])
        return target

    def rewrite(self, objects, work):
        made = []
        for path in objects:
            target = os.path.join(work, "hot-" + os.path.basename(path))
            run([self.options.hotpad, "rewrite", path, "-o", target, "--verify"])
            run([self.options.hotpad, "check", target])
            made.append(target)
        return made

    def link(self, language, name, objects, how, flags, work):
        target = os.path.join(work, name)
        tool = self.options.cxx if language == "c++" else self.options.cc
        style = ["-no-pie"] if "-fno-pie" in flags else []
        run([tool, *self.mode, *style, *objects, *how, "-o", target])
        return target

    def shared(self, language, name, objects, how, work):
        target = os.path.join(work, name)
        tool = self.options.cxx if language == "c++" else self.options.cc
        run([tool, *self.mode, "-shared", *objects, *how, "-o", target])
        return [target, "-Wl,-rpath," + work]

    def program(self, program, flags, work):
        name, language, *sources = program
        objects = [self.compile(language, s, flags, work) for s in sources]

        def prints(label, path, *arguments):
            if run([path, *arguments]) != expected:
                raise Failed(f"{name}: {label}: other output than the original program")

        expected = run([self.link(language, name, objects + [self.driver], [], flags, work)])
        if self.references.setdefault(name, expected) != expected or len(expected) < 100:
            raise Failed(f"{name}: the original program prints something else than before")
        hot = self.rewrite(objects, work) if self.options.hotpad else objects
        linkers = {"lld-gc": ["-fuse-ld=lld", "-Wl,--gc-sections"]}
        if self.options.bfd:
            linkers["bfd"] = ["-fuse-ld=bfd"]
        patches = bool(self.options.hotpad)
        helper, more = (self.selfpatch, self.decoder) if patches else (self.driver, [])
        for label, how in linkers.items():
            path = self.link(language, f"{name}-{label}", hot + [helper], how + more, flags, work)
            prints(label, path, *["all"] * patches)
            if patches:
                run([path, "each"])
        if "-fPIC" in flags and "-fvisibility=hidden" not in flags:
            how = ["-fuse-ld=lld"]
            library = self.shared(language, f"lib{name}.so", hot[1:], how, work)
            path = self.link(language, f"{name}-so", [hot[0], self.driver] + library, how, flags, work)
            prints("shared library", path)
        if self.options.hotpad:
            driver = "--ld-path=" if "clang" in os.path.basename(self.options.cc) else "-B"
            through = driver + (os.path.join(self.linker, "ld") if driver != "-B" else self.linker)
            path = self.link(language, f"{name}-hotlink", objects + [self.driver], [through], flags, work)
            prints("hotpad link", path)

    def configuration(self, level, options):
        work = os.path.join(self.options.work, "now")
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        start, failure = time.time(), None
        for program in PROGRAMS:
            try:
                self.program(program, [level, *options.split()], work)
            except (Failed, subprocess.TimeoutExpired) as error:
                failure = failure or str(error)
                if self.options.keep:
                    shutil.copytree(work, f"{self.options.work}/{level}{options}".replace(" ", ""), dirs_exist_ok=True)
        label = " ".join([os.path.basename(self.options.cc), *self.mode, level, options]).rstrip()
        print(f"{'FAIL' if failure else 'ok'}  {label}  ({time.time() - start:.1f} s)", flush=True)
        if failure:
            print("    " + failure, flush=True)
        return failure is None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", help="without it only the original programs are compared")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--cxx", default="g++")
    parser.add_argument("--m32", action="store_true", help="make 32-bit programs")
    parser.add_argument("--levels", nargs="+", default=["O0", "O1", "O2", "O3", "Os"])
    parser.add_argument("--options", nargs="+", choices=OPTIONS, default=["basic"])
    parser.add_argument("--bfd", action="store_true", help="link with ld.bfd too")
    parser.add_argument("--work", required=True, help="a directory for what is made")
    parser.add_argument("--keep", action="store_true", help="keep what a failed configuration made")
    options = parser.parse_args()
    options.work = os.path.abspath(options.work)
    try:
        matrix = Matrix(options)
    except Failed as error:
        print("FAIL " + str(error))
        return 1
    table = OPTIONS32 if options.m32 else OPTIONS
    results = [matrix.configuration("-" + level.lstrip("-"), flags)
               for level in options.levels for group in options.options for flags in table[group]]
    print(f"{results.count(True)} of {len(results)} configurations ok")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
