#!/usr/bin/env python3
"""Holds the counts of `hotpad trace` against those of callgrind.

    callgrind.py HOTPAD ASK PROGRAM [ARGUMENT...] < WORK

The program gets ASK, which it answers with the line `done`, then is traced while it
is given WORK and ASK again. Under callgrind it runs twice: with the first ASK only,
and with all of it; the difference is what the work has called. Each run is over when
the program waits for more input, so nothing of its end is counted.
"""

import collections
import json
import os
import signal
import subprocess
import sys
import time


class Run:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, text):
        """Until `done`, and until the program waits for more."""
        self.process.stdin.write(text)
        self.process.stdin.flush()
        answer = ""
        while not answer.endswith("done\n"):
            line = self.process.stdout.readline()
            if not line:
                sys.exit(f"the program ended after {answer!r}")
            answer += line
        deadline = time.monotonic() + 60
        while not self.waits():
            if time.monotonic() > deadline:
                sys.exit("the program does not wait for more input")
            time.sleep(0.01)
        return answer

    def waits(self):
        """In read(0, ...), which is number 0 or 3."""
        with open(f"/proc/{self.process.pid}/syscall") as file:
            return file.read().split()[:2] in (["0", "0x0"], ["3", "0x0"])

    def end(self):
        self.process.terminate()
        self.process.wait()


def countedByCallgrind(program, *inputs):
    """{address in the program's file: calls}"""
    run = Run("valgrind", "--tool=callgrind", "--callgrind-out-file=callgrind.out", "--dump-instr=yes",
              "--compress-pos=no", "--compress-strings=no", *program)  # fmt: skip
    answers = [run.send(text) for text in inputs]
    run.end()
    calls = collections.Counter()
    own = callee = ""
    with open("callgrind.out") as file:
        for line in file:
            key, _, value = line.strip().partition("=")
            if key == "ob":
                own = value
            elif key == "cob":
                callee = value
            elif key == "calls":
                count, address = value.split()[:2]
                if os.path.realpath(callee or own) == os.path.realpath(program[0]):
                    calls[int(address, 0)] += int(count)
                callee = ""
    return calls, answers[-1]


def countedByTrace(hotpad, program, ask, work):
    """[{name, address, calls}]"""
    run = Run(*program)
    run.send(ask)
    pid = str(run.process.pid)
    trace = subprocess.Popen([hotpad, "trace", "--pid", pid, "--for", "600", "--json=trace.json"],
                             stdout=subprocess.PIPE, text=True)  # fmt: skip
    while " 0 functions replaced" in " " + subprocess.run(
        [hotpad, "status", "--pid", pid], stdout=subprocess.PIPE, text=True
    ).stdout.splitlines()[-1]:
        if trace.poll() is not None:
            sys.exit(f"hotpad trace ended with {trace.returncode}")
        time.sleep(0.05)
    answer = run.send(work + ask)
    trace.send_signal(signal.SIGINT)
    table = trace.communicate(timeout=60)[0]
    if trace.returncode:
        sys.exit(f"hotpad trace ended with {trace.returncode}")
    run.end()
    print(table, end="")
    with open("trace.json") as file:
        return json.load(file)["functions"], answer


def main(hotpad, ask, *program):
    ask += "\n"
    work = sys.stdin.read()
    before, _ = countedByCallgrind(program, ask)
    after, expected = countedByCallgrind(program, ask, work + ask)
    traced, answer = countedByTrace(hotpad, program, ask, work)
    if answer != expected:
        sys.exit(f"{answer!r} while traced, but {expected!r}")
    after.subtract(before)
    wrong = 0
    for function in traced:
        if function["calls"] != after[function["address"]]:
            wrong += 1
            print(f"{function['name']}: {function['calls']} calls, {after[function['address']]} for callgrind")
    called = [function for function in traced if function["calls"]]
    print(f"{len(traced)} functions traced, {len(called)} called, {wrong} counts differ")
    return wrong != 0


sys.exit(main(*sys.argv[1:]))
