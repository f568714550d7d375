# SPDX-License-Identifier: GPL-3.0-or-later
"""probing - run `tcpshake probe` and read its results; what the server's kernel counted meanwhile.

    with probing.Counted(pair.server) as counted:
        done = probing.probe(pair.client, "10.64.0.0/22", "--rate", "5000")
    done.results["10.64.0.1", 80]["state"], done.states, counted["TcpPassiveOpens"]
"""

import collections
import selectors
import socket
import threading

import netlib
import shake

NETWORK4, NETWORK6 = "10.64.0.0/22", "fd64::/120"  # the server answers for all of them
ODD_NETWORK = "10.70.0.0/24"  # it gets their packets, and its kernel drops them


class Done:
    """A run with --json."""

    def __init__(self, run):
        self.run, self.status = run, run.status
        self.list = [line for line in run.lines if line["type"] == "probe"]
        self.results = {(r["target"], r["port"]): r for r in self.list}
        self.states = dict(collections.Counter(r["state"] for r in self.list))
        self.closes = dict(collections.Counter(r.get("close") for r in self.list))
        self.summary = next((line for line in run.lines if line["type"] == "probe-summary"), {})

    def __str__(self):
        return f"{self.run}\n{self.states} {self.closes} {self.summary}"


def probe(where, *arguments, **options):
    return Done(shake.run(where, "probe", "--json", *arguments, **options))


def networks(pair):
    """Ways from the client to the networks above."""
    for network in (NETWORK4, NETWORK6):
        pair.server.ip("route", "add", "local", network, "dev", "lo")
    for network in (NETWORK4, ODD_NETWORK):
        pair.client.ip("route", "add", network, "via", netlib.SERVER4)
    pair.client.ip("route", "add", NETWORK6, "via", netlib.SERVER6)


def route(pair, network):
    """The server answers for one more IPv4 network."""
    pair.server.ip("route", "add", "local", network, "dev", "lo")
    pair.client.ip("route", "add", network, "via", netlib.SERVER4)


class Closer(threading.Thread):
    """A server that has nothing to say: it closes when the client does, at any number at a time."""

    def __init__(self, where):
        super().__init__(daemon=True)
        with netlib.inside(where):
            self.socket = socket.create_server(("", 0), backlog=65535)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.socket, selectors.EVENT_READ)
        self.start()

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.socket:
                    self._accept()
                else:
                    self._read(key.fileobj)

    def _accept(self):
        try:
            connection, _ = self.socket.accept()
        except OSError:  # it is gone already
            return
        self.selector.register(connection, selectors.EVENT_READ)

    def _read(self, connection):
        try:
            more = connection.recv(4096)
        except OSError:
            more = b""
        if not more:
            self.selector.unregister(connection)
            connection.close()


class Counted:
    """How much the counters of a namespace's TCP grew in the block, by the names of nstat(8)."""

    def __init__(self, namespace):
        self.namespace = namespace

    def _read(self):
        counters = {}
        for name in ("snmp", "netstat"):
            with open(f"/proc/{self.namespace.pid}/net/{name}", encoding="ascii") as lines:
                rows = [line.split() for line in lines]
            for names, values in zip(rows[::2], rows[1::2]):
                counters.update((names[0].rstrip(":") + key, int(value))
                                for key, value in zip(names[1:], values[1:]))
        return counters

    def __enter__(self):
        self.before = self._read()
        return self

    def __exit__(self, *_):
        after = self._read()
        self.grown = {key: after[key] - self.before.get(key, 0) for key in after}

    def __getitem__(self, name):
        return self.grown.get(name, 0)


def half_open(namespace):
    """Connections of a namespace that wait for the third segment."""
    count = 0
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{namespace.pid}/net/{table}", encoding="ascii") as lines:
            count += sum(line.split()[3] == "03" for line in list(lines)[1:])
    return count
