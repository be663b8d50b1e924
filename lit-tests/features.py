#!/usr/bin/env python3
"""What tests can require, and the Debian package that brings it.

lit.cfg.py turns what is found into features; a test with `REQUIRES: lib-lua` is
not run on a machine without it. Run as a program, this prints a line for each
feature that is missing and nothing else:

    SKIPPED lib-lua: package liblua5.4-dev is not installed
"""

import os
import shutil
import subprocess
import sys
import tempfile

# Programs. Those of LLVM are looked for in its own folder first.
PROGRAMS = {
    "make": ("make", "make"),
    "tcl": ("tclsh", "tcl"),
    "gcc": ("g++", "g++"),
    "clang": ("clang++", "clang-22"),
    "bfd": ("ld.bfd", "binutils"),
    "gdb": ("gdb", "gdb"),
    "valgrind": ("valgrind", "valgrind"),
    "gfortran": ("gfortran", "gfortran"),
    "strace": ("strace", "strace"),
    "mingw64": ("x86_64-w64-mingw32-g++-posix", "g++-mingw-w64-x86-64-posix"),
    "mingw32": ("i686-w64-mingw32-g++-posix", "g++-mingw-w64-i686-posix"),
}

# Static archives, as the linker of gcc finds them.
ARCHIVES = {
    "lib-sqlite3": ("libsqlite3.a", "libsqlite3-dev"),
    "lib-z": ("libz.a", "zlib1g-dev"),
    "lib-lua": ("liblua5.4.a", "liblua5.4-dev"),
    "lib-microhttpd": ("libmicrohttpd.a", "libmicrohttpd-dev"),
    "lib-zstd": ("libzstd.a", "libzstd-dev"),
    "lib-crypto": ("libcrypto.a", "libssl-dev"),
    "lib-stdcxx": ("libstdc++.a", "libstdc++-12-dev"),
    "lib-gcc-eh": ("libgcc_eh.a", "libgcc-12-dev"),
    "lib-c": ("libc.a", "libc6-dev"),
}

# The same for Windows; each is a feature for both targets: lib-z-mingw64, lib-z-mingw32.
MINGW_TARGETS = {
    "mingw64": ("x86_64-w64-mingw32", "x86-64"),
    "mingw32": ("i686-w64-mingw32", "i686"),
}
MINGW_ARCHIVES = {
    "lib-z": ("libz.a", "libz-mingw-w64-dev"),
    "lib-stdcxx": ("libstdc++.a", "g++-mingw-w64-{}-posix"),
    "lib-gcc": ("libgcc.a", "gcc-mingw-w64-{}-posix-runtime"),
    "lib-gcc-eh": ("libgcc_eh.a", "gcc-mingw-w64-{}-posix-runtime"),
    "lib-mingwex": ("libmingwex.a", "mingw-w64-{}-dev"),
    "lib-winpthread": ("libwinpthread.a", "mingw-w64-{}-dev"),
}

# What ./dev setup unpacks.
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "hotpad")
UNPACKED = {
    "msvc-libraries": ("msvc-libraries", "npm's react-native-windows"),
    "msvc-programs": ("msvc-programs", "npm's 7zip-bin, rcedit, ninja, openssl.exe and hermes"),
    "i386-programs": ("i386-programs", "Debian's bash, perl and others for i386"),
}

# Sources of the versions that are installed, which ./dev setup unpacks as well.
SOURCES = {"source-sqlite3": "libsqlite3-dev", "source-lua": "liblua5.4-dev"}


def findSource(package):
    """The folder with the source of an installed package, or None."""
    what = "${source:Package}-${source:Version}"
    if not shutil.which("dpkg-query"):
        return None
    name = subprocess.run(["dpkg-query", "-W", "-f=" + what, package], capture_output=True, text=True).stdout
    path = os.path.join(CACHE, "sources", name)
    return path if name and os.path.isdir(path) else None


