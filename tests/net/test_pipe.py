# SPDX-License-Identifier: GPL-3.0-or-later
"""`pipe`: both directions exact, whatever the streams are; either end may close first; standard output
has the data alone; the exit status; what is told, and where.

Slow readers are in test_pipe_reader.py, signals in test_pipe_signals.py, standard streams that are closed
or block in test_pipe_streams.py, ssh and openssl in test_pipe_through.py.
"""

import fcntl
import json
import os
import pty
import time

import netlib

netlib.enter()

import captures  # noqa: E402
import piping  # noqa: E402
import shake  # noqa: E402

USAGE, REFUSED, TIMED_OUT, UNREACHABLE, PRIVILEGE, PEER, APPLICATION = range(2, 9)
FAMILIES = {"IPv4": netlib.SERVER4, "IPv6": netlib.SERVER6}
SIZES = {"0 B": 0, "1 B": 1, "1 MiB": 1 << 20, "16 MiB": 16 << 20}
SILENT = "198.51.100.99"

tap = netlib.Tap()
pair = netlib.Pair()
peers = {family: piping.Peer(pair.server, address) for family, address in FAMILIES.items()}
peer = peers["IPv4"]


def pipe(*arguments, **options):
    return shake.run(pair.client, "pipe", *arguments, **options)


def check_error(title, done, status, *words, within=3):
    tap.ok(done.status == status and done.error_like(*words) and not done.out_bytes and done.seconds < within,
           title, f"expected status {status} and one line with {words} within {within} s", done)


def check_swap(title, there, back, family="IPv4", **kinds):
    """Both ways at once."""
    heard = peers[family].serve(piping.swap, back)
    done = piping.run(pair.client, peers[family], data=there, **kinds)
    tap.ok(piping.well(done) and done.out_bytes == back and heard.result() == there, title,
           f"{len(heard.result())} of {len(there)} bytes there, {len(done.out_bytes)} of {len(back)} back",
           done)


def check_sizes():
    for family in FAMILIES:
        for name, size in SIZES.items():
            check_swap(f"{name} each way at once, {family}", piping.noise("there", size),
                       piping.noise("back", size), family)
    check_swap("16 MiB there, nothing back", piping.noise("there", 16 << 20), b"")
    check_swap("nothing there, 16 MiB back", b"", piping.noise("back", 16 << 20))


def check_kinds():
    data = piping.noise("kinds", 1 << 20)
    for stdin in ("file", "pipe", "socket", "/dev/null"):
        for stdout in ("file", "pipe", "socket"):
            check_swap(f"1 MiB from a {stdin} into a {stdout}", b"" if stdin == "/dev/null" else data,
                       data[::-1], stdin=stdin, stdout=stdout)


def check_terminal():
    """What is typed is sent, ^D is its end; nothing is left set on the terminal."""
    typing, terminal = pty.openpty()
    heard = peer.serve(piping.swap, b"from the peer\n")
    running = piping.start(pair.client, peer, stdin=terminal)
    os.write(typing, b"typed\n\x04")
    done = piping.finish(running)
    flags = fcntl.fcntl(terminal, fcntl.F_GETFL)
    tap.ok(piping.well(done) and done.out_bytes == b"from the peer\n" and heard.result() == b"typed\n" and
           not flags & os.O_NONBLOCK, "standard input from a terminal, ended by ^D", done, flags)


def check_flags():
    """The descriptors are shared with others, who expect them to block as before."""
    (out, into), (back, end) = os.pipe(), os.pipe()
    heard = peer.serve(piping.swap, b"x")
    running = piping.start(pair.client, peer, stdin=out, stdout=end)
    os.close(into)
    done = piping.finish(running)
    heard.result()
    flags = [fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (out, end)]
    tap.ok(piping.well(done) and os.read(back, 2) == b"x" and flags == [0, 0],
           "the caller's pipes still block afterwards", done, flags)


def check_half_close():
    back = piping.noise("later", 1 << 20)

    def answer_at_end(connection):
        got = piping.read_all(connection)
        connection.sendall(back)
        return got

    heard = peer.serve(answer_at_end)
    done = piping.run(pair.client, peer, data=b"the question")
    tap.ok(piping.well(done) and heard.result() == b"the question" and done.out_bytes == back,
           "the end of input is FIN, and what the peer sends after that arrives", done)

    def end_first(connection):
        piping.send_and_end(connection, b"bye")
        until = time.monotonic() + piping.PATIENCE
        while piping.state(connection) != piping.FIN_WAIT_2 and time.monotonic() < until:
            time.sleep(0.01)
        state = piping.state(connection)  # before we go on: all may be over soon after
        os.write(into, b"rest")
        os.close(into)
        return state, piping.read_all(connection)

    out, into = os.pipe()
    heard = peer.serve(end_first)
    done = piping.finish(piping.start(pair.client, peer, stdin=out))
    tap.ok(piping.well(done) and done.out_bytes == b"bye" and heard.result() == (piping.FIN_WAIT_2, b"rest"),
           "the peer's FIN first: it is acknowledged, and the rest of the input still goes out", done,
           heard.result())

    heard = peer.serve(piping.send_and_end, b"only this")
    done = piping.run(pair.client, peer, data=piping.noise("unread", 1 << 20))
    heard.result()
    tap.ok(done.status == PEER and done.error_like("reset"), "a peer that closes and does not read: exit 7",
           done)


