#!/usr/bin/env python3
"""Compiles the programs of exec/Inputs for Windows and compares what they do.

For each target, compiler, level and option, as exec/matrix.py does for Linux:
the original program under Wine is the reference; each object is rewritten with
--verify and must pass `hotpad check`; the rewritten program, linked by GNU ld and
by `hotpad link`, prints the same; and it patches its own functions, all at once
and each in turn, and prints the same. Prints a line a configuration.

The compiler "msvc" is clang for windows-msvc, with the headers of MinGW, the DLLs of
Wine and a small run-time library (Inputs/msvc); there are __try, C++ exceptions by
Microsoft's tables, for x64 in both forms, and lld-link in place of GNU ld.
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
MSVC_PROGRAMS = [PROGRAMS[0], ("seh", "c", "seh.c"), ("throws", "c++", "throws.cpp")]
COMPRESSED = "c++ with compressed tables"  # of __CxxFrameHandler4, which is for x64 only
MSVC_PROGRAMS64 = [*MSVC_PROGRAMS, ("throws4", COMPRESSED, "throws.cpp")]
TRIPLES = {"64": "x86_64", "32": "i686"}


class Failed(Exception):
    pass


def run(command, expect=0):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != expect:
        tail = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-6:])
        raise Failed(f"exit {done.returncode}: {' '.join(command)}\n    {tail}")
    return done.stdout


class MinGW:
    libraries = []

    def __init__(self, options, work):
        self.options = options
        self.programs = PROGRAMS
        self.triple = TRIPLES[options.bits]
        # For 32 bits clang and gcc do not agree on how an object of an empty class
        # is passed: what clang instantiates of std::string must not be what the
        # functions of libstdc++.a call, so there the library is a DLL.
        self.static = ["-static"] if (options.compiler, options.bits) != ("clang", "32") else []

    def compiler(self, language):
        if self.options.compiler == "gcc":
            return [f"{self.triple}-w64-mingw32-{'g++' if language == 'c++' else 'gcc'}-posix"]
        return [*self.clang(language), f"--target={self.triple}-w64-windows-gnu"]

    def clang(self, language):
        return [os.path.join(self.options.llvm, "clang" if language == "c" else "clang++")]

    def object(self, source, language, flags, target):
        run([*self.compiler(language), *flags, "-c", source, "-o", target])

    def link(self, objects, target):
        """With the library as a DLL, which is fast; relink() is for more of it."""
        run([f"{self.triple}-w64-mingw32-g++-posix", *objects, "-o", target])

    def relink(self, objects, target):
        """By hotpad, in every way there is; the programs made."""
        run([os.path.join(tests, "tools", "clang-hotpad.sh"), *self.clang("c++"), self.options.hotpad,
             f"--target={self.triple}-w64-windows-gnu", *self.static, "-pthread", *objects, "-o", target])
        return [target]


class Msvc(MinGW):
    def __init__(self, options, work):
        super().__init__(options, work)
        bits, folder = options.bits, os.path.join(here, "Inputs", "msvc")
        self.programs = MSVC_PROGRAMS64 if bits == "64" else MSVC_PROGRAMS
        for library in ("msvcrt", "kernel", "ntdll", *["vcruntime"] * (bits == "64")):
            self.libraries = [*self.libraries, os.path.join(work, library + ".lib")]
            run([os.path.join(options.llvm, "llvm-dlltool"), "-k", "-m", "i386" if bits == "32" else "i386:x86-64",
                 "-d", os.path.join(folder, f"{library}{bits}.def"), "-l", self.libraries[-1]])
        runtime = os.path.join(work, "runtime.obj")
        run([*self.compiler("c"), "-O1", "-w", "-c", os.path.join(folder, "runtime.c"), "-o", runtime])
        self.libraries.append(runtime)

    def compiler(self, language):
        command = [*self.clang(language), f"--target={self.triple}-windows-msvc", "-fgnuc-version=4.2.1", "-fms-extensions",
                   "-D__USE_MINGW_ANSI_STDIO=0", "-isystem", f"/usr/{self.triple}-w64-mingw32/include"]
        if self.options.bits == "32":
            command.append("-D_X86_")
        if language != "c":
            command += ["-fexceptions", "-fcxx-exceptions", "-fno-threadsafe-statics"]
        return command

    def object(self, source, language, flags, target):
        if language != COMPRESSED:
            return super().object(source, language, flags, target)
        run([*self.compiler(language), *flags, "-S", source, "-o", target + ".s"])
        run([sys.executable, os.path.join(tests, "tools", "frame-handler-4.py"), self.options.llvm, target + ".s", target])

    def arguments(self, objects, target):
        return ["-nologo", "-nodefaultlib", "-entry:start", "-subsystem:console", "-debug:symtab", "-safeseh:no",
                *objects, *self.libraries, "-out:" + target]

    def link(self, objects, target):
        run([os.path.join(self.options.llvm, "lld-link"), *self.arguments(objects, target)])

    def relink(self, objects, target):
        made = []
        for how in ("object", "linker"):
            made.append(f"{target[:-4]}-{how}.exe")
            run([self.options.hotpad, "link", "--verify", "--flavor=link", "--pad-by=" + how, "--",
                 *self.arguments(objects, made[-1])])
        return made


class Programs:
    def __init__(self, options, work):
        self.options = options
        self.wine = [sys.executable, os.path.join(tests, "tools", "wine.py"), "--prefixes", options.prefixes]
        self.tools = (Msvc if options.compiler == "msvc" else MinGW)(options, work)
        self.driver = self.compile(os.path.join(common, "driver.c"), "c", ["-O1"], work)
        self.patcher = self.compile(os.path.join(here, "Inputs", "selfpatch.c"), "c", ["-O1"], work)

    def compile(self, source, language, flags, work):
        folder = inputs if os.path.exists(os.path.join(inputs, source)) else os.path.join(here, "Inputs", "msvc")
        source = os.path.join(folder, source)
        target = os.path.join(work, os.path.basename(source).replace(".", "-") + ".o")
        standard = ["-std=c++17"] if language != "c" else []
        self.tools.object(source, language, [*standard, *flags, "-w", "-I" + common], target)
        return target

    def link(self, objects, name, work):
        target = os.path.join(work, name + ".exe")
        self.tools.link(objects, target)
        return target

    def all(self, flags, work):
        return sum(self.program(program, flags, work) for program in self.tools.programs)

    def program(self, program, flags, work):
        name, language, *sources = program
        objects = [self.compile(s, language, flags, work) for s in sources]
        expected = run([*self.wine, self.link([*objects, self.driver], name, work)])
        if len(expected) < 100:
            raise Failed(f"{name}: the original program prints little")
        hot = []
        for path in objects:
            hot.append(path[:-2] + "-hot.o")
            run([self.options.hotpad, "rewrite", "--verify", path, "-o", hot[-1]])
            run([self.options.hotpad, "check", hot[-1]])
        if run([*self.wine, self.link([*hot, self.driver], name + "-hot", work)]) != expected:
            raise Failed(f"{name}: other output than the original program")
        for linked in self.tools.relink([*objects, self.driver], os.path.join(work, name + "-link.exe")):
            if run([*self.wine, linked]) != expected:
                raise Failed(f"{name}: linked by hotpad, other output than the original program")
        patching = self.link([*hot, self.patcher], name + "-patch", work)
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
    parser.add_argument("--compiler", choices=["gcc", "clang", "msvc"], default="gcc")
    parser.add_argument("--levels", nargs="+", default=["O0", "O1", "O2", "O3", "Os"])
    parser.add_argument("--flags", default=" -ffunction-sections", help="sets of options, separated by spaces")
    options = parser.parse_args()
    results, shared = [], os.path.join(os.path.abspath(options.work), "common")
    shutil.rmtree(options.work, ignore_errors=True)
    os.makedirs(shared)
    programs = Programs(options, shared)
    for level in options.levels:
        for flags in options.flags.split(" "):
            work = os.path.join(os.path.abspath(options.work), "now")
            shutil.rmtree(work, ignore_errors=True)
            os.makedirs(work)
            label = " ".join([options.compiler, options.bits, "-" + level, flags]).rstrip()
            try:
                patched = programs.all(["-" + level, *flags.split()], work)
                print(f"ok  {label}: {patched} functions patched in turn", flush=True)
                results.append(True)
            except (Failed, subprocess.TimeoutExpired) as error:
                print(f"FAIL  {label}\n    {error}", flush=True)
                results.append(False)
    print(f"{results.count(True)} of {len(results)} configurations ok")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