# Loaders of Wine: as packages install them, and as ./dev setup unpacks one.
WINE = {
    "wine64": (["/usr/lib/wine/wine64"], "wine64"),
    "wine32": (
        [
            "/usr/lib/wine/wine",
            os.path.join(
                os.environ.get("HOTPAD_WINE32") or os.path.join(CACHE, "wine32"),
                "usr/lib/wine/wine",
            ),
        ],
        "wine32:i386",
    ),
}


def findWine(feature):
    """The loader, or None. One that does not start (32-bit without libc6-i386) is none."""
    for path in WINE[feature][0]:
        try:
            if subprocess.run([path, "--version"], capture_output=True).returncode == 0:
                return path
        except OSError:
            pass
    return None


# The same for 32-bit programs.
ARCHIVES32 = {
    "lib32-z": ("libz.a", "lib32z1-dev"),
    "lib32-stdcxx": ("libstdc++.a", "g++-multilib"),
    "lib32-gcc": ("libgcc.a", "gcc-multilib"),
    "lib32-gcc-eh": ("libgcc_eh.a", "gcc-multilib"),
    "lib32-c": ("libc.a", "gcc-multilib"),
    "lib32-m": ("libm.a", "gcc-multilib"),
}


def findArchive(name, gcc="gcc", *mode):
    """The path gcc would link, or None."""
    if not shutil.which(gcc):
        return None
    command = [gcc, *mode, "-print-file-name=" + name]
    path = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return os.path.realpath(path) if os.path.isabs(path) and os.path.exists(path) else None


def runs32():
    """Whether this machine starts 32-bit programs: kernels can be told not to."""
    if not shutil.which("gcc"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program")
        made = subprocess.run(
            ["gcc", "-m32", "-x", "c", "-", "-o", program],
            input=b"int main(void) { return 0; }",
            capture_output=True,
        )
        try:
            return made.returncode == 0 and subprocess.run([program]).returncode == 0
        except OSError:
            return False


def probe(llvmTools):
    """({feature: path}, {feature: package}): what there is and what is missing."""
    found, missing = {}, {}
    searchPath = os.pathsep.join([llvmTools, os.environ.get("PATH", "")])
    for feature, (program, package) in PROGRAMS.items():
        path = shutil.which(program, path=searchPath)
        if feature == "clang" and path and not path.startswith(llvmTools):
            path = None  # some other clang
        if path:
            found[feature] = path
        else:
            missing[feature] = package
    archives = [(*row, feature, "gcc", "-m64") for feature, row in ARCHIVES.items()]
    archives += [(*row, feature, "gcc", "-m32") for feature, row in ARCHIVES32.items()]
    for target, (triple, short) in MINGW_TARGETS.items():
        for feature, (archive, package) in MINGW_ARCHIVES.items():
            gcc = triple + "-gcc-posix"
            archives.append((archive, package.format(short), f"{feature}-{target}", gcc))
    for archive, package, feature, gcc, *mode in archives:
        path = findArchive(archive, gcc, *mode)
        # Without its 32-bit half gcc names the same archive for both.
        if path and (mode != ["-m32"] or path != findArchive(archive, gcc, "-m64")):
            found[feature] = path
        else:
            missing[feature] = package
    for feature, (folder, package) in UNPACKED.items():
        path = os.path.join(CACHE, folder)
        if os.path.isdir(path):
            found[feature] = path
        else:
            missing[feature] = package
    for feature, package in SOURCES.items():
        path = findSource(package)
        if path:
            found[feature] = path
        else:
            missing[feature] = f"{package}, or its source"
    for feature, (_, package) in WINE.items():
        path = findWine(feature)
        if path:
            found[feature] = path
        else:
            missing[feature] = package
    if runs32():
        found["runs32"] = "-m32"
    else:
        missing["runs32"] = None
    return found, missing


def report(missing):
    return [
        f"SKIPPED {feature}: "
        + (f"package {package} is not installed" if package else "32-bit programs do not start here")
        for feature, package in missing.items()
    ]


if __name__ == "__main__":
    tools = sys.argv[1] if len(sys.argv) > 1 else "/usr/lib/llvm-22/bin"
    for line in report(probe(tools)[1]):
        print(line)
