#!/usr/bin/env python3
"""Prints tables: what rewriting costs, what the rewritten code costs, and for how
long patching stops a process.

One is of ELF, for Debian's libcrypto.a, libsqlite3.a and liblua5.4.a, one of
COFF, for mingw-w64's libstdc++.a and a library built by MSVC, and one of linked
images: a very large library, libLLVM, and a program with SQLite in it that was
linked with --emit-relocs, so that llvm-bolt can rewrite it, too. Side by side:
  - time and memory of `hotpad rewrite` at -j1 and -j2, of llvm-objcopy copying
    the same archive and of LLD linking all of it. The commands take turns, so
    that a busy machine troubles all of them alike; the numbers are medians, the
    ratios are ratios of medians.
  - text bytes added per function, by hotpad and by compilers that leave the
    room themselves (-fpatchable-function-entry=8,6).
  - executed instructions of the workloads in lit-tests/real/Inputs: original,
    rewritten, and built from source without and with that option. Not for COFF:
    most of what could be counted would be Wine's.
The last is of a server with 16 threads, whose functions are replaced and taken
back again and again while eight connections ask it for pages.

The source of SQLite and Lua is what `./dev setup` unpacked. Where there is none
(and with --quick) a program of lit-tests/exec takes the place; a note says so.
This measures and does not judge: the exit status is 1 only when something
failed, or a program printed something else than the original one.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent / "lit-tests"
INPUTS = TESTS / "real/Inputs"
sys.path.insert(0, str(TESTS))
import features

ENTRY = "-fpatchable-function-entry=8,6"
# Library: package whose source there may be, workload, its script, its arguments.
LIBRARIES = {
    "libcrypto.a": (None, "crypto.c", None, ["1", "quick"]),
    "libsqlite3.a": ("libsqlite3-dev", "sqlite.c", "sqlite.sql", ["1"]),
    "liblua5.4.a": ("liblua5.4-dev", "lua.c", "lua.lua", ["1"]),
}
COFF_LIBRARIES = {
    "mingw64 libstdc++.a": features.findArchive("libstdc++.a", "x86_64-w64-mingw32-gcc-posix"),
    "mingw32 libstdc++.a": features.findArchive("libstdc++.a", "i686-w64-mingw32-gcc-posix"),
    "msvc x64 astc.lib": os.path.join(features.CACHE, "msvc-libraries/x64/astc.lib"),
}
SQLITE_FLAGS = ["-DSQLITE_ENABLE_" + name for name in ("FTS3", "FTS5", "RTREE", "MATH_FUNCTIONS")]
LUA_FLAGS = ["-std=gnu99", "-DLUA_USE_LINUX", "-DLUA_COMPAT_5_3"]


class Failed(Exception):
    pass


def run(command, timeout=300, **more):
    """(stdout, stderr) of a command that must succeed."""
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=timeout, **more)
    if done.returncode:
        tail = "\n  ".join((done.stdout + done.stderr).strip().splitlines()[-6:])
        raise Failed(f"exit {done.returncode}: {' '.join(map(str, command))}\n  {tail}")
    return done.stdout, done.stderr


def tool(name):
    """An LLVM 22 program, or None."""
    return shutil.which(name, path="/usr/lib/llvm-22/bin") or shutil.which(name + "-22")


# --- Time and memory ---


def once(command):
    """(CPU ms, wall ms, peak MB) of one run."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Failed(f"exit {child.returncode}: {' '.join(command)}\n  {message.decode(errors='replace')}")
    return 1000 * (usage.ru_utime + usage.ru_stime), 1000 * wall, usage.ru_maxrss / 1024


def race(commands, runs):
    """{label: medians of once()}; all commands in turn, the first round not counted."""
    results = {label: [] for label in commands}
    for number in range(runs + 1):
        for label, command in commands.items():
            result = once(command)
            if number:
                results[label].append(result)
    return {label: [statistics.median(column) for column in zip(*rows)] for label, rows in results.items()}


def elfLink(path, out, threads):
    return ["ld.lld", "-r", f"--threads={threads}", "--whole-archive", path, "-o", out]


