// The command line of hotpad. One table; Options.cpp says which verb takes what.
include "llvm/Option/OptParser.td"

class F<string name, string help>
    : Flag<["--"], name>, HelpText<help>;
class J<string name, string meta, string help>
    : Joined<["--"], name#"=">, MetaVarName<meta>, HelpText<help>;

def output : Separate<["-"], "o">, MetaVarName<"FILE">,
    HelpText<"Where to write the rewritten file">;
def output_long : J<"output", "FILE", "The same as -o FILE">;
def out_dir : Separate<["--"], "out-dir">, MetaVarName<"DIR">,
    HelpText<"Where to write several rewritten files">;
def out_dir_eq : Joined<["--"], "out-dir=">, Alias<out_dir>;

def layout : J<"layout", "NAME",
    "Prologue layout: ms (default), ms-x86, libpulp, patchable:N,M">;
def pad : J<"pad", "N", "Bytes of padding before each entry (default: the layout's)">;
def pad_by : J<"pad-by", "object|linker",
    "Who makes the pad of a function that begins a section: hotpad in the object (default), or the linker by /functionpadmin (COFF)">;
def entry : J<"entry", "auto|nop",
    "How one-byte first instructions get wider: auto (default) prefers a prefix, nop puts a 2-byte NOP at every entry">;
def slots : J<"slots", "auto|N", "Slots to reserve (default: one for each function)">;
def only : J<"only", "REGEX", "Only functions whose name matches">;
def skip : J<"skip", "REGEX", "No functions whose name matches">;
def image : J<"image", "forward|inplace|relayout",
    "How functions of linked images become patchable: copied to the end and the old entry a jump (forward, the default); where they are, with only a few instructions moved (inplace), where that is safe; or all code laid out anew (relayout: ELF linked with --emit-relocs)">;
def strip_debug : F<"strip-debug", "Drop debug information (it is not supported yet)">;
def verify : F<"verify", "Read the result again and compare it with the input, instruction by instruction">;

def explain : J<"explain", "NAME", "Show the bytes, code and verdict of one function">;

def flavor : J<"flavor", "NAME", "Whose arguments follow: those of ld.lld (gnu), lld-link (link) or ld.lld for Windows (mingw); default: what they look like">;

def pid : Separate<["--"], "pid">, MetaVarName<"P">,
    HelpText<"The process">;
def pid_eq : Joined<["--"], "pid=">, Alias<pid>;
def map : Separate<["--"], "map">, MetaVarName<"OLD=NEW">,
    HelpText<"Function NEW of the patch replaces OLD, a name or an address in its file (as in 0x1234), besides those of equal names">;
def map_eq : Joined<["--"], "map=">, Alias<map>;
def symbols : Separate<["--"], "symbols">, MetaVarName<"FILE">,
    HelpText<"The program or a library of the process is stripped, and FILE has its symbols: the file before that, or what `objcopy --only-keep-debug` made of it">;
def symbols_eq : Joined<["--"], "symbols=">, Alias<symbols>;
def identity : J<"identity", "all|REGEX", "Replace every function, or those whose name matches, by a detour that runs its own first instruction and goes on">;
def for : Separate<["--"], "for">, MetaVarName<"SECONDS">,
    HelpText<"How long; Ctrl-C ends it sooner">;
def for_eq : Joined<["--"], "for=">, Alias<for>;
def dry_run : F<"dry-run", "Check everything, and change nothing">;
def no_stop : F<"no-stop", "Let all threads run on meanwhile">;
def patch : Separate<["--"], "patch">, MetaVarName<"NAME">,
    HelpText<"The patch of this name">;
def patch_eq : Joined<["--"], "patch=">, Alias<patch>;
def all : F<"all", "All functions that are replaced, down to their own code">;

def json : F<"json", "Machine-readable results on standard output">;
def json_file : J<"json", "FILE", "Machine-readable results in FILE">;
def time : F<"time", "Say how long each step took">;
def quiet : F<"quiet", "Only errors">;
def threads : JoinedOrSeparate<["-"], "j">, MetaVarName<"N">,
    HelpText<"Threads (default: all)">;
def help : F<"help", "Show this">;
def help_short : Flag<["-"], "h">, Alias<help>;
def version : F<"version", "Show the version">;
