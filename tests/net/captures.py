# SPDX-License-Identifier: GPL-3.0-or-later
"""captures - what was on the wire: dumpcap to hear it, tshark to judge it.

    with captures.Capture(pair.server, "s0") as heard:
        ...
    for packet in captures.packets(heard.path, "tcp.flags.reset", "tcp.len"):
        packet["tcp.len"]

dumpcap comes with tshark; tcpdump will not do, since it insists on another user, and a user namespace
that was made without privilege has only one.
"""

import os
import shutil
import subprocess
import time

import netlib

MARK = b"end of the capture"


def tshark(path, *options):
    """Run tshark on a file: nothing looked up, no preferences of whoever runs the tests."""
    home = netlib.scratch()
    return subprocess.run(["tshark", "-n", "-r", path, "-o", "tcp.check_checksum:TRUE", *options],
                          env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home},
                          capture_output=True, text=True, timeout=120, check=False)


def packets(path, *fields, only="tcp"):
    """A dictionary of these fields for each packet; "" where the packet has no such field."""
    options = ["-Y", only, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"]
    for field in fields:
        options += ["-e", field]
    done = tshark(path, *options)
    if done.returncode:
        raise RuntimeError(f"tshark: {done.stderr.strip()}")
    return [dict(zip(fields, line.split("\t"))) for line in done.stdout.splitlines()]


def have(tool):
    return shutil.which(tool) is not None


def missing_tool():
    """Why captures cannot be made here; None when they can."""
    for tool in ("dumpcap", "tshark"):
        if not have(tool):
            return f"no {tool}(1)"
    return None


class Capture:
    """dumpcap on an interface, as long as the with block runs."""

    def __init__(self, where, interface, snaplen=0, link=None):
        self.where, self.interface = where, interface
        self.path = os.path.join(netlib.scratch(), "heard.pcap")
        self.dumpcap = where.popen(
            ["dumpcap", "-q", "-P", "-i", interface, "-B", "16", "-s", str(snaplen), "-w", self.path,
             *(["-y", link] if link else [])],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        # The name of the file is told when the interface is open.
        if not any(line.startswith(b"File:") for line in self.dumpcap.stderr):
            raise RuntimeError("dumpcap does not listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """End it, but not before it has heard everything: a datagram of ours is the last packet."""
        self.where.run(["bash", "-c", f"printf '{MARK.decode()}' >/dev/udp/{self._address()}/9"],
                       check=True)
        self._wait_for_mark()
        self.dumpcap.terminate()
        self.dumpcap.communicate(timeout=10)

    def _address(self):
        """A neighbour that is not there is as good: what we send is heard on the way out."""
        if self.interface == "lo":
            return "127.0.0.1"
        return netlib.CLIENT4 if self.interface == "s0" else netlib.SERVER4

    def _wait_for_mark(self):
        until = time.monotonic() + 10
        while True:
            with open(self.path, "rb") as heard:
                heard.seek(max(0, os.path.getsize(self.path) - 4096))
                if MARK in heard.read():
                    return
            if time.monotonic() > until:
                raise TimeoutError("dumpcap did not hear the last packet")
            time.sleep(0.01)