def coffLink(path, out, threads):
    """A DLL, since lld-link makes no objects; what it needs from other libraries is missing."""
    return ["lld-link", "/dll", f"/threads:{threads}", "/noentry", "/nodefaultlib", "/force:unresolved", "/lldmingw",
            "/wholearchive:" + path, "/out:" + out]


def timing(hotpad, path, linkOf, work, runs):
    out = str(work / "out")
    commands = {f"hotpad rewrite -j{j}": [hotpad, "rewrite", path, "-o", out, "--quiet", f"-j{j}"] for j in (1, 2)}
    copy = tool("llvm-objcopy")
    if copy:
        commands["llvm-objcopy"] = [copy, path, out + "-copy"]
    links = {}
    for threads in (1, 2):
        command = linkOf(path, out + "-linked", threads)
        links[threads] = " ".join(command[:3])
        if tool(command[0]):
            commands[links[threads]] = [tool(command[0]), *command[1:]]
    medians = race(commands, runs)
    rows = {f"{label}: CPU ms, wall ms, MB": "{:.0f}  {:.0f}  {:.0f}".format(*m) for label, m in medians.items()}
    for j in (1, 2):
        mine, aim = medians[f"hotpad rewrite -j{j}"], "  aim: <= 3" if j == 1 else ""
        for other, theirs in medians.items():
            if other in ("llvm-objcopy", links[j]):
                rows[f"-j{j} / {other}: CPU, wall, MB{aim if other == 'llvm-objcopy' else ''}"] = "  ".join(
                    f"{a / b:.2f}" for a, b in zip(mine, theirs))
    return rows


# --- Code ---


class Code:
    """Builds and counts in one directory, several things at a time."""

    def __init__(self, hotpad, work):
        self.hotpad, self.work = hotpad, work
        self.pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())

    def rewrite(self, inputs, folder, *options):
        """(paths, functions, text bytes before, after)"""
        target = self.work / folder
        text, _ = run([self.hotpad, "rewrite", *inputs, "--out-dir", target, "--json", "--quiet", *options])
        files = json.loads(text)["files"]
        return [f["output"] for f in files], *(sum(f[k] for f in files) for k in ("functions", "codeBefore", "codeAfter"))

    def compile(self, compiler, sources, variants, tag):
        """The objects of `sources` for each of the variants (lists of flags), compiled side by side."""
        jobs = []
        for number, flags in enumerate(variants):
            folder = self.work / f"{tag}-{number}"
            folder.mkdir()
            jobs.append([[compiler, "-w", *flags, "-c", s, "-o", folder / (pathlib.Path(s).stem + ".o")] for s in sources])
        list(self.pool.map(run, [command for commands in jobs for command in commands]))
        return [[command[-1] for command in commands] for commands in jobs]

    def program(self, name, objects, arguments):
        """Starts to count: a future of (instructions, output)."""
        path = self.work / name
        run(["gcc", *objects, "-lm", "-o", path])
        return self.pool.submit(count, path, arguments)


def count(path, arguments):
    """(executed instructions or None, output)"""
    if shutil.which("valgrind"):
        text, log = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", path, *arguments])
        found = re.search(r"Collected : (\d+)", log)
    else:
        perf = ["perf", "stat", "-x,", "-e", "instructions:u"] if shutil.which("perf") else []
        text, log = run([*perf, path, *arguments])
        found = re.search(r"^(\d+),", log, re.M)
    return int(found[1]) if found else None, text


def instructions(title, programs):
    """Rows of counts: the first program's in millions, the others' relative to it."""
    results = {label: future.result() for label, future in programs.items()}
    base, expected = results.pop("")
    rows = {f"{title}: millions": f"{base / 1e6:.2f}" if base else "-"}
    for label, (number, output) in results.items():
        if output != expected:
            raise Failed(f"{title} {label}: other output than the program it is compared with")
        aim = "  aim: <= 0.5" if label == "rewritten" else ""
        rows[f"{title} {label}: %{aim}"] = f"{100 * (number / base - 1):+.3f}" if number and base else "-"
    return rows


