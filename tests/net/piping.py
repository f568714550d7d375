# SPDX-License-Identifier: GPL-3.0-or-later
"""piping - `tcpshake pipe` between a peer that is a function here and standard streams of any kind.

    peer = piping.Peer(pair.server, netlib.SERVER4)
    heard = peer.serve(piping.swap, b"from the peer")       # a future: what the peer got
    done = piping.run(pair.client, peer, data=b"to the peer", stdin="pipe", stdout="socket")
    done.status, done.out_bytes, heard.result()

All of it is bounded: a socket here gives up after PATIENCE seconds, a run is killed after twice that.
"""

import concurrent.futures
import os
import random
import socket
import tempfile
import threading

import netlib
import shake

PATIENCE = 20
CHUNK = 1 << 18
FIN_WAIT_2 = 5  # as TCP_INFO has it

_threads = concurrent.futures.ThreadPoolExecutor(max_workers=32)


def together(function, *arguments, **options):
    """Run it in a thread: a future."""
    return _threads.submit(function, *arguments, **options)


def noise(name, size):
    """Random bytes, the same in every run."""
    return random.Random(name).randbytes(size)


class Stream:
    """Bytes without end, the same in every run, for volumes that no memory is to hold."""

    def __init__(self, name):
        self.block = noise(name, (1 << 20) + 13)  # a length that is no buffer's
        self.twice = self.block * 2

    def pour(self, write, size):
        """Write the first @size bytes."""
        at, stream = 0, memoryview(self.twice)
        while at < size:
            begin = at % len(self.block)
            at += write(stream[begin:begin + min(CHUNK, size - at)])

    def drain(self, read):
        """Read to the end: (how many bytes, where the first wrong piece begins, or None)."""
        at, wrong = 0, None
        for piece in iter(lambda: read(CHUNK), b""):
            if wrong is None and not self.twice.startswith(piece, at % len(self.block)):
                wrong = at
            at += len(piece)
        return at, wrong


class Peer:
    """A port on a namespace's address, where functions answer one connection each."""

    def __init__(self, where, address, receive_buffer=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with netlib.inside(where):
            self.listener = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.listener.bind((address, 0))
        self.listener.listen()
        self.listener.settimeout(PATIENCE)
        self.address, self.port = address, self.listener.getsockname()[1]

    def serve(self, work, *arguments):
        """Accept the next connection and call work(connection, *arguments): a future."""
        def answer():
            with self.listener.accept()[0] as connection:
                connection.settimeout(PATIENCE)
                return work(connection, *arguments)
        return together(answer)


def read_all(connection):
    """Everything up to the FIN."""
    return b"".join(iter(lambda: connection.recv(CHUNK), b""))


def swap(connection, data):
    """Send it and FIN, and read up to the FIN, both at once."""
    sent = threading.Thread(target=send_and_end, args=(connection, data))
    sent.start()
    got = read_all(connection)
    sent.join()
    return got


def send_and_end(connection, data):
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def state(connection):
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def how_it_ends(connection, work, *arguments):
    """What work does, and whether RST ended it: (the result or None, True or False)."""
    try:
        return work(connection, *arguments), False
    except (ConnectionResetError, BrokenPipeError):
        return None, True


class Stdin:
    """Standard input of a kind: .theirs is for the program; feed() is to run beside it."""

    def __init__(self, kind, data):
        self.ours, self.data = None, data
        if kind == "file":
            file = tempfile.TemporaryFile()
            file.write(data)
            file.seek(0)
            self.theirs = os.dup(file.fileno())
        elif kind == "/dev/null":
            self.theirs = os.open(kind, os.O_RDONLY)
        elif kind == "pipe":
            self.theirs, self.ours = os.pipe()
        else:
            theirs, ours = socket.socketpair()
            self.theirs, self.ours = theirs.detach(), ours.detach()

    def feed(self):
        if self.ours is not None:
            try:
                with open(self.ours, "wb", buffering=0) as out:
                    left = memoryview(self.data)
                    while left:
                        left = left[out.write(left):]
            except (BrokenPipeError, ConnectionResetError):
                pass  # the program ended before: its status tells why


class Stdout:
    """Standard output of a kind: .theirs is for the program; collect() reads to its end."""

    def __init__(self, kind):
        self.file = None
        if kind == "file":
            self.file = tempfile.TemporaryFile()
            self.theirs = os.dup(self.file.fileno())
        elif kind == "pipe":
            self.ours, self.theirs = os.pipe()
        else:
            theirs, ours = socket.socketpair()
            self.theirs, self.ours = theirs.detach(), ours.detach()

    def collect(self):
        """To the end; of a file that is when the program has ended."""
        if self.file:
            self.file.seek(0)
            return self.file.read()
        with open(self.ours, "rb", buffering=0) as pieces:
            return b"".join(iter(lambda: pieces.read(CHUNK), b""))


class Done(shake.Run):
    """A run that prints how much came, not what."""

    def __str__(self):
        return (f"tcpshake {' '.join(self.arguments)}: status {self.status} after {self.seconds:.3f} s, "
                f"{len(self.out_bytes)} bytes on standard output\n{self.err[-2000:]}")


def finish(running, out=None):
    """Wait for its end: a Done, with the output that was read elsewhere."""
    done = shake.finish(running, 2 * PATIENCE)
    return Done(done.arguments, done.status, done.out_bytes if out is None else out, done.err_bytes,
                done.seconds)


def start(where, peer, *options, **popen):
    """`tcpshake pipe OPTIONS` to the peer: a Popen for finish()."""
    return shake.start(where, "pipe", *options, peer.address, str(peer.port), **popen)


def run(where, peer, *options, data=b"", stdin="pipe", stdout="pipe", **popen):
    """The same with these bytes for standard input, to its end."""
    source, sink = Stdin(stdin, data), Stdout(stdout)
    running = start(where, peer, *options, stdin=source.theirs, stdout=sink.theirs, **popen)
    os.close(source.theirs)
    os.close(sink.theirs)
    fed = together(source.feed)
    got = together(sink.collect) if not sink.file else None
    done = finish(running)
    fed.result(PATIENCE)
    done.out_bytes = got.result(PATIENCE) if got else sink.collect()
    return done


def well(done):
    """It ended well and said nothing."""
    return done.status == 0 and not done.err
