# How the tests in this folder are found and run.
#
#   %rewrite    hotpad rewrite --verify       no test rewrites without --verify:
#   %link       hotpad link --flavor=gnu --verify --    `%hotpad rewrite` has it too
#   %hotpad     the program itself
#   %cc %cxx    gcc, g++                      %clang %clangxx %lld   LLVM's
#   %mingw64 %mingw64xx %mingw32 %mingw32xx   gcc and g++ for Windows
#   %lldlink    LLVM's linker for Windows     %wine          runs a Windows program
#   %hotpatch64 %hotpatch32   hotpatch.exe, as Windows programs name it
#   %python     the interpreter               %{tools}   lit-tests/tools
#   %refused    runs a command that must refuse its input and write nothing
#   %{bin}      the folder of hotpad and of the test programs beside it
#   %{lib-z}    the static archive behind the feature lib-z, and so on; %{lib32-z}
#               the one for 32-bit programs
#
# LLVM's tools (llvm-mc, FileCheck, not, split-file, yaml2obj ...) are first on
# the PATH. RUN lines are run by bash. A test that needs something a machine may
# lack names it in REQUIRES; features.py lists what there is to name.

import os
import sys

import lit.formats

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import features

config.name = "hotpad"
config.test_source_root = os.path.dirname(os.path.abspath(__file__))
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".s", ".test", ".c", ".cpp", ".ll", ".yaml"]
config.excludes = ["Inputs", "tools"]

config.environment["PATH"] = os.pathsep.join([config.llvm_tools, os.environ["PATH"]])
config.environment["LC_ALL"] = "C.UTF-8"
for name in ("HOME", "XDG_CACHE_HOME", "HOTPAD_WINE32"):  # where 32-bit Wine is
    if name in os.environ:
        config.environment[name] = os.environ[name]
name, _, value = config.sanitizer_options.partition("=")
config.environment.setdefault(name, value)

found, missing = features.probe(config.llvm_tools)
config.available_features.update(found)
for sanitizer, feature in [("address", "asan"), ("undefined", "ubsan")]:
    if sanitizer in config.sanitizers:
        config.available_features.add(feature)
if os.geteuid() == 0:  # to become other users
    config.available_features.add("root")
for line in features.report(missing):
    print(line)
hotpatch = {bits: f"{os.path.dirname(config.hotpad)}/win{bits}/hotpatch.exe" for bits in (64, 32)}
config.available_features.update(f"hotpatch{bits}" for bits in hotpatch if os.path.exists(hotpatch[bits]))

config.substitutions += [
    (r"%hotpad rewrite\b(?! --verify)", config.hotpad + " rewrite --verify"),
    (r"%hotpad\b", config.hotpad),
    (r"%rewrite\b", config.hotpad + " rewrite --verify"),
    (r"%link\b", config.hotpad + " link --flavor=gnu --verify --"),
    (r"%python\b", config.python),
    (r"%refused\b", f"{config.python} {config.test_source_root}/tools/refused.py"),
    (r"%\{bin\}", os.path.dirname(config.hotpad)),
    (r"%cc\b", "gcc"),
    (r"%cxx\b", "g++"),
    (r"%clang\b", os.path.join(config.llvm_tools, "clang")),
    (r"%clangxx\b", os.path.join(config.llvm_tools, "clang++")),
    (r"%lld\b", os.path.join(config.llvm_tools, "ld.lld")),
    (r"%mingw64\b", "x86_64-w64-mingw32-gcc-posix"),
    (r"%mingw64xx\b", "x86_64-w64-mingw32-g++-posix"),
    (r"%mingw32\b", "i686-w64-mingw32-gcc-posix"),
    (r"%mingw32xx\b", "i686-w64-mingw32-g++-posix"),
    (r"%lldlink\b", os.path.join(config.llvm_tools, "lld-link")),
    (
        r"%wine\b",
        f"{config.python} {config.test_source_root}/tools/wine.py"
        f" --prefixes {config.test_exec_root}/wine",
    ),
    (r"%hotpatch64\b", "Z:" + hotpatch[64]),
    (r"%hotpatch32\b", "Z:" + hotpatch[32]),
    (r"%\{llvm\}", config.llvm_tools),
    (r"%\{wine-prefixes\}", f"{config.test_exec_root}/wine"),
    (r"%\{tools\}", os.path.join(config.test_source_root, "tools")),
]
config.substitutions += [
    (r"%\{" + feature + r"\}", path)
    for feature, path in found.items()
    if feature.startswith(("lib", "msvc-", "i386-", "source-"))
]