def sources(package, folder, work):
    """(C files, flags) of a library in its unpacked source."""
    folder = pathlib.Path(folder)
    if package == "liblua5.4-dev":
        return [p for p in (folder / "src").glob("l*.c") if p.name not in ("lua.c", "luac.c")], LUA_FLAGS
    make = ["make", "-f", folder / "main.mk", f"TOP={folder}", "BCC=gcc", "TCC=gcc", "TCCX=gcc", "NAWK=awk"]
    run([*make, "sqlite3.c"], cwd=work)
    return [work / "sqlite3.c"], [*SQLITE_FLAGS, f"-I{work}"]


def fromSource(code, compiler, files, flags, workload, arguments, tag):
    """One compiler's rows of sizes, and its programs: plain, rewritten, with room by the compiler."""
    plain, entry = code.compile(compiler, files, [["-O2", *flags], ["-O2", *flags, ENTRY]], tag)
    hot, functions, before, after = code.rewrite(plain, tag + "-hot")
    room = code.rewrite(entry, tag + "-same")[2]
    title = f"{os.path.basename(compiler)} -O2"
    sizes = {f"{title}, rewritten: bytes per function": f"{(after - before) / functions:.2f}",
             f"{title} {ENTRY}: bytes per function": f"{(room - before) / functions:.2f}"}
    programs = {"": plain, "rewritten": hot, ENTRY: entry}
    return sizes, (title, {label: code.program(f"{tag}-program{i}", objects + workload, arguments)
                           for i, (label, objects) in enumerate(programs.items())})


def library(name, path, folder, options, code, notes):
    """The rows of one library, except for the time."""
    package, source, script, arguments = LIBRARIES[name]
    arguments = [arguments[0], "quick"] if options.quick else arguments
    hot, functions, before, after = code.rewrite([path], "hot")
    same = code.rewrite([path], "hot-same", "--layout=patchable:8,6")[3]
    sizes = {"functions": str(functions), "text bytes": str(before),
             "rewritten: bytes per function": f"{(after - before) / functions:.2f}",
             "rewritten --layout=patchable:8,6: bytes per function": f"{(same - before) / functions:.2f}"}
    files, flags, workload = [], [], [INPUTS / source]
    defines = [f'-DSCRIPT_PATH="{INPUTS / script}"'] if script else []
    [objects] = code.compile("gcc", [*workload, INPUTS / "driver.c"], [["-O1", *defines]], name + "-workload")
    groups = [("Debian's", {"": code.program(name + "-original", [*objects, path], arguments),
                            "again": code.program(name + "-again", [*objects, path], arguments),
                            "rewritten": code.program(name + "-rewritten", [*objects, *hot], arguments)})]
    if package:
        if folder:
            files, flags = sources(package, folder, code.work)
            if package == "libsqlite3-dev":  # its workload wants to see the version it is linked with
                [objects] = code.compile("gcc", [*workload, INPUTS / "driver.c"], [["-O1", *flags, *defines]], name + "-own")
        else:
            notes.append(f"{name}: the rows with a compiler's name are of lit-tests/exec/Inputs/control.c, for want of source")
            files, arguments = [TESTS / "exec/Inputs" / f for f in ("control.c", "units.c")], ["300"]
            objects = objects[1:]
        compilers = ["gcc"] + [c for c in [tool("clang")] if c]
        if folder and package == "libsqlite3-dev" and not options.full:
            compilers = ["gcc"]
            notes.append(f"{name}: clang takes long to compile it; --full does")
        for compiler in compilers:
            more, group = fromSource(code, compiler, files, flags, objects, arguments, f"{name}-{os.path.basename(compiler)}")
            sizes |= more
            groups.append(group)
    return sizes, groups


def elfTable(options, work, notes):
    paths = {name: run(["gcc", "-print-file-name=" + name])[0].strip() for name in LIBRARIES}
    paths = {name: path for name, path in paths.items() if os.path.isabs(path)}
    notes += [f"{name} is not installed" for name in LIBRARIES if name not in paths]
    times = [timing(options.hotpad, path, elfLink, work, options.runs) for path in paths.values()]
    wanted = {LIBRARIES[name][0] for name in paths if LIBRARIES[name][0]}
    if not (shutil.which("tclsh") and shutil.which("make")):
        wanted.discard("libsqlite3-dev")
    folders = {} if options.quick else {package: features.findSource(package) for package in wanted}
    built = [library(name, path, folders.get(LIBRARIES[name][0]), options, Code(options.hotpad, work), notes)
             for name, path in paths.items()]
    counts = [{k: v for group in groups for k, v in instructions(*group).items()} for _, groups in built]
    table(paths, [(f"Rewriting: medians of {options.runs} runs, and their ratios", times),
                  ("Code", [sizes for sizes, _ in built]),
                  ("Executed instructions, and how many per cent more", counts)])
    notes.append("Lua seeds its hashes anew in each run: \"again\" shows how much that alone changes")