def told(*options, data=b"hello\n", back=b"hi\n"):
    """A short exchange, told on standard error."""
    heard = peer.serve(piping.swap, back)
    done = piping.run(pair.client, peer, *options, data=data)
    tap.ok(done.status == 0 and done.out_bytes == back and heard.result() == data,
           f"{options[0]}: standard output has the data alone", done)
    return done


def check_telling():
    done = told("-v")
    tap.ok(all(words in done.err for words in ("three-way handshake", "-> SYN ", "<- SYN,ACK", "transfer",
                                               "close", "summary", "equations")),
           "-v: each step on standard error", done)
    done = told("--anatomy")
    tap.ok("three-way handshake" in done.err and "destination port" in done.err,
           "--anatomy: headers, too", done)
    done = told("-q")
    tap.ok("summary" in done.err and "three-way handshake" not in done.err, "-q: the summary only", done)
    done = told("--json")
    lines = [json.loads(line) for line in done.err.splitlines()]
    tap.ok(lines[0]["type"] == "connection" and lines[-1]["type"] == "summary" and
           lines[-1]["text"] == {"client": 6, "server": 3} and lines[-1]["wrong_equations"] == 0 and
           {line["type"] for line in lines} == {"connection", "step", "summary"},
           "--json: objects on standard error", done)


def check_capture_file():
    path = os.path.join(netlib.scratch(), "pipe.pcap")
    done = told("-w", path, data=piping.noise("there", 5000), back=piping.noise("back", 7000))
    tap.ok(not done.err, "-w alone tells nothing", done)
    if captures.missing_tool():
        tap.skip("-w: tshark reads the file", captures.missing_tool())
        return
    heard = captures.packets(path, "tcp.dstport", "tcp.len", "tcp.flags.syn", "tcp.flags.fin",
                             only="tcp and not tcp.analysis.retransmission")
    there = [packet for packet in heard if packet["tcp.dstport"] == str(peer.port)]
    back = [packet for packet in heard if packet not in there]
    tap.equal([sum(int(packet["tcp.len"]) for packet in way) for way in (there, back)], [5000, 7000],
              "-w: tshark finds every byte of both directions in the file", heard)
    tap.equal([sum(int(packet[flag]) for packet in way) for flag in ("tcp.flags.syn", "tcp.flags.fin")
               for way in (there, back)], [1, 1, 1, 1], "and SYN and FIN of both", heard)


def check_failures():
    for address in (*FAMILIES.values(), "127.0.0.1", "::1"):
        check_error(f"refused: {address}", pipe(address, "81"), REFUSED, "81", "refused")
    check_error("no route", pipe("203.0.113.1", "80"), UNREACHABLE, "203.0.113.1")
    check_error("no privilege", pipe(peer.address, "81", prefix=netlib.with_capabilities()), PRIVILEGE,
                "CAP_NET_RAW")
    for title, arguments, word in (
            ("no operand", (), "HOST"), ("no port", ("localhost",), "PORT"),
            ("three operands", ("localhost", "1", "2"), "3 operands"), ("port 0", ("localhost", "0"), "0"),
            ("port 65536", ("localhost", "65536"), "65536"), ("a name for a port", ("localhost", "ssh"), "/etc/services"),
            ("a URL", ("http://localhost/", "80"), "not a URL"),
            ("an empty host", ("", "22"), "host"), ("-w -", ("-w", "-", "localhost", "22"), "-w -"),
            ("no such option", ("--nope", "localhost", "22"), "--nope"),
            ("-4 with -6", ("-4", "-6", "localhost", "22"), "-6")):
        check_error(f"usage: {title}", pipe(*arguments), USAGE, word)
    done = pipe("--help")
    tap.ok(done.status == 0 and "pipe [options] HOST PORT" in done.out and not done.err, "--help", done)


def start_waiting():
    """What takes its time: begun first, looked at last."""
    pair.client.ip("neighbour", "replace", SILENT, "lladdr", "02:00:00:00:00:99", "dev", "c0")
    silent = piping.together(pipe, "--timeout", "2s", SILENT, "9")

    def idle(connection):
        first = connection.recv(1)
        time.sleep(3)
        connection.sendall(b"peer")
        return first + piping.read_all(connection)

    def slow_typing(running, into):
        os.write(into, b"1")
        answer = os.read(running.stdout.fileno(), 4)
        time.sleep(2)
        os.write(into, b"2")
        os.close(into)
        return answer

    own = piping.Peer(pair.server, netlib.SERVER4)
    out, into = os.pipe()
    heard = own.serve(idle)
    running = piping.start(pair.client, own, "--timeout", "1s", stdin=out)
    return silent, running, heard, piping.together(slow_typing, running, into)


def check_waiting(silent, running, heard, typed):
    check_error("a silent host: exit 4 at --timeout", silent.result(), TIMED_OUT, SILENT, within=6)
    tap.ok(1.9 <= silent.result().seconds, "after the 2 s that were asked for", silent.result())
    answer = typed.result()
    done = piping.finish(running)
    tap.ok(piping.well(done) and answer == b"peer" and heard.result() == b"12" and done.seconds > 5,
           "idle for longer than --timeout, open all the same", done, answer, heard.result())


waiting = start_waiting()
check_sizes()
check_kinds()
check_terminal()
check_flags()
check_half_close()
check_telling()
check_capture_file()
check_failures()
check_waiting(*waiting)
tap.done()
