# SPDX-License-Identifier: GPL-3.0-or-later
"""`pipe` with readers that are slow, stop, or go away.

The capture tells how the window followed a slow one; the peer, whether RST told it of one that went.
"""

import os
import socket
import time

import netlib

netlib.enter()

import captures  # noqa: E402
import piping  # noqa: E402

APPLICATION = 8
MUCH = piping.noise("much", 32 << 20)  # more than all buffers on the way hold
WINDOW_UNIT = 1 << 8                   # the scale that we offer
TIMEOUT = ("--timeout", "1s")          # all of these readers and peers may take longer
PROBES = 3                             # of a closed window: after 0.2 s, 0.4 s more, 0.8 s more

tap = netlib.Tap()
pair = netlib.Pair()


# ---- slow readers: the window follows ----------------------------------------------------------------

def read_slowly(out, _):
    """1 KiB a second for 4 seconds, then as fast as it comes: all of it, and when that began."""
    got = []
    for _ in range(4):
        got.append(os.read(out, 1024))
        time.sleep(1)
    return read_rest(out, got)


def read_and_stop(out, peer):
    """100 KiB, nothing until the peer has asked several times whether the window is open, the rest."""
    got = []
    while sum(map(len, got)) < 100 << 10:
        got.append(os.read(out, 4096))
    until = time.monotonic() + piping.PATIENCE
    while peer.probes() < PROBES and time.monotonic() < until:
        time.sleep(0.01)
    return read_rest(out, got)


def read_rest(out, got):
    woke = time.time()
    with open(out, "rb", buffering=0) as pieces:
        got += iter(lambda: pieces.read(piping.CHUNK), b"")
    return b"".join(got), woke


class ProbingPeer(piping.Peer):
    """One that tells how often it has probed our closed window since it was open."""

    connection = None

    def swap(self, connection, data):
        self.connection = connection
        return piping.swap(connection, data)

    def probes(self):
        """tcpi_backoff of TCP_INFO: the probes' interval was doubled so often."""
        return self.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 5)[4]


def start_reading(how):
    peer = ProbingPeer(pair.server, netlib.SERVER4)
    sent = peer.serve(peer.swap, MUCH)
    sink = piping.Stdout("pipe")
    running = piping.start(pair.client, peer, *TIMEOUT, stdout=sink.theirs)
    os.close(sink.theirs)
    return how, peer, running, sent, piping.together(how, sink.ours, peer)


def check_reading(heard, how, peer, running, sent, read):
    name = how.__name__
    (got, woke), done = read.result(), piping.finish(running)
    tap.ok(piping.well(done) and got == MUCH and sent.result() == b"", f"{name}: all of it arrives, exact",
           f"{len(got)} of {len(MUCH)} bytes", done)
    if not heard:
        tap.skip(f"{name}: the window", captures.missing_tool())
        return
    packets = captures.packets(heard.path, "frame.time_epoch", "tcp.srcport", "tcp.window_size", "tcp.len",
                               "tcp.seq", "tcp.ack", "tcp.flags.reset", only=f"tcp.port == {peer.port}")
    packets = [{key: float(value) for key, value in p.items()} for p in packets]
    check_window(name, peer, packets)
    if how is read_and_stop:
        check_waking(name, peer, packets, woke)


def check_window(name, peer, packets):
    """It goes to 0 and stays there, nothing is sent into it but probes, and it opens again."""
    ours = [p for p in packets if p["tcp.srcport"] != peer.port]
    closed = next((p for p in ours if p["tcp.window_size"] == 0), None)
    if not tap.ok(closed, f"{name}: the window closes", packets[-3:]):
        return
    opened = next((p for p in ours if p["frame.time_epoch"] > closed["frame.time_epoch"] and
                   p["tcp.window_size"] > 0), None)
    tap.ok(opened, f"{name}: and opens again", packets[-3:])
    longest = max((after["frame.time_epoch"] - before["frame.time_epoch"]
                   for before, after in closed_spans(ours)), default=0)
    tap.ok(longest > 1, f"{name}: it was closed while the reader stood still", longest)
    # The SYN's window is not scaled. The scale's rounding may move the edge (RFC 7323 section 2.4).
    edges = [p["tcp.ack"] + p["tcp.window_size"] for p in ours[1:]]
    back = [(before, after) for before, after in zip(edges, edges[1:]) if after <= before - WINDOW_UNIT]
    tap.ok(not back, f"{name}: its right edge never moved back", back[:5])
    # A late probe of the peer's, answered once more (RFC 9293 section 3.10.7.4), may find it CLOSED: its
    # RST then has the number after its FIN, which the SYN and the text come before.
    resets = [p for p in packets if p["tcp.flags.reset"] and
              (p["tcp.srcport"] != peer.port or p["tcp.seq"] < len(MUCH) + 2)]
    tap.ok(not resets, f"{name}: no RST", resets, packets[-5:])