def imageTiming(hotpad, path, others, work, runs):
    """Rows of one image; `others` are commands that do something comparable."""
    out = str(work / "out")
    commands = {f"hotpad rewrite -j{j}": [hotpad, "rewrite", path, "-o", out, "--quiet", f"-j{j}"] for j in (1, 2)}
    copy = tool("llvm-objcopy")
    if copy:
        commands["llvm-objcopy"] = [copy, path, out + "-copy"]
    commands |= others
    medians = race(commands, runs)
    megabytes = os.path.getsize(path) / 1e6
    rows = {"MB of the file": f"{megabytes:.1f}"}
    rows |= {f"{label}: CPU ms, wall ms, MB": "{:.0f}  {:.0f}  {:.0f}".format(*m) for label, m in medians.items()}
    for j in (1, 2):
        mine = medians[f"hotpad rewrite -j{j}"]
        rows |= {f"-j{j} / {label}: CPU, wall, MB": "  ".join(f"{a / b:.2f}" for a, b in zip(mine, theirs))
                 for label, theirs in medians.items() if not label.startswith("hotpad")}
        if megabytes > 50:  # smaller than the program itself otherwise
            rows[f"-j{j}: peak memory / file"] = f"{mine[2] * 1.048576 / megabytes:.2f}"
    return rows


def relocatableProgram(code, work, notes):
    """A program with SQLite in it, linked with --emit-relocs: its path, and {label: what can be compared}."""
    script = INPUTS / LIBRARIES["libsqlite3.a"][2]
    [objects] = code.compile("gcc", [INPUTS / "sqlite.c", INPUTS / "driver.c"],
                             [["-O1", f'-DSCRIPT_PATH="{script}"']], "image")
    path, others = str(work / "sqlite-program"), {}
    linker = ["gcc", "-B/usr/lib/llvm-22/bin", "-fuse-ld=lld", "-Wl,--emit-relocs"]
    link = [*linker, *map(str, objects), "-Wl,-Bstatic", "-lsqlite3", "-Wl,-Bdynamic", "-lm", "-o"]
    run([*link, path])
    others["gcc -fuse-ld=lld"] = [*link, path + "-again"]
    bolt = tool("llvm-bolt")
    if bolt:
        others["llvm-bolt"] = [bolt, path, "-o", path + "-bolt"]
    else:
        notes.append("SKIPPED llvm-bolt: bolt-22 is not installed")
    return path, others


def imageTable(options, work, notes):
    code, columns, times = Code(options.hotpad, work), [], []
    llvm = os.path.realpath("/usr/lib/llvm-22/lib/libLLVM.so")
    sizes, counts = [], []

    def addColumn(name, path, others, runs, arguments=None):
        columns.append(name)
        times.append(imageTiming(options.hotpad, path, others, work, runs))
        [hot], functions, before, after = code.rewrite([path], "hot-" + name)
        sizes.append({"functions": str(functions), "code bytes": str(before),
                      "rewritten: code bytes, %": f"{100 * (after / before - 1):+.1f}"})
        counts.append({} if arguments is None else instructions("its workload", {
            "": code.pool.submit(count, path, arguments), "rewritten image": code.pool.submit(count, hot, arguments)}))

    if os.path.exists(llvm):
        addColumn("libLLVM", llvm, {}, min(options.runs, 3))
    else:
        notes.append("libLLVM.so of llvm-22 is not installed")
    if os.path.isabs(run(["gcc", "-print-file-name=libsqlite3.a"])[0].strip()):
        path, others = relocatableProgram(code, work, notes)
        addColumn("SQL program", path, others, options.runs, ["1"] + (["quick"] if options.quick else []))
    else:
        notes.append("libsqlite3.a is not installed: no program with --emit-relocs")
    table(columns, [("Rewriting images: medians, and their ratios (aim for libLLVM at -j2: < 3000 ms, < 3 times the file)", times),
                    ("Code", sizes), ("Executed instructions, and how many per cent more", counts)])


