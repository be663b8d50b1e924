#!/usr/bin/env python3
"""Kills hotpad before its 1st, 2nd, 3rd ... request to the kernel that touches the
process (ptrace, writes to its memory), until there are no more of them.

    kill.py HOTPAD PATCH PROGRAM

Each time the program must go on, with every function wholly old or wholly new, and
`status` and `revert --all` must find their way. strace does the killing: it sends
the signal when the request is about to be made.
"""

import subprocess
import sys

CALLS = ["ptrace", "pwrite64"]  # strace counts each by itself


def main(hotpad, patch, program):
    target = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    lines = 0

    def ask():
        nonlocal lines
        target.stdin.write("\n")
        target.stdin.flush()
        number, word, count = target.stdout.readline().split()
        lines += 1
        assert int(count) == lines, (count, lines)
        assert number in ("42", "141") and word in ("old", "new"), (number, word)
        return number, word

    def run(*arguments, check=True):
        return subprocess.run(
            [hotpad, *arguments, "--pid", str(target.pid)], capture_output=True, text=True, check=check, timeout=60
        )

    assert ask() == ("42", "old")
    total, mixed, step, calls = 0, 0, 0, list(CALLS)
    while calls:
        step += 1
        killed = subprocess.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls[0]}",
             "-e", f"inject={calls[0]}:signal=KILL:when={step}",
             hotpad, "apply", "--pid", str(target.pid), patch],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        completed = killed.returncode == 0
        if not completed and killed.returncode not in (-9, 137):
            sys.exit(f"step {step}: hotpad says {killed.stderr}")
        answer = ask()
        assert completed <= (answer == ("141", "new")), (step, answer)
        # The program's own functions and those of the patch, and nothing else.
        status = run("status")
        assert "changed by something else" not in status.stdout, status.stdout
        replaced = int(status.stdout.splitlines()[-1].split()[0])
        assert replaced == (answer[0] == "141") + (answer[1] == "new"), (answer, status.stdout)
        mixed += answer in (("42", "new"), ("141", "old"))
        total += not completed
        run("revert", "--all")
        assert ask() == ("42", "old"), step
        with open(f"/proc/{target.pid}/maps") as maps:
            assert "rwx" not in maps.read()
        if completed:
            calls.pop(0)
            step = 0
    target.stdin.close()
    assert target.wait(timeout=20) == 0
    print(f"killed {total} times, {mixed} of them between two switches")


main(*sys.argv[1:])
