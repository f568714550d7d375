# SPDX-License-Identifier: GPL-3.0-or-later
"""Standard streams that are not as one would like: closed, for every command; not readable; pipes and a
terminal that block and cannot be told not to.
"""

import fcntl
import os
import pty
import threading

import netlib

netlib.enter()

import piping  # noqa: E402
import shake  # noqa: E402

APPLICATION = 8
MUCH = piping.noise("much", 16 << 20)  # more than all buffers on the way hold
ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"

# Without /proc no descriptor can be opened anew, as with a pipe or terminal of another user.
WITHOUT_PROC = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"]

tap = netlib.Tap()
pair = netlib.Pair()
peer = piping.Peer(pair.server, netlib.SERVER4)


def redirected(how):
    """A command prefix: the streams as the shell makes them."""
    return ["sh", "-c", f"exec \"$@\" {how}", "sh"]


# ---- closed ------------------------------------------------------------------------------------------

def check_pipe_closed():
    for how, name in (("0<&-", "input"), ("1>&-", "output"), ("0>/dev/null", "input"),
                      ("1</dev/null", "output"), ("0<&- 1>&-", "input")):
        done = shake.run(pair.client, "pipe", peer.address, str(peer.port), prefix=redirected(how))
        tap.ok(done.status == APPLICATION and done.error_like(f"standard {name} is closed, or not open for"),
               f"pipe {how}: exit 8 with a message", done)
    heard = peer.serve(piping.swap, b"back")
    done = piping.run(pair.client, peer, data=b"there", prefix=redirected("2>&-"))
    tap.ok(piping.well(done) and done.out_bytes == b"back" and heard.result() == b"there",
           "pipe 2>&-: the streams are exact", done)
    listening = piping.Peer(pair.server, netlib.SERVER4)
    done = piping.run(pair.client, listening, "-v", prefix=redirected("2>&-"))
    tap.ok(done.status == APPLICATION and not done.out_bytes,
           "pipe -v 2>&-: exit 8, and nothing of what is told gets into the output", done)


def check_get_closed():
    def answer(connection):
        connection.recv(piping.CHUNK)
        connection.sendall(ANSWER)
        connection.shutdown(1)
        return piping.read_all(connection)

    for how in ("0<&-", "2>&-", "0<&- 2>&-"):
        heard = peer.serve(answer)
        done = shake.run(pair.client, "get", shake.url(peer.address, peer.port), prefix=redirected(how))
        tap.ok(done.status == 0 and "summary" in done.out and heard.result() == b"",
               f"get {how}: as ever, and the peer gets its request and no more", done, heard.result())
    done = shake.run(pair.client, "get", shake.url(peer.address, 81), prefix=redirected("1>&-"))
    tap.ok(done.status == APPLICATION and "cannot write" in done.err, "get 1>&-: exit 8 with a message", done)
    done = shake.run(pair.client, "get", shake.url(peer.address, 81), prefix=redirected("0<&- 1>&- 2>&-"))
    tap.equal(done.status, APPLICATION, "get 0<&- 1>&- 2>&-: exit 8", done)


def check_help_closed():
    for how, status in (("0<&-", 0), ("2>&-", 0), ("1>&-", APPLICATION), ("0<&- 1>&- 2>&-", APPLICATION)):
        done = shake.run(pair.client, "demo", "--help", prefix=redirected(how))
        tap.ok(done.status == status, f"demo --help {how}: exit {status}", done)


# ---- unreadable --------------------------------------------------------------------------------------

def check_folder():
    heard = peer.serve(piping.how_it_ends, piping.read_all)
    done = piping.finish(piping.start(pair.client, peer, stdin=os.open("/", os.O_RDONLY)))
    tap.ok(done.status == APPLICATION and done.error_like("cannot read", "Is a directory"),
           "standard input is a folder: exit 8 with a message", done)
    tap.equal(heard.result(), (None, True), "and the peer was told by RST")


# ---- blocking ----------------------------------------------------------------------------------------

def check_blocking_pipes():
    """A reader that stands still must not stop the other direction."""
    all_there = threading.Event()

    def swap(connection):
        sent = piping.together(piping.send_and_end, connection, MUCH)
        got = piping.read_all(connection)
        all_there.set()
        sent.result()
        return got

    def read_late(out):
        first = os.read(out, 1)
        in_time = all_there.wait(piping.PATIENCE)
        with open(out, "rb", buffering=0) as pieces:
            return first + b"".join(iter(lambda: pieces.read(piping.CHUNK), b"")), in_time

    heard = peer.serve(swap)
    source, sink = piping.Stdin("pipe", MUCH), piping.Stdout("pipe")
    running = piping.start(pair.client, peer, prefix=WITHOUT_PROC, stdin=source.theirs, stdout=sink.theirs)
    fed, read = piping.together(source.feed), piping.together(read_late, sink.ours)
    done = piping.finish(running)
    flags = [fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (source.theirs, sink.theirs)]
    os.close(source.theirs)
    os.close(sink.theirs)
    fed.result()
    (got, in_time), there = read.result(), heard.result()
    tap.ok(in_time and there == MUCH, "pipes that block: all goes there while nobody reads what comes back",
           f"{len(there)} bytes of {len(MUCH)}", done)
    tap.ok(piping.well(done) and got == MUCH, "and then all comes back, exact", f"{len(got)} bytes", done)
    tap.equal(flags, [0, 0], "the pipes are as they were")


def check_blocking_terminal():
    ours, terminal = pty.openpty()
    text = b"".join(b"%07d\n" % number for number in range(20000))
    heard = peer.serve(piping.swap, text)
    running = piping.start(pair.client, peer, prefix=WITHOUT_PROC, stdin=terminal, stdout=terminal)
    os.close(terminal)
    os.write(ours, b"typed\n\x04")

    def read_all():
        got = b""
        try:
            while True:
                got += os.read(ours, piping.CHUNK)
        except OSError:  # EIO: nobody has the terminal open any more
            return got.replace(b"\r\n", b"\n")

    shown = piping.together(read_all)
    done = piping.finish(running)
    tap.ok(piping.well(done) and heard.result() == b"typed\n" and
           shown.result().removeprefix(b"typed\n") == text,
           "a terminal that blocks: what is typed goes there, what comes back is shown", done)


check_pipe_closed()
check_get_closed()
check_help_closed()
check_folder()
if netlib.sanitized():
    tap.skip("pipes and terminals that block", "made by hiding /proc, which a sanitizer reads its options from")
else:
    check_blocking_pipes()
    check_blocking_terminal()
tap.done()
