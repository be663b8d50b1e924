#!/usr/bin/env python3
"""Patches a server, and takes the patch back, again and again, while eight
connections ask it for pages all the time.

    load.py --hotpad H --cycles N --patch FILE [--words OLD,NEW] [--no-stop]
            --whole /PATH,... --parts /PATH,... -- SERVER [ARGUMENT...]

{port} in the server's arguments is the port that it shall listen at. What is
counted in a response, its head included, are the words OLD and NEW:
  - a page of --whole is made by one function. It has only one of them.
  - a page of --parts is made by several functions, one after another. While it is
    made the word may change as often as functions are switched meanwhile, for
    they are all switched at once.
  - while no function is switched, it is the word of the version that is in force.
Prints how many responses there were, how many were not as they have to be, and
how long threads were stopped.
"""

import argparse
import collections
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time

CONNECTIONS = 8


class Load:
    def __init__(self, port, options):
        self.port, self.options = port, options
        old, new = options.words.split(",")
        self.word = re.compile(f"{re.escape(old)}|{re.escape(new)}")
        self.versions = (old, new)
        # How many times functions began, and ceased, to be switched.
        self.begun = self.done = 0
        self.ends = False
        self.responses = collections.Counter()
        self.wrong = []

    def judge(self, path, text, begun, done):
        """What is wrong with a response; `begun` when it was there, `done` when it was asked for."""
        words = self.word.findall(text)
        changes = sum(a != b for a, b in zip(words, words[1:]))
        if not words:
            return "no version"
        if path in self.options.whole and changes:
            return "mixed"
        if changes > begun - done:
            return f"{changes} changes in {begun - done} switches"
        if begun == done and words[0] != self.versions[begun % 2]:
            return "the other version"
        return None

    def ask(self, number):
        paths = self.options.whole + self.options.parts
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.ends:
            path = paths[number % len(paths)]
            number += 1
            done = self.done
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                text = str(response.headers) + response.read().decode(errors="replace")
                problem = None if response.status in (200, 404) else f"status {response.status}"
            except (OSError, http.client.HTTPException) as error:
                problem = repr(error)
                connection.close()
            problem = problem or self.judge(path, text, self.begun, done)
            self.responses[path] += 1
            if problem:
                self.wrong.append(f"{path}: {problem}")


def freePort():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def waitFor(port, server):
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
            if server.poll() is not None:
                sys.exit(f"the server ended with {server.returncode}")
    sys.exit("the server does not listen")


def hotpad(options, *arguments):
    more = ["--no-stop"] if options.no_stop else []
    command = [options.hotpad, *arguments, *more, "--json", "--quiet"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hotpad", required=True)
    parser.add_argument("--cycles", type=int, required=True)
    parser.add_argument("--patch", required=True)
    parser.add_argument("--words", default="old,new")
    parser.add_argument("--no-stop", action="store_true")
    parser.add_argument("--whole", type=lambda text: text.split(","), default=[])
    parser.add_argument("--parts", type=lambda text: text.split(","), default=[])
    parser.add_argument("server", nargs="+")
    options = parser.parse_args()

    port = freePort()
    command = [part.replace("{port}", str(port)) for part in options.server]
    server = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        waitFor(port, server)
        load = Load(port, options)
        threads = [threading.Thread(target=load.ask, args=(i * 7,)) for i in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        reports = []
        try:
            for _ in range(options.cycles):
                for arguments in (["apply", "--pid", str(server.pid), options.patch], ["revert", "--pid", str(server.pid)]):
                    before = sum(load.responses.values())
                    load.begun += 1
                    reports.append(hotpad(options, *arguments))
                    load.done += 1
                    # Let some be asked for and answered while nothing is switched.
                    for _ in range(200):
                        if sum(load.responses.values()) > before + 2 * CONNECTIONS:
                            break
                        time.sleep(0.01)
        finally:
            load.ends = True
            for thread in threads:
                thread.join()
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode}")
    finally:
        server.stdin.close()
        if server.poll() is None and os.path.basename(command[0]) != "server":
            server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            sys.exit("the server does not end")
    pauses = sorted(report["pauseMicroseconds"] / 1000 for report in reports)
    threads = sorted(report["threads"] for report in reports)
    print(f"{options.cycles} cycles, {len(reports[0]['functions'])} functions, {threads[0]} threads stopped")
    print(f"pause: median {statistics.median(pauses):.3f} ms, 99th percentile {pauses[len(pauses) * 99 // 100]:.3f} ms")
    print(f"{sum(load.responses.values())} responses, {len(load.wrong)} wrong")
    print("\n".join(load.wrong[:20]))
    return 1 if load.wrong or min(load.responses.values()) == 0 else 0


sys.exit(main())
