# SPDX-License-Identifier: GPL-3.0-or-later
"""`pipe` and other people's TCP programs over bad wires, both directions busy: each side sends while it
receives. Both streams exact, a FIN each way, no RST, in bounded time.

The programs run side by side on one wire, a connection each with IPv4 and IPv6.
"""

import itertools
import json
import os
import shutil

import netlib

netlib.enter()

import badwire  # noqa: E402
import piping  # noqa: E402
import shake  # noqa: E402

# Each listens once on an address and port, sends its input and FIN, and writes what comes to its end.
# (OpenBSD's nc is none of them: when it listens our FIN ends it, whatever it has still to send.)
PEERS = {
    "socat": lambda address, port: ["socat", "-t", "100", "-",
                                    f"TCP{6 if ':' in address else 4}-LISTEN:{port}"],
    "ncat": lambda address, port: ["ncat", "-l", address, str(port)],
}
IN_ORDER = ("four-segments", "three-segments", "simultaneous")

# The name, KiB each way, the longest that it may take in seconds, the wire.
WIRES = (
    ("25 ms, 1% loss", 1024, 60, {"delay": "25ms", "loss": "1%"}),
    ("5% doubled, 10% reordered", 4096, 60, {"delay": "5ms", "duplicate": "5%", "reorder": "10%"}),
    ("2% corrupted", 2048, 60, {"delay": "5ms", "corrupt": "2%"}),
    ("20% loss", 48, 180, {"delay": "5ms", "loss": "20%"}),
)

tap = netlib.Tap()
client, server = netlib.Namespace(), netlib.Namespace()
ports = itertools.count(7000)


class Exchange:
    """One program of theirs and one of ours, files for all four streams."""

    def __init__(self, program, address, port, kibibytes):
        self.name, self.home = f"{program}, IPv{6 if ':' in address else 4}", netlib.scratch()
        self.there, self.back = (piping.noise(f"{program} {way}", kibibytes << 10)
                                 for way in ("there", "back"))
        self.theirs = server.popen(PEERS[program](address, port), stdin=self._file("back", self.back),
                                   stdout=self._file("got there"))
        server.wait_for_listen(port)
        self.arguments = ("pipe", "--json", "--timeout", "3m", address, str(port))

    def _file(self, name, data=None):
        path = os.path.join(self.home, name)
        if data is None:
            return open(path, "wb")
        with open(path, "wb") as out:
            out.write(data)
        return open(path, "rb")

    def start(self):
        """All streams are files, so that nobody waits for us to read."""
        self.running = shake.start(client, *self.arguments, stdin=self._file("there", self.there),
                                   stdout=self._file("got back"), stderr=self._file("told"))

    def finish(self, seconds):
        """(whether all is well, its run, what to say when it is not). A RST of our kernel while we run is
        among the steps, too; afterwards it answers whoever missed our last acknowledgement."""
        done = shake.finish(self.running, seconds)
        status = self.theirs.wait(seconds)
        got, back = self._read("got there"), self._read("got back")
        lines = [json.loads(line) for line in self._read("told").splitlines() if line.startswith(b"{")]
        steps = [line for line in lines if line["type"] == "step" and line["checksum"] == "ok"]
        rsts = [step["number"] for step in steps if step["from"] == "client" and "RST" in step["flags"]]
        fins = {step["from"] for step in steps if "FIN" in step["flags"]}
        good = (done.status == 0 and got == self.there and back == self.back and not rsts and
                fins == {"client", "server"} and lines[-1]["closing"] in IN_ORDER and
                lines[-1]["wrong_equations"] == 0)
        return good, done, [
            f"status {done.status}, theirs {status}; {len(got)} of {len(self.there)} bytes there, "
            f"{len(back)} of {len(self.back)} back; our RST in steps {rsts}, FIN of {fins}",
            self._read("told")[-1000:]]

    def _read(self, name):
        with open(os.path.join(self.home, name), "rb") as file:
            return file.read()


def check(name, kibibytes, seconds, settings, programs):
    with badwire.BadWire(client=client, server=server, seed=5, **settings) as wire:
        exchanges = [Exchange(program, address, next(ports), kibibytes)
                     for program in programs for address in (netlib.SERVER4, netlib.SERVER6)]
        for one in exchanges:
            one.start()
        for one in exchanges:
            good, done, why = one.finish(seconds)
            tap.ok(good, f"{one.name}, {name}: {kibibytes} KiB each way in {done.seconds:.2f} s", *why, wire)


have = [program for program in PEERS if shutil.which(program)]
for missing in PEERS.keys() - set(have):
    tap.skip(f"{missing} over bad wires", f"no {missing}(1)")
for title, size, limit, how in WIRES:
    check(title, size, limit, how, have)
tap.done()
