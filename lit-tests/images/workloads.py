"""What installed programs are given to do, and which libraries are swapped for
rewritten ones while they do it. programs.py runs all of it."""

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

CMAKE = r"""foreach(i RANGE 1 400)
  math(EXPR square "${i} * ${i} % 1009")
  list(APPEND all ${square})
endforeach()
list(SORT all COMPARE NATURAL)
list(REMOVE_DUPLICATES all)
list(LENGTH all n)
string(REGEX REPLACE "([0-9])([0-9]);" "\\2\\1," text "${all}")
string(SHA256 digest "${text}")
string(JSON third GET [[{"a": [1, 2, {"b": "c"}]}]] a 2 b)
function(fib n out)
  if(n LESS 2)
    set(${out} ${n} PARENT_SCOPE)
  else()
    math(EXPR m "${n} - 1")
    fib(${m} a)
    math(EXPR m "${n} - 2")
    fib(${m} b)
    math(EXPR r "${a} + ${b}")
    set(${out} ${r} PARENT_SCOPE)
  endif()
endfunction()
fib(11 f)
file(WRITE out.txt "${text}")
file(SIZE out.txt size)
execute_process(COMMAND ${CMAKE_COMMAND} -E sha1sum out.txt OUTPUT_VARIABLE sum)
message("${n} ${digest} ${third} ${f} ${size} ${sum}")
message(FATAL_ERROR "done")
"""

# Synthetic pictures and sound through scaler, filters, two encoders and their
# decoders' digests.
FFMPEG = (
    "-hide_banner -nostdin -loglevel error -f lavfi -i testsrc=duration=2:size=320x240:rate=10"
    " -f lavfi -i sine=frequency=440:duration=2 -vf scale=160:120,hue=h=30"
    " -c:v mpeg4 -c:a aac -flags +bitexact -threads 1 -f framemd5 -"
).split()

# Modules of python's own test package (libpython3.11-testsuite).
PYTHON_TESTS = ["test_builtin", "test_re", "test_exceptions", "test_threading", "test_ctypes"]


def program(name, *arguments, stdin="", least=99.0, files={}):
    """`least`: percent of the functions that have to conform in the end.
    `files`: by name, what they hold in the folder that the program runs in."""
    return dict(name=name, arguments=list(arguments), stdin=stdin, least=least, files=files)


BASH_JOB = program("bash", "--norc", "-c", BASH, least=99.5)
PYTHON_JOB = program("python3.11", "-S", "-c", PYTHON, least=99.5)
SQL_JOB = program("sqlite3", ":memory:", stdin=SQL, least=99.5)
FFMPEG_JOB = program("ffmpeg", *FFMPEG, least=99.5)

PROGRAMS = [
    BASH_JOB,
    program("gzip", "-c", "-9", stdin=WORDS),
    program("xz", "-c", "-T1", stdin=WORDS, least=99.5),
    program("perl", "-e", PERL, least=99.5),
    PYTHON_JOB,
    SQL_JOB,
    program("openssl", "dgst", "-sha3-256", "-hmac", "key", stdin=WORDS, least=99.5),
    program("git", "--no-pager", "hash-object", "--stdin", stdin=WORDS, least=99.5),
    program("gdb", "-nx", "-batch", "-ex", "print 6 * 7", "-ex", "print sizeof(long)", "-ex", "python print(sum(range(9)))", least=99.5),
    program("ninja", "-n", least=99.0),
    program("cmake", "-P", "work.cmake", least=99.5, files={"work.cmake": CMAKE}),
    FFMPEG_JOB,
    # Written in Rust.
    program("rg", "-n", r"(\d)\1+ word(1[0-2]|[^3-8])$", "-", stdin=WORDS, least=99.5),
    program("fdfind", "--threads=1", "--max-buffer-time=60000", "--extension", "h", "std(io|lib)", "/usr/include", least=99.5),
]

# Libraries that stand in together for their originals, and a program that uses them.
LIBRARIES = [
    (["libc.so.6"], BASH_JOB),
    (["libstdc++.so.6"], program("gdb", "-nx", "-batch", "-ex", "print 6 * 7", least=99.5)),
    (["libcrypto.so.3"], program("openssl", "dgst", "-sha512", stdin=WORDS, least=99.5)),
    (["libsqlite3.so.0"], SQL_JOB),
    (["libz.so.1"], PYTHON_JOB),
    (["libavcodec.so.59", "libavfilter.so.8", "libavformat.so.59", "libavutil.so.57", "libswscale.so.6", "libswresample.so.4"], FFMPEG_JOB),
]

# The C library with its own loader, which then runs these.
LOADER = "ld-linux-x86-64.so.2"
LOADED = [BASH_JOB, PYTHON_JOB, SQL_JOB]

# i386 programs, as one folder holds them with their libraries.
PROGRAMS32 = [
    program("bash", "--norc", "-c", BASH),
    program("gzip", "-c", "-9", stdin=WORDS, least=96),
    program("xz", "-c", "-T1", stdin=WORDS, least=97),
    program("perl", "-e", PERL),
    program("sqlite3", ":memory:", stdin=SQL, least=97),
]
