# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that change how TCP behaves, seen from the peer's side: --keepalive, --ecn, --time-wait, --nagle.
"""

import fcntl
import json
import os
import socket
import struct
import termios
import threading
import time

import netlib

netlib.enter()

import badwire  # noqa: E402
import captures  # noqa: E402
import piping  # noqa: E402
import shake  # noqa: E402

TIMED_OUT = 4
PROBES = 9          # that an idle peer does not answer before it counts as gone
LAST_ACK = "09"     # as /proc/net/tcp has it
ECT0 = "2"

tap = netlib.Tap()
client, server = netlib.Namespace(), netlib.Namespace()


def lay(**settings):
    return badwire.BadWire(client=client, server=server, **settings)


def wait_until(condition, seconds=piping.PATIENCE):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return condition()


def segments_in(connection):
    """How many segments the peer's kernel has got: tcpi_segs_in of TCP_INFO."""
    return struct.unpack_from("=I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 144), 140)[0]


def steps(done):
    return [line for line in map(json.loads, done.err.splitlines()) if line["type"] == "step"]


def heard_by(heard, peer, *fields):
    return captures.packets(heard.path, "tcp.srcport", "tcp.len", *fields, only=f"tcp.port == {peer.port}")


def start_with_byte(peer, *options):
    """One byte of input, and no end: (a Popen, where to write more)."""
    out, into = os.pipe()
    running = piping.start(client, peer, *options, stdin=out)
    os.close(out)
    os.write(into, b"x")
    return running, into


# ---- --keepalive -------------------------------------------------------------------------------------

def check_answered(family, address):
    """One byte, then silence until the peer was asked a few times. Linux answers segments from outside its
    window twice a second at most (tcp_invalid_ratelimit)."""
    asked = threading.Event()

    def idle(connection):
        got = connection.recv(1)
        before = segments_in(connection)
        wait_until(lambda: segments_in(connection) >= before + 3)
        asked.set()
        return got + piping.read_all(connection)

    with lay() as wire:
        with captures.Capture(server, "s0") as heard:
            peer = piping.Peer(server, address)
            seen = peer.serve(idle)
            running, into = start_with_byte(peer, "--keepalive", "600ms")
            asked.wait(piping.PATIENCE)
            os.close(into)
            done = piping.finish(running)
    tap.ok(piping.well(done) and seen.result() == b"x", f"--keepalive, {family}: all ends well", done, wire)
    packets = heard_by(heard, peer, "tcp.seq", "tcp.ack", "tcp.time_delta", "tcp.analysis.keep_alive",
                       "tcp.analysis.keep_alive_ack")
    probes = [at for at, p in enumerate(packets) if p["tcp.analysis.keep_alive"]]
    tap.ok(len(probes) >= 3 and
           all(packets[at]["tcp.srcport"] != str(peer.port) and packets[at]["tcp.len"] == "0" and
               packets[at]["tcp.seq"] == "1" and float(packets[at]["tcp.time_delta"]) > 0.59
               for at in probes),
           f"--keepalive, {family}: an idle peer is asked, with the number before the next and no text, "
           "every 600 ms", packets)
    tap.ok(probes and all(packets[at + 1]["tcp.analysis.keep_alive_ack"] and packets[at + 1]["tcp.ack"] == "2"
                          for at in probes), f"--keepalive, {family}: and answers each time", packets)


def check_vanished():
    with lay() as wire:
        peer = piping.Peer(server, netlib.SERVER4)
        over = threading.Event()
        accepted = peer.serve(lambda connection: (connection.recv(1), over.wait(piping.PATIENCE)))
        running, into = start_with_byte(peer, "--keepalive", "100ms")
        wait_until(lambda: wire.report()["down"]["frames"] >= 2)  # SYN,ACK, and the ACK of the byte
        wire.set(cut=True)
        before = wire.report()["up"]["cut"]
        done = piping.finish(running)
        cut = wire.report()["up"]["cut"] - before
        over.set()
        os.close(into)
    accepted.result()
    tap.ok(done.status == TIMED_OUT and done.error_like("answered none of 9 keep-alives"),
           "--keepalive: a peer that vanished ends it: exit 4 with a message", done)
    tap.equal(cut, PROBES, f"--keepalive: after {PROBES} probes", done, wire)


# ---- --ecn -------------------------------------------------------------------------------------------

def check_ecn(family, address, **marks):
    """Both directions busy; what the steps and the peer's capture say of flags and marks."""
    there, back = piping.noise("there", 4 << 20), piping.noise("back", 4 << 20)
    with lay(delay="2ms", **marks) as wire:
        with captures.Capture(server, "s0", snaplen=128) as heard:
            peer = piping.Peer(server, address)
            seen = peer.serve(piping.swap, back)
            done = piping.run(client, peer, "--json", "--ecn", data=there)
            got = seen.result()
    title = f"--ecn, {family}, {', '.join(marks) or 'no marks'}"
    tap.ok(done.status == 0 and got == there and done.out_bytes == back, f"{title}: exact", done, wire)
    tos = "ip.dsfield.ecn" if family == "IPv4" else "ipv6.tclass.ecn"
    packets = heard_by(heard, peer, tos, "tcp.flags.syn", "tcp.flags.ece", "tcp.flags.cwr",
                       "tcp.analysis.retransmission")
    return title, wire.counters, packets, tos, lambda p: p["tcp.srcport"] != str(peer.port)


def check_agreed(family, address):
    title, _, packets, tos, is_ours = check_ecn(family, address)
    ours, theirs = ([p for p in packets if is_ours(p) == mine] for mine in (True, False))
    tap.equal([(p["tcp.flags.ece"], p["tcp.flags.cwr"]) for p in (ours[0], theirs[0])],
              [("1", "1"), ("1", "0")], f"{title}: SYN has ECE and CWR, SYN,ACK has ECE alone")
    text = [p[tos] for p in ours if int(p["tcp.len"]) and not p["tcp.analysis.retransmission"]]
    rest = [p[tos] for p in ours if not int(p["tcp.len"])]
    tap.ok(set(text) == {ECT0} and set(rest) == {"0"},
           f"{title}: our text is ECT(0), SYN and bare ACKs are not (RFC 3168 section 6.1)", set(text), set(rest))
    tap.ok(not any(int(p["tcp.flags.ece"]) or int(p["tcp.flags.cwr"]) for p in ours[1:] + theirs[1:]),
           f"{title}: no echo", ours[:5], theirs[:5])


def check_marked(family, address):
    """What the receiver of a mark says, and what its sender answers."""
    for way in ("up", "down"):
        title, counters, packets, _, is_ours = check_ecn(family, address, **{f"{way}_mark": "1%"})
        marks, packets = counters[way]["marked"], packets[2:]  # without the SYNs
        ends = [(is_ours(p) == (way == "up"), int(p["tcp.flags.ece"]), int(p["tcp.flags.cwr"])) for p in packets]
        echoes = [at for at, (sender, ece, _) in enumerate(ends) if ece and not sender]
        answers = [at for at, (sender, _, cwr) in enumerate(ends) if cwr and sender]
        tap.ok(echoes and 0 < len(answers) <= marks and not any(sender and ece for sender, ece, _ in ends),
               f"{title}: {marks} marks, {len(echoes)} segments with ECE, {len(answers)} with CWR: slowed down "
               "at most once for a mark", counters)
        first = next((at for at in answers if echoes and at > echoes[0]), 0)
        tap.ok(first and all(ece for sender, ece, _ in ends[echoes[0]:first] if not sender) and
               any(not ece for sender, ece, _ in ends[first:] if not sender),
               f"{title}: the echo goes on until the CWR, and ends", ends[echoes[0]:first + 20] if first else "")


# ---- --time-wait -------------------------------------------------------------------------------------

def in_last_ack(port):
    """Whether the server still waits for the acknowledgement of its FIN."""
    with open(f"/proc/{server.pid}/net/tcp", encoding="ascii") as lines:
        return any(line.split()[3] == LAST_ACK and int(line.split()[1].rsplit(":", 1)[1], 16) == port
                   for line in list(lines)[1:])


def check_time_wait():
    """Our FIN first. Our ACK of the peer's FIN is lost, so it sends it again."""
    def close_unheard(connection):
        piping.read_all(connection)
        wire.set(up_cut=True)
        connection.close()
        wait_until(lambda: wire.report()["up"]["cut"])
        wire.set(up_cut=False)
        return time.monotonic()

    with lay() as wire:
        peer = piping.Peer(server, netlib.SERVER4)
        closed = peer.serve(close_unheard)
        running = piping.start(client, peer, "--json", "--time-wait", "2s")
        acknowledged = closed.result() and wait_until(lambda: not in_last_ack(peer.port))
        alive = running.poll() is None
        done = piping.finish(running)
        seconds = time.monotonic() - closed.result()
    tap.ok(done.status == 0 and seconds >= 1.9, "--time-wait 2s: it stays that long", f"{seconds:.3f} s", done)
    fins = [step for step in steps(done) if step["from"] == "server" and "FIN" in step["flags"]]
    tap.ok(acknowledged and alive and len(fins) >= 2,
           f"--time-wait 2s: the peer's FIN came {len(fins)} times, and was acknowledged again", wire)


# ---- --nagle -----------------------------------------------------------------------------------------

def check_nagle():
    """Three bytes, each on its own; the first is in flight when the others are written."""
    for options, expected in ((), [1, 1, 1]), (("--nagle",), [1, 2]):
        with lay(up_delay="500ms") as wire:
            peer = piping.Peer(server, netlib.SERVER4)
            seen = peer.serve(piping.swap, b"")
            running, into = start_with_byte(peer, "--json", *options)
            wait_until(lambda: wire.report()["up"]["frames"] >= 3)  # SYN, ACK, the first byte
            os.write(into, b"y")
            if not options:
                wait_until(lambda: wire.report()["up"]["frames"] >= 4)
            else:
                unread_gone(into)
            os.write(into, b"z")
            unread_gone(into)
            os.close(into)
            done = piping.finish(running)
        sent = [step["text_len"] for step in steps(done)
                if step["from"] == "client" and step["text_len"] and step["times_sent"] == 1]
        tap.ok(done.status == 0 and seen.result() == b"xyz" and sent == expected,
               f"{' '.join(options) or 'without --nagle'}: segments of {expected} bytes", sent, done)


def unread_gone(into):
    """Until the program has read what was written to this pipe."""
    return wait_until(lambda: struct.unpack("=i", fcntl.ioctl(into, termios.FIONREAD, bytes(4)))[0] == 0)


if captures.missing_tool():
    tap.skip("--keepalive and --ecn in a capture of the peer's", captures.missing_tool())
else:
    for name, to in (("IPv4", netlib.SERVER4), ("IPv6", netlib.SERVER6)):
        check_answered(name, to)
        check_agreed(name, to)
        check_marked(name, to)
check_vanished()
check_time_wait()
check_nagle()
tap.done()
