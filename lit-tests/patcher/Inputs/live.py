#!/usr/bin/env python3
"""Runs a program and, beside it, the steps of a script on standard input.

    live.py HOTPAD PROGRAM [ARGUMENT...] < SCRIPT

Steps, one a line ({pid} is the program's process):
    ask [TEXT]       sends the line to the program and prints the line it answers
    hotpad ARG...    runs hotpad and prints what it says; `exit N` unless N is 0
    shell COMMAND    runs a command likewise
    kill             ends the program
The program must end well when its input ends, unless it was killed.
"""

import shlex
import subprocess
import sys


def report(result):
    print(result.stdout, end="")
    if result.returncode:
        print("exit", result.returncode)


def main(hotpad, *program):
    target = subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    killed = False
    try:
        for line in sys.stdin:
            step, _, rest = line.strip().replace("{pid}", str(target.pid)).partition(" ")
            if not step or step.startswith("#"):
                continue
            print(f"> {line.strip()}")
            output = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
            if step == "ask":
                target.stdin.write(rest + "\n")
                target.stdin.flush()
                print(target.stdout.readline(), end="")
            elif step == "hotpad":
                report(subprocess.run([hotpad, *shlex.split(rest)], **output))
            elif step == "shell":
                report(subprocess.run(rest, shell=True, **output))
            elif step == "kill":
                target.kill()
                target.wait()
                killed = True
            else:
                sys.exit(f"no such step: {line}")
            sys.stdout.flush()
    finally:
        if not killed:
            target.stdin.close()
            try:
                target.wait(timeout=20)
            except subprocess.TimeoutExpired:
                target.kill()
                sys.exit("the program does not end")
    if target.returncode and not killed:
        sys.exit(f"the program ended with {target.returncode}")


main(*sys.argv[1:])