def check_waking(name, peer, packets, woke):
    """Reading on opens the window by itself: the peer's next probe, which is 2^PROBES of its first
    intervals away, is not waited for."""
    standing = [p for p in packets if p["frame.time_epoch"] < woke]
    edge = [p["tcp.ack"] for p in standing if p["tcp.srcport"] != peer.port][-1]
    probes = [p for p in standing if p["tcp.srcport"] == peer.port and p["tcp.len"] == 0 and
              p["tcp.seq"] == edge - 1]
    after = [p for p in packets if p["frame.time_epoch"] >= woke]
    # The last probe itself is what the waking waited for: its answer may come after that.
    if standing[-1] in probes and after[0]["tcp.srcport"] != peer.port and not after[0]["tcp.window_size"]:
        del after[0]
    text = next((p for p in after if p["tcp.srcport"] == peer.port and p["tcp.len"] > 0), None)
    tap.ok(len(probes) >= PROBES, f"{name}: {len(probes)} probes of the closed window", standing[-5:])
    tap.ok(text and after[0]["tcp.srcport"] != peer.port and after[0]["tcp.window_size"] > 0 and
           text["tcp.seq"] == edge,
           f"{name}: when it reads on the first segment is ours and opens the window, the next text "
           f"follows where it closed: after {1e3 * (text['frame.time_epoch'] - woke):.1f} ms"
           if text else f"{name}: the window opens when it reads on", after[:5])


def closed_spans(ours):
    """(the first segment that offers nothing, the next one that offers something), each time."""
    closed = None
    for packet in ours:
        if packet["tcp.window_size"] == 0:
            closed = closed or packet
        elif closed:
            yield closed, packet
            closed = None


# ---- readers that go away ----------------------------------------------------------------------------

def send_on(connection):
    """Send until it ends: whether RST ended it."""
    return piping.how_it_ends(connection, lambda c: [c.sendall(MUCH) for _ in range(100)])[1]


def check_gone(title, words, go, streams):
    """@streams: standard input and output; @go: called when it runs, ends when the reader is gone."""
    peer = piping.Peer(pair.server, netlib.SERVER4)
    reset = peer.serve(send_on)
    running = piping.start(pair.client, peer, stdin=streams[0], stdout=streams[1])
    for fd in streams:
        os.close(fd)
    go()
    began = time.monotonic()
    done = piping.finish(running)
    seconds = time.monotonic() - began
    tap.ok(done.status == APPLICATION and done.error_like(*words) and seconds < 2,
           f"{title}: exit 8 with a message, at once", seconds, done)
    tap.ok(reset.result(), f"{title}: the peer gets RST", done)


def check_all_gone():
    def goes():
        os.read(sink.ours, 1000)
        os.close(sink.ours)

    def stops_and_goes():
        """Not before everything on the way is full, and the window closed."""
        os.read(sink.ours, 1000)
        time.sleep(1)
        os.close(sink.ours)

    def hangs_up():
        ours.recv(1000)
        ours.close()

    quiet = piping.Stdin("pipe", b"")  # open, and nothing comes
    for kind in ("pipe", "socket"):
        for title, go in (("goes away", goes), ("stops and goes away", stops_and_goes)):
            sink = piping.Stdout(kind)
            check_gone(f"a reader that {title}, {kind}", ["nobody takes", "Broken pipe"], go,
                       (os.dup(quiet.theirs), sink.theirs))
    check_gone("a full disk", ["No space left"], lambda: None,
               (os.dup(quiet.theirs), os.open("/dev/full", os.O_WRONLY)))
    theirs, ours = socket.socketpair()
    theirs = theirs.detach()
    check_gone("one socket for both that hangs up", ["nobody takes"], hangs_up, (theirs, os.dup(theirs)))


def check_slow():
    missing = captures.missing_tool()
    heard = None if missing else captures.Capture(pair.server, "s0", snaplen=128)
    slow = [start_reading(how) for how in (read_slowly, read_and_stop)]
    for _, _, running, _, read in slow:
        running.wait(2 * piping.PATIENCE)
        read.result()
    heard and heard.stop()
    for one in slow:
        check_reading(heard, *one)


check_slow()
check_all_gone()
tap.done()