def coffTable(options, work, notes):
    paths = {name: path for name, path in COFF_LIBRARIES.items() if path and os.path.exists(path)}
    notes += [f"{name} is not installed" for name in COFF_LIBRARIES if name not in paths]
    times = [timing(options.hotpad, path, coffLink, work, options.runs) for path in paths.values()]
    sizes = []
    for name, path in paths.items():
        _, functions, before, after = Code(options.hotpad, work).rewrite([path], name)
        sizes.append({"functions": str(functions), "text bytes": str(before),
                      "rewritten: bytes per function": f"{(after - before) / functions:.2f}"})
    table(paths, [(f"Rewriting: medians of {options.runs} runs, and their ratios", times), ("Code", sizes)])
    notes.append("COFF has no rows of executed instructions: most of what could be counted would be Wine's")


def liveTable(options, work, notes):
    archive = features.findArchive("libmicrohttpd.a")
    if not archive:
        notes.append("libmicrohttpd.a is not installed: no server is patched")
        return
    code, inputs = Code(options.hotpad, work), TESTS / "patcher/Inputs"
    objects = code.compile("gcc", [inputs / "server.c", inputs / "pages.c"], [["-O2"]], "server")[0]
    [fix] = code.compile("gcc", [inputs / "pages.c"], [["-O2", '-DVERSION="new "']], "server-fix")[0]
    hot = code.rewrite([*objects, archive], "server-hot")[0]
    run(["gcc", *hot, "-lgnutls", "-o", work / "server"])
    load = [sys.executable, inputs / "load.py", "--hotpad", options.hotpad, "--patch", fix, "--whole", "/10,/33,/59",
            "--cycles", 50 if options.quick else 1000]
    server = ["--", work / "server", "{port}"]
    says = {label: run([*load, *more, *server], timeout=3600)[0]
            for label, more in {"stopped": ["--parts", "/all"], "--no-stop": ["--no-stop"]}.items()}
    words = {"cycles": r"(\d+) cycles", "functions": r"(\d+) functions", "threads stopped": r"(\d+) threads",
             "pause: median": r"median ([\d.]+ ms)", "pause: 99th percentile": r"percentile ([\d.]+ ms)",
             "responses": r"(\d+) responses", "wrong ones": r"(\d+) wrong"}
    cells = [{label: re.search(word, text)[1] for label, word in words.items()} for text in says.values()]
    table(says, [("Patching a server under load", cells)])
    notes.append("pause: aim < 2 ms for 50 functions and 16 threads")


def table(columns, sections):
    rows = [["", *columns]]
    for title, cells in sections:
        labels = list(dict.fromkeys(label for column in cells for label in column))
        rows += [[title] + [""] * len(columns)] + [["  " + l, *(c.get(l, "-") for c in cells)] for l in labels]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join([row[0].ljust(widths[0])] + [c.rjust(w) for c, w in zip(row[1:], widths[1:])]).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--runs", type=int, default=7, help="of each command that is timed (default: 7)")
    parser.add_argument("--quick", action="store_true", help="3 runs, short workloads, no source packages")
    parser.add_argument("--full", action="store_true", help="compile SQLite with clang, too")
    options = parser.parse_args()
    options.hotpad = os.path.abspath(options.hotpad)
    if options.quick:
        options.runs = min(options.runs, 3)
    notes = []
    if not shutil.which("valgrind"):
        notes.append("no valgrind: instructions are counted by perf, if at all")
    start = time.time()
    with tempfile.TemporaryDirectory(prefix="hotpad-bench-") as work:
        work = pathlib.Path(work)
        elfTable(options, work, notes)
        print()
        coffTable(options, work, notes)
        print()
        imageTable(options, work, notes)
        print()
        liveTable(options, work, notes)
    print("\n" + "\n".join(f"- {note}" for note in notes))
    print(f"bench: {time.time() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, subprocess.TimeoutExpired) as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(1)
