# SPDX-License-Identifier: GPL-3.0-or-later
"""shake - run tcpshake in a namespace and read what it says.

    done = shake.run(pair.client, "get", "--json", url)
    tap.equal(done.status, 0, "it ends well", done)      # prints all of it when it did not
    done.summary["body_sha256"], done.steps[0]["flags"]
"""

import json
import os
import select
import subprocess
import time

import netlib


class Run:
    """What came of one run of the program."""

    def __init__(self, arguments, status, out, err, seconds):
        self.arguments, self.status, self.seconds = arguments, status, seconds
        self.out, self.err = out.decode("ascii", "backslashreplace"), err.decode("ascii", "backslashreplace")
        self.out_bytes, self.err_bytes = out, err

    def __str__(self):
        return (f"tcpshake {' '.join(self.arguments)}: status {self.status} after {self.seconds:.3f} s\n"
                f"{self.err[-2000:]}\n{self.out[-2000:]}")

    @property
    def lines(self):
        """The objects that --json printed."""
        return [json.loads(line) for line in self.out.splitlines()]

    def of_type(self, name):
        return [line for line in self.lines if line["type"] == name]

    @property
    def steps(self):
        return self.of_type("step")

    @property
    def summary(self):
        """The last summary; empty when there is none."""
        return (self.of_type("summary") or [{}])[-1]

    def error_like(self, *words):
        """Whether stderr is one line, of our shape, and has these words in it."""
        lines = self.err.splitlines()
        return (len(lines) == 1 and lines[0].startswith("tcpshake: ") and
                all(word in lines[0] for word in words))


def run(where, *arguments, prefix=(), seconds=60, **options):
    """Run `tcpshake ARGUMENTS` in a namespace. @prefix: a command to run it by; @options are Popen's."""
    running = start(where, *arguments, prefix=prefix, **options)
    return finish(running, seconds)


def start(where, *arguments, prefix=(), **options):
    """Begin it, and come back with a Popen for finish()."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    running = where.popen([*prefix, netlib.program(), *arguments], **options)
    running.arguments, running.began, running.seen = arguments, time.monotonic(), b""
    return running


def wait_for(running, *words, seconds=20):
    """Until it has printed a line with all these words. False when it ended without, or in time did not."""
    until = time.monotonic() + seconds
    while not any(all(word.encode() in line for word in words)
                  for line in running.seen.split(b"\n")[:-1]):
        if not select.select([running.stdout], [], [], max(0, until - time.monotonic()))[0]:
            return False
        piece = os.read(running.stdout.fileno(), 1 << 16)
        if not piece:
            return False
        running.seen += piece
    return True


def finish(running, seconds=60):
    """Wait for its end; the Run. It is killed when it does not end in time: status -9."""
    try:
        out, err = running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        running.kill()
        out, err = running.communicate()
    return Run(running.arguments, running.returncode, running.seen + (out or b""), err or b"",
               time.monotonic() - running.began)


def host(address):
    """An address as URLs have it."""
    return f"[{address}]" if ":" in address else address


def url(address, port, path=""):
    return f"http://{host(address)}:{port}/{path}"
