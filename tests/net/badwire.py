# SPDX-License-Identifier: GPL-3.0-or-later
"""badwire - two hosts and a cable that is as bad as one likes.

    with badwire.BadWire(delay="25ms", loss="1%", down_corrupt="2%", seed=7) as wire:
        shake.run(wire.client, "get", shake.url(netlib.SERVER4, port))
    wire.counters["down"]["lost"]

The cable is the program of tests/net/wire, whose settings.c has all settings; a setting is for both
directions, or with up_ (from the client to the server) or down_ for one. Addresses are those of
netlib.Pair, the interfaces are c0 and s0. Neighbours are known from the beginning, so nothing but
what the hosts say to each other is on the cable.
"""

import json
import os
import subprocess
import time

import netlib

MAC = {"c0": "02:00:00:00:00:01", "s0": "02:00:00:00:00:02"}
PROGRAM = "tests/net/badwire"

# Frames that wait in a device for the wire to fetch them: as many as a sender may have in flight.
DEVICE_QUEUE = 10000


def best_kind():
    """How the cable is made. TAP devices, where we may: their device file belongs to root alone on some
    systems. Else veth cables, from both hosts to a namespace where the wire listens."""
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
        return "tap"
    except OSError:
        return "veth"


def _words(settings):
    """{"delay": "5ms", "up_loss": "1%"} as words for the program."""
    for name, value in settings.items():
        for direction in ("up", "down"):
            if name.startswith(direction + "_"):
                name = f"{direction}.{name[len(direction) + 1:]}"
        if isinstance(value, bool):
            value = "yes" if value else "no"
        yield f"{name}={value}"


def _counters(lines):
    """{"up": {"frames": 3, ...}, "down": {...}} of "up frames=3 ...", "down ..."."""
    counters = {}
    for line in lines:
        name, *pairs = line.split()
        counters[name] = {key: int(value) for key, value in (pair.split("=") for pair in pairs)}
    return counters


class BadWire:
    """A client, a server, and the cable between them for as long as the with block runs.

    client, server: namespaces to lay it between; new ones where not given. seed: of all chance.
    at: settings for later, {"2s": {"cut": True}, "2.5s": {"cut": False}}, counted from the first frame.
    kind: "tap" or "veth". device_mtu: of both hosts' interfaces. The rest are settings.

    After close(): counters, by direction as lane.h has them; device_drops, what else was lost.
    """

    def __init__(self, client=None, server=None, seed=1, at=None, kind=None, device_mtu=1500, **settings):
        self.client, self.server = client or netlib.Namespace(), server or netlib.Namespace()
        self.kind, self.seed = kind or best_kind(), seed
        self.words = [f"seed={seed}", *_words(settings)]
        for when, later in (at or {}).items():
            self.words += [f"@{when}", *_words(later)]
        self.counters, self.device_drops = None, None
        self._begin(device_mtu)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __str__(self):
        return f"wire of {self.kind}: {' '.join(self.words)}; {self.counters}; drops {self.device_drops}"

    def set(self, **settings):
        """Change settings from now on."""
        self._say(" ".join(_words(settings)))
        answer = self.process.stdout.readline()
        if answer != "ok\n":
            raise RuntimeError(f"badwire: {answer.strip()}")

    def report(self):
        """The counters as they are now: {"up": {"frames": 3, ...}, "down": ...}; lane.h has them."""
        self._say("report")
        lines = [self.process.stdout.readline() for _ in range(3)]
        return _counters(lines[:2])

    def close(self):
        """Take the cable away; the counters are known then. What is still on its way is lost."""
        if self.counters is not None:
            return
        self.device_drops = self._drops() - self.drops_before
        out, _ = self.process.communicate(timeout=10)
        self.counters = _counters(out.splitlines())
        if self.kind == "veth":
            self.client.ip("link", "delete", "c0")
            self.server.ip("link", "delete", "s0")

    def _say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _begin(self, mtu):
        ends = ((self.client, "c0", netlib.CLIENT4, netlib.CLIENT6),
                (self.server, "s0", netlib.SERVER4, netlib.SERVER6))
        if self.kind == "tap":
            ports = [f"tap,/proc/{end.pid}/ns/net,{name}" for end, name, _, _ in ends]
        else:
            ports = self._lay_veth(ends)
        self.process = self.client.popen([netlib.built(PROGRAM), *ports, *self.words],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline().startswith("ready"):
            raise RuntimeError(f"no wire: status {self.process.wait(timeout=10)}")
        for (end, name, v4, v6), (_, other, peer4, peer6) in zip(ends, reversed(ends)):
            self._batch(end, f"link set {name} address {MAC[name]} mtu {mtu} txqueuelen {DEVICE_QUEUE}",
                        f"link set {name} addrgenmode none",  # no address that nobody asked for
                        f"link set {name} up",
                        f"address add {v4}/24 dev {name}", f"address add {v6}/64 dev {name} nodad",
                        f"neighbour replace {peer4} lladdr {MAC[other]} dev {name} nud permanent",
                        f"neighbour replace {peer6} lladdr {MAC[other]} dev {name} nud permanent")
        for end, name, _, _ in ends:
            self._wait_for_carrier(end, name)
        self.drops_before = self._drops()  # what one host said before the other was up

    def _lay_veth(self, ends):
        self.middle = netlib.Namespace()
        ports = []
        for end, name, _, _ in ends:
            end.ip("link", "add", name, "type", "veth", "peer", "name", f"w{name}", "netns",
                   str(self.middle.pid))
            self._batch(self.middle, f"link set w{name} addrgenmode none mtu 65535",
                        f"link set w{name} up")
            ports.append(f"veth,/proc/{self.middle.pid}/ns/net,w{name},/proc/{end.pid}/ns/net,{name}")
        return ports

    @staticmethod
    def _batch(end, *commands):
        done = end.run(["ip", "-batch", "-"], input="\n".join(commands) + "\n")
        if done.returncode:
            raise RuntimeError(f"ip: {done.stderr.strip()}")

    @staticmethod
    def _wait_for_carrier(end, name):
        """The kernel notices a carrier with a delay, up to a second for a veth cable; before that it
        sends nothing."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            link = json.loads(end.ip("-json", "link", "show", name))[0]
            if "LOWER_UP" in link["flags"] and link["operstate"] in ("UP", "UNKNOWN") and \
                    link["qdisc"] != "noop":
                return
            time.sleep(0.01)
        raise TimeoutError(f"{name} has no carrier")

    def _drops(self):
        """Frames that were lost by no setting: the wire did not fetch them in time, or could not put
        them out."""
        count = sum(lane["missed"] + lane["refused"] for lane in self.report().values())
        for end, name in ((self.client, "c0"), (self.server, "s0")):
            stats = json.loads(end.ip("-json", "-stats", "link", "show", name))[0]["stats64"]
            count += stats["tx"]["dropped"]
        return count
