# SPDX-License-Identifier: GPL-3.0-or-later
"""pd_bench - one script of packetdrill, played by `tcpshake run` against the kernel of a namespace.

    outcome = pd_bench.play("handshake.pkt")
    outcome.verdict               # "passed", "failed" or "refused"
    outcome.why                   # in one line

The hosts have the addresses that packetdrill gives them, as Fast Open's cookies are made of those, and
cables whose packets are no larger than the MSS. Each script gets hosts of its own, so that nothing is
remembered of one before. Call netlib.enter() first.
"""

import array
import fcntl
import itertools
import json
import os
import re
import select
import signal
import socket
import struct
import sys

import netlib
import pd_script
import shake

PORT = 8080
SIOCETHTOOL = 0x8946
ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO = 0x1f, 0x24, 0x2c

ADDRESSES = {  # client, server, MTU of the route between them: with either the MSS is 1460
    4: ("192.0.2.1", "192.168.0.1", 1500),
    6: ("fd3d:fa7b:d17d::1", "fd3d:0a0b:17d6::1", 1520),
}
DEVICE_MTU = 65535  # scripts have the client send more than that in a packet, as if something had joined them
DONE_SECONDS = 5.0  # for what the server does behind the last packet
numbers = itertools.count(1)


class Outcome:
    """What became of a script."""

    def __init__(self, verdict, why="", line=0, fields=(), server=None, done=None):
        self.verdict, self.why, self.line, self.fields = verdict, why, line, list(fields)
        self.server, self.done = server or {}, done

    def __str__(self):
        return f"{self.verdict} {self.why}\nserver: {self.server}\n{self.done}"

    @property
    def differing(self):
        """"win: expected 256, was 257", of the first segment that differed."""
        return "; ".join(f"{field['field']}: expected {field['expected']}, was {field['actual']}"
                         for field in self.fields if field["differs"])


def set_offload(interface, on=0):
    """Packets as they are on a real cable: cut to the MSS by the sender, not joined by the receiver."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for command in (ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO):
            value = array.array("B", struct.pack("II", command, on))
            request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
            fcntl.ioctl(any_socket.fileno(), SIOCETHTOOL, request)


class Bench:
    """Two hosts: the client's end of the cable is here, the server is a namespace of its own."""

    def __init__(self, family, settings):
        number = next(numbers)
        self.here, self.there = f"pc{number}", f"ps{number}"
        client, server, mtu = ADDRESSES[family]
        self.client_address = settings.get("remote_ip", client)
        self.address = settings.get("local_ip", server)
        self.client, self.server = netlib.Namespace(), netlib.Namespace()
        self.client.ip("link", "add", self.here, "mtu", str(DEVICE_MTU), "type", "veth", "peer", "name", self.there,
                       "mtu", str(DEVICE_MTU), "netns", str(self.server.pid))
        for end, name, own, other in ((self.client, self.here, self.client_address, self.address),
                                      (self.server, self.there, self.address, self.client_address)):
            end.sysctl(f"net.ipv6.conf.{name}.accept_dad", 0)
            words = [f"{own}/128", "nodad"] if family == 6 else [f"{own}/32"]
            end.ip("address", "add", words[0], "dev", name, *words[1:])
            end.ip("link", "set", name, "up")
            way = ["mtu", "lock", str(mtu), "advmss", "1460"] if end is self.server else []
            end.ip("route", "add", other, "dev", name, *way)
            with netlib.inside(end):
                set_offload(name)
        for end, name in ((self.client, self.here), (self.server, self.there)):
            if family == 6:
                end.wait_for_ipv6(name)

    def close(self):
        for end in (self.client, self.server):
            os.kill(end.pid, signal.SIGKILL)  # whoever holds it open; the cable goes with it


class Server:
    """pd_server.py, in the server's namespace."""

    def __init__(self, bench, path, definitions):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pd_server.py")
        self.process = bench.server.popen(
            [sys.executable, program, path, bench.address, str(PORT), bench.there, bench.client_address,
             *(f"{name}={value}" for name, value in definitions.items())],
            stdin=-1, stdout=-1, stderr=-1, bufsize=0)

    def says(self, word, seconds):
        """Whether that is what it says next, in time."""
        return (bool(select.select([self.process.stdout], [], [], seconds)[0]) and
                self.process.stdout.readline() == word + b"\n")

    def end(self):
        """What it has to tell, and what went wrong with it."""
        out, err = self.process.communicate(timeout=20)
        try:
            return json.loads(out.splitlines()[-1])
        except (IndexError, ValueError):
            return {"broken": (err.decode(errors="replace").splitlines() or ["it said nothing"])[-1]}


def family_of(path):
    """A script whose name ends so is for IPv6 alone (the field's custom)."""
    return 6 if path.endswith("v6.pkt") else 4


def refusal(done):
    """The reason, without the place."""
    first = (done.err.splitlines() or ["no reason"])[0]
    found = re.match(r"tcpshake: .*?:(\d+):\d+: (.*)", first)
    return (found.group(2), int(found.group(1))) if found else (first, 0)


def judge(done, server):
    scripts, verdicts = done.of_type("script"), done.of_type("verdict")
    failed = [verdict for verdict in verdicts if not verdict["passed"]]
    if "broken" in server:
        return Outcome("failed", f"the server broke: {server['broken']}", server=server, done=done)
    if failed:
        wrong = Outcome("failed", failed[0]["why"], failed[0]["line"], failed[0].get("fields", ()), server, done)
        wrong.why += f" ({wrong.differing})" if wrong.differing else ""
        if server.get("refused"):  # by the kernel: what the script expects does not follow
            wrong.why += f"; could not be set: {', '.join(server['refused'])}"
        return wrong
    if not scripts or not scripts[0]["passed"]:
        why = scripts[0].get("broken") if scripts else done.err.strip()
        return Outcome("failed", why or f"status {done.status}", server=server, done=done)
    return Outcome("passed", server=server, done=done)


def refused(path, words):
    """Whether `run` takes the script at all: the refusal, or None. Nothing is sent: from here no route leads
    to that target."""
    done = shake.run(netlib.Namespace(new=False), "run", "--target", f"{ADDRESSES[4][1]}:{PORT}", *words, path)
    return Outcome("refused", *refusal(done), done=done) if done.status == 2 else None


def play(path, definitions=None, family=None, options=()):
    """Play one script. @definitions: for packetdrill's -D; @options: more of `tcpshake run`."""
    definitions = definitions or {}
    words = [word for name, value in definitions.items() for word in ("-D", f"{name}={value}")]
    outcome = refused(path, words)
    if outcome:
        return outcome
    try:
        settings = pd_script.read(path, definitions)[1]
    except pd_script.ScriptError as error:
        return Outcome("failed", f"the server cannot read it: {error}")
    if "." in settings.get("local_ip", settings.get("remote_ip", "")):
        family = 4
    bench, server = Bench(family or family_of(path), settings), None
    try:
        server = Server(bench, path, definitions)
        ready = server.says(b"ready", 20)
        # What the script leaves open stays so: calls may stand behind its last packet.
        done = shake.run(bench.client, "run", "--json", "--leave", "--target",
                         f"{shake.host(bench.address)}:{PORT}", *words, *options, path, seconds=240)
        if done.status == 0:
            server.says(b"done", DONE_SECONDS)
        told = server.end()
        if not ready and "broken" not in told:
            told["broken"] = "it was not ready in time"
        return judge(done, told)
    finally:
        if server:
            server.process.kill()
            server.process.wait()
        bench.close()
