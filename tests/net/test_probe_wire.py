# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks behind a bad wire: lost segments hide no host, and round-trip times are those of the wire.

The share that may be missing at 30% loss is no matter of luck: seven SYNs, and the server's repeated
SYN,ACKs, leave 2.5 hosts of 10,000 without an answer; of 8,192 more than eight are missed once in thousands
of runs.
"""

import signal
import statistics
import time

import netlib

netlib.enter()

import badwire  # noqa: E402
import captures  # noqa: E402
import probing  # noqa: E402
import shake  # noqa: E402

FEW, MANY = ("10.66.0.0/22", 1024), ("10.72.0.0/19", 8192)
QUEUE = 8 << 20  # of the wire: what it loses is lost by chance alone
APART_MEDIAN_NS = 100_000

tap = netlib.Tap()


def begin(network, *options, **settings):
    """Probe a network behind a wire of its own."""
    wire = badwire.BadWire(queue=QUEUE, **settings)
    probing.route(wire, network)
    closer = probing.Closer(wire.server)
    running = shake.start(wire.client, "probe", "--json", network, "--ports", str(closer.port), *options)
    return wire, running


def end(wire, running):
    done = probing.Done(shake.finish(running, 90))
    wire.close()
    return done


def lossy():
    """Both at a time: most of it is waiting."""
    few, many = begin(FEW[0], loss="5%", delay="5ms"), begin(MANY[0], "--half", "--rate", "2000", loss="30%")
    done = end(*few)
    tap.equal((done.status, done.states), (0, {"open": FEW[1]}), "5% loss: every host is found", done, few[0])
    tap.ok(done.summary.get("retries", 0) > 0, "5% loss: some took a second SYN", done.summary)
    done = end(*many)
    found = done.states.get("open", 0)
    tap.equal((done.status, len(done.results)), (0, MANY[1]), "30% loss: each host has one result", done)
    tap.ok(found >= 0.999 * MANY[1], "30% loss: at least 99.9% are found", f"{found} of {MANY[1]}", done, many[0])
    tap.note(f"30% loss: {found} of {MANY[1]} in {done.summary.get('took_ns', 0) / 1e9:.1f} s")


def heard_rtts(path):
    """By target, from the frames of a capture: when its SYN and the SYN,ACK came by, in nanoseconds."""
    syns, rtts = {}, {}
    for packet in captures.packets(path, "frame.time_epoch", "ip.src", "ip.dst", "tcp.flags"):
        seconds, _, fraction = packet["frame.time_epoch"].partition(".")
        when, flags = int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9]), int(packet["tcp.flags"], 16)
        if flags & 0x12 == 0x02:
            syns.setdefault(packet["ip.dst"], when)
        elif flags & 0x12 == 0x12 and packet["ip.src"] in syns:
            rtts.setdefault(packet["ip.src"], when - syns[packet["ip.src"]])
    return rtts


def round_trips():
    """Against another program's stamps of the same frames, so that a busy machine delays both alike."""
    if captures.missing_tool():
        tap.skip("round-trip times", captures.missing_tool())
        return
    network = "10.67.0.0/24"
    with badwire.BadWire(delay="10ms", queue=QUEUE) as wire:
        probing.route(wire, network)
        closer = probing.Closer(wire.server)
        with captures.Capture(wire.client, "c0", snaplen=100) as heard:
            done = probing.probe(wire.client, network, "--ports", str(closer.port))
    theirs = heard_rtts(heard.path)
    ours = {r["target"]: r["rtt_ns"] for r in done.list if r["state"] == "open" and r["answered"] == 1}
    both = ours.keys() & theirs.keys()
    tap.ok(len(both) > 200, "20 ms: both have heard most hosts", len(both), done)
    apart = statistics.median(abs(ours[target] - theirs[target]) for target in both)
    tap.ok(apart <= APART_MEDIAN_NS, "20 ms: round-trip times agree with those of another capture",
           f"{apart} ns apart in the median", done)
    tap.ok(min(ours.values()) >= 20_000_000, "20 ms: no answer is faster than the wire", min(ours.values()))
    tap.note(f"{apart / 1000:.1f} us apart in the median; median {statistics.median(ours.values()) / 1e6:.3f} ms")


def connections(namespace):
    """Those of a namespace's server that wait for anything from their peer."""
    with open(f"/proc/{namespace.pid}/net/tcp", encoding="ascii") as lines:
        states = [line.split()[3] for line in list(lines)[1:]]
    return [state for state in states if state not in ("0A", "06")]  # LISTEN, TIME-WAIT


def interrupted_twice():
    """The second Ctrl-C does not wait: what is open is reset, and stays so with no server."""
    wire, running = begin(FEW[0], "--stream", "--rate", "500", delay="200ms")
    shake.wait_for(running, '"type":"probe"')
    busy = len(connections(wire.server))
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGTERM)
    done = probing.Done(shake.finish(running))
    until = time.monotonic() + 20  # a SYN,ACK that is sent again after a second or three finds our kernel
    while connections(wire.server) and time.monotonic() < until:
        time.sleep(0.05)
    left = connections(wire.server)
    tap.ok(busy > 0 and done.summary.get("interrupted") and done.closes.get("no-ack", 0) > 0,
           "Ctrl-C twice: what is open is given up, and told", busy, done)
    tap.equal(left, [], "Ctrl-C twice: no server is left with a connection", done)
    wire.close()


round_trips()
interrupted_twice()
lossy()
tap.done()
