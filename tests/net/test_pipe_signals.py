# SPDX-License-Identifier: GPL-3.0-or-later
"""`pipe` and signals: the first one closes in order, FIN, and resets after a second; the second one resets
at once; the program ends as the signal would end it.
"""

import os
import signal
import threading
import time

import netlib

netlib.enter()

import piping  # noqa: E402
import shake  # noqa: E402

MUCH = piping.noise("much", 16 << 20)
SILENT = "198.51.100.99"
ORDERLY, PATIENT = (0, 1.8), (0.9, 1.8)  # seconds until the end: a FIN each, or RST after 1 s
AT_ONCE = (0, 0.8)

tap = netlib.Tap()
pair = netlib.Pair()
over = threading.Event()  # the program has ended


# What a peer does; each returns (how it saw our direction end, whether RST came in the end).

def answers_fin(connection):
    """Sends now and then; closes when we did."""
    connection.settimeout(0.05)
    while True:
        connection.sendall(b"x" * 1000)
        try:
            if not connection.recv(piping.CHUNK):
                return "FIN", False
        except TimeoutError:
            pass


def sends_on(connection):
    """Takes note of our FIN, and sends on regardless."""
    connection.sendall(b"x" * 1000)
    got, reset = piping.how_it_ends(connection, piping.read_all)
    if reset:
        return "RST", True
    return "FIN", piping.how_it_ends(connection, send_forever)[1]


def send_forever(connection):
    until = time.monotonic() + piping.PATIENCE
    while time.monotonic() < until:
        connection.sendall(b"x" * 1000)
        time.sleep(0.005)


def takes_all(connection):
    """Reads to the end of what we send, then closes."""
    connection.sendall(b"x")
    got, reset = piping.how_it_ends(connection, piping.read_all)
    if not reset and got != (MUCH * (1 + len(got) // len(MUCH)))[:len(got)]:
        return "garbage", reset
    return "RST" if reset else "FIN", reset


def takes_nothing(connection):
    """Its window closes, so our FIN cannot go out; then it looks."""
    connection.sendall(b"x")
    over.wait(piping.PATIENCE)
    _, reset = piping.how_it_ends(connection, piping.read_all)
    return "RST" if reset else "FIN", reset


def feed_until_broken(into):
    """The same over and over, to keep it in mid-transfer."""
    try:
        while True:
            os.write(into, MUCH)
    except BrokenPipeError:
        os.close(into)


def check(title, act, signals, expected, between, uploads=False):
    """@signals: sent 0.2 s apart, once a byte of the peer has come through."""
    over.clear()
    peer = piping.Peer(pair.server, netlib.SERVER4)
    seen = peer.serve(act)
    source = piping.Stdin("pipe", b"")
    running = piping.start(pair.client, peer, stdin=source.theirs)
    os.close(source.theirs)
    fed = piping.together(feed_until_broken, source.ours) if uploads else None
    os.read(running.stdout.fileno(), 1)
    for number in signals:
        time.sleep(0.2)
        last = time.monotonic()
        running.send_signal(number)
    done = piping.finish(running)
    seconds = time.monotonic() - last
    over.set()
    tap.ok(done.status == -signals[0] and not done.err and between[0] <= seconds <= between[1],
           f"{title}: ends by the signal in {between[0]} to {between[1]} s", f"{seconds:.3f} s", done)
    tap.equal(seen.result(), expected, f"{title}: what the peer sees", done)
    if not uploads:
        os.close(source.ours)
    else:
        fed.result(piping.PATIENCE)


def check_connecting():
    """Nobody answers: nothing to close."""
    pair.client.ip("neighbour", "replace", SILENT, "lladdr", "02:00:00:00:00:99", "dev", "c0")
    running = shake.start(pair.client, "pipe", "-v", SILENT, "9", stdout=None)
    running.stdout = running.stderr
    shake.wait_for(running, "SYN takes one number")
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    running.wait(piping.PATIENCE)
    tap.ok(running.returncode == -signal.SIGINT and time.monotonic() - began < AT_ONCE[1],
           "SIGINT while connecting: ends by the signal, at once", running.returncode)


for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    check(f"{sig.name}, a peer that closes, too", answers_fin, [sig], ("FIN", False), ORDERLY)
    check(f"{sig.name}, a peer that sends on", sends_on, [sig], ("FIN", True), PATIENT)
    check(f"{sig.name} twice, a peer that sends on", sends_on, [sig, sig], ("FIN", True), AT_ONCE)
check("SIGINT in an upload", takes_all, [signal.SIGINT], ("FIN", False), ORDERLY, uploads=True)
check("SIGINT in an upload that stands still", takes_nothing, [signal.SIGINT], ("RST", True), PATIENT,
      uploads=True)
check("SIGINT twice in an upload that stands still", takes_nothing, [signal.SIGINT] * 2, ("RST", True),
      AT_ONCE, uploads=True)
check_connecting()
tap.done()
