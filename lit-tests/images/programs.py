#!/usr/bin/env python3
"""Rewrites installed programs and libraries, as they are, and runs them.

For each: the original, the rewritten one, and the rewritten one with every
function patched to a detour (Inputs/patchall.c) must say the same on the same
work. Prints a table; exits with 1 when something differs or when fewer functions
conform than the least that is asked.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys

WORDS = "".join(f"{i * 7919 % 10007} word{i % 13}\n" for i in range(4000))

BASH = """f() { local n=$1; ((n < 2)) && { echo $n; return; }; echo $(( $(f $((n-1))) + $(f $((n-2))) )); }
f 6; x=abcdef; echo ${x:2:3} ${x/cd/_} ${#x}; case $x in a*f) echo yes;; esac
declare -A m; for w in one two three; do m[$w]=${#w}; done; echo ${m[two]} ${!m[@]} | tr ' ' '\\n' | sort
trap 'echo bye' EXIT; printf '%05d %s %q\\n' 42 "a b" "c d"; shopt -s extglob; [[ foobar == foo+(b|ar)* ]] && echo glob"""

PERL = r"""my %h; $h{$_ % 7} .= chr(65 + $_ % 26) for 1..500; print join(",", map {"$_=" . length $h{$_}} sort keys %h), "\n";
my $s = join " ", map {sprintf "%03x", $_ * $_} 1..40; my @m = $s =~ /([0-9a-f]*?)(\d\d)\b/g; print scalar @m, "\n";
eval { die {code => 7} }; print $@->{code}, "\n"; print sprintf("%.6f %s", sqrt(2), reverse "abc"), "\n"; local $_ = "xyz"; tr/a-y/b-z/; print "$_\n";"""

PYTHON = r"""import json, re, zlib, struct, math, collections, itertools, decimal, textwrap, random
random.seed(1)
d = {str(i): [i, i / 3, {"k": "v%d" % i}] for i in range(300)}
s = json.dumps(d); assert json.loads(s) == d
print(len(s), len(re.findall(r"v(\d+)", s)), zlib.crc32(s.encode()))
print(struct.pack("<IdH", 7, 1.5, 9).hex(), math.comb(30, 12), 3 ** 200 % 10007)
def gen(n):
    try:
        for i in range(n): yield i
    finally: print("closed")
print(sum(itertools.islice(gen(100), 10)))
class A:
    def __init__(self): self.x = []
    def __getattr__(self, name): raise AttributeError(name)
for f in (lambda: A().y, lambda: 1 // 0, lambda: {}["k"], lambda: int("z")):
    try: f()
    except Exception as e: print(type(e).__name__, e)
print(decimal.Decimal(2).sqrt(), collections.Counter("mississippi").most_common(2), sorted(random.sample(range(999), 5)))
match [1, {"a": 2}]:
    case [x, {"a": y}]: print(x, y)
print(textwrap.fill("lorem ipsum dolor " * 9, 40))"""

SQL = """create table t(a integer primary key, b text);
with recursive c(x) as (select 1 union all select x+1 from c where x<2000) insert into t select x, 'v'||(x*7919%1007) from c;
create index i on t(b); select count(*), sum(length(b)), max(b) from t where b like 'v1%';
select b, count(*) n from t group by b having n > 1 order by n desc, b limit 4;
select json_extract('{"a":[1,2,{"b":3}]}', '$.a[2].b'), printf('%08.3f', 3.14159), hex(zeroblob(2)), upper('x'); select * from nothing;"""


def program(name, *arguments, stdin="", least=99.0):
    return dict(name=name, arguments=list(arguments), stdin=stdin, least=least)


PROGRAMS = [
    program("bash", "--norc", "-c", BASH, least=99.5),
    program("gzip", "-c", "-9", stdin=WORDS),
    program("xz", "-c", "-T1", stdin=WORDS, least=99.5),
    program("perl", "-e", PERL, least=99.5),
    program("python3.11", "-S", "-c", PYTHON, least=99.5),
    program("sqlite3", ":memory:", stdin=SQL, least=99.5),
    program("openssl", "dgst", "-sha3-256", "-hmac", "key", stdin=WORDS, least=99.5),
    program("git", "--no-pager", "hash-object", "--stdin", stdin=WORDS, least=99.5),
    program("gdb", "-nx", "-batch", "-ex", "print 6 * 7", "-ex", "print sizeof(long)", "-ex", "python print(sum(range(9)))", least=99.5),
    program("ninja", "-n", least=99.0),
]

# Libraries that stand in for their originals, and a program that uses each.
LIBRARIES = [
    ("libc.so.6", program("bash", "--norc", "-c", BASH, least=99.5)),
    ("libstdc++.so.6", program("gdb", "-nx", "-batch", "-ex", "print 6 * 7", least=99.5)),
    ("libcrypto.so.3", program("openssl", "dgst", "-sha512", stdin=WORDS, least=99.5)),
    ("libsqlite3.so.0", program("sqlite3", ":memory:", stdin=SQL, least=99.5)),
    ("libz.so.1", program("python3.11", "-S", "-c", PYTHON, least=99.5)),
]
FOLDER = "/usr/lib/x86_64-linux-gnu"


def run(command, stdin, folder, **environment):
    result = subprocess.run(
        command, input=stdin.encode(), capture_output=True, cwd=folder, timeout=120,
        env=dict(os.environ, PYTHONHASHSEED="0", LC_ALL="C", **environment),
    )  # fmt: skip
    return result.returncode, result.stdout, result.stderr


class Checker:
    def __init__(self, options):
        self.options = options
        self.failures = 0

    def fail(self, name, what):
        self.failures += 1
        print(f"FAILED {name}: {what}")

    def rewrite(self, path, output, least):
        """Rewrites and checks; returns the row's numbers."""
        report = output + ".json"
        subprocess.run(
            [self.options.hotpad, "rewrite", "--quiet", f"--json={report}", path, "-o", output], check=True
        )
        with open(report) as file:
            row = json.load(file)["files"][0]
        check = subprocess.run(
            [self.options.hotpad, "check", "--quiet", f"--json={report}", output], stdout=subprocess.DEVNULL
        )
        with open(report) as file:
            checked = json.load(file)["files"][0]
        if check.returncode not in (0, 1):
            self.fail(path, "check refuses it")
        # Hand-written code may hold another entry or two for the eyes of check.
        if checked["conforming"] < row["patchable"]:
            self.fail(path, f"check finds {checked['conforming']}, rewrite says {row['patchable']}")
        share = 100 * checked["conforming"] / checked["functions"]
        if share < least:
            self.fail(path, f"only {share:.2f} % conform")
        reasons = ", ".join(sorted({s["reason"] for s in row["skipped"]}))
        size = 100 * os.path.getsize(output) / os.path.getsize(path) - 100
        print(
            f"| {os.path.basename(path)} | {checked['functions']} | {row['native']} | {row['forwarded']} "
            f"| {share:.2f} % | {len(row['skipped'])} {reasons} | {size:+.0f} % |"
        )

    def testProgram(self, job):
        path = shutil.which(job["name"], path="/usr/bin:/bin")
        if not path:
            print(f"SKIPPED {job['name']} is not installed")
            return
        path = os.path.realpath(path)
        folder = os.path.join(self.options.work, job["name"])
        os.makedirs(folder)
        output = os.path.join(folder, job["name"])
        self.rewrite(path, output, job["least"])
        expected = run([path] + job["arguments"], job["stdin"], folder)
        for environment in ({}, {"LD_PRELOAD": self.options.patchall}):
            got = run([output] + job["arguments"], job["stdin"], folder, **environment)
            # A program may say its own name.
            if (got[0], got[1]) != (expected[0], expected[1]):
                self.fail(job["name"], f"differs {environment or ''}: {got} and not {expected}")

    def testLibrary(self, name, job):
        path = os.path.join(FOLDER, name)
        user = shutil.which(job["name"], path="/usr/bin:/bin")
        if not user or not os.path.exists(path):
            print(f"SKIPPED {name} or {job['name']} is not installed")
            return
        folder = os.path.join(self.options.work, name + ".d")
        os.makedirs(folder)
        self.rewrite(os.path.realpath(path), os.path.join(folder, name), job["least"])
        expected = run([user] + job["arguments"], job["stdin"], folder)
        got = run([user] + job["arguments"], job["stdin"], folder, LD_LIBRARY_PATH=folder)
        if got != expected:
            self.fail(name, f"{job['name']} differs: {got} and not {expected}")
        loaded = subprocess.run(
            ["ldd", user], capture_output=True, text=True, env=dict(os.environ, LD_LIBRARY_PATH=folder)
        ).stdout
        if folder not in loaded:
            self.fail(name, "was not loaded")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--patchall", required=True, help="library that patches all functions when loaded")
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    checker = Checker(options)
    print("| file | functions | native | forwarded | conforming | skipped | size |")
    for job in PROGRAMS:
        checker.testProgram(job)
    for name, job in LIBRARIES:
        checker.testLibrary(name, job)
    sys.exit(checker.failures != 0)


if __name__ == "__main__":
    main()
