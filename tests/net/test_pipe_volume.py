# SPDX-License-Identifier: GPL-3.0-or-later
"""1 GiB each way at once through `pipe`: exact, and in no more memory than 1 MiB takes."""

import os
import threading

import netlib

netlib.enter()

import piping  # noqa: E402
import shake  # noqa: E402

MEBI = 1 << 20
PATIENCE = 400     # seconds; ten to twenty are usual
ROOM = 34 * MEBI   # what the buffers of both directions may grow to: 16 MiB each, and a little

tap = netlib.Tap()
pair = netlib.Pair()
there, back = piping.Stream("there"), piping.Stream("back")


def peak(process):
    """The most memory that it has had so far: bytes."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))


def answer(connection, size, looked):
    """Both ways at once. The FIN waits until the memory was looked at."""
    def send():
        back.pour(connection.send, size)
        looked.wait(PATIENCE)
        connection.shutdown(1)
    connection.settimeout(PATIENCE)
    sent = threading.Thread(target=send)
    sent.start()
    got = there.drain(connection.recv)
    sent.join()
    return got


def exchange(family, address, size):
    """Returns the peak of its memory."""
    looked, all_here = threading.Event(), threading.Event()
    peer = piping.Peer(pair.server, address)
    heard = peer.serve(answer, size, looked)
    (theirs, into), (out, end) = os.pipe(), os.pipe()
    running = piping.start(pair.client, peer, stdin=theirs, stdout=end)
    os.close(theirs)
    os.close(end)
    seen = 0

    def read(count):
        nonlocal seen
        piece = os.read(out, count)
        seen += len(piece)
        if seen >= size or not piece:
            all_here.set()
        return piece

    fed = piping.together(there.pour, lambda piece: os.write(into, piece), size)
    got = piping.together(back.drain, read)
    all_here.wait(PATIENCE)
    fed.exception(PATIENCE)
    memory = peak(running) if running.poll() is None else 0
    looked.set()
    os.close(into)
    done = shake.finish(running, PATIENCE)
    tap.ok(done.status == 0 and not done.err and got.result() == (size, None) == heard.result(),
           f"{size // MEBI} MiB each way at once, {family}, exact: {done.seconds:.1f} s, "
           f"{size / 1e6 / done.seconds:.0f} MB/s each way, at most {memory >> 10} KiB of memory",
           f"bytes, and where a wrong piece begins: there {heard.result()}, back {got.result()}", done)
    return memory


little = exchange("IPv4", netlib.SERVER4, MEBI)
if netlib.sanitized():
    tap.skip("1 GiB each way", "slow with sanitizers, and they keep freed memory; 64 MiB instead")
    exchange("IPv4", netlib.SERVER4, 64 * MEBI)
else:
    much = exchange("IPv4", netlib.SERVER4, 1024 * MEBI)
    tap.ok(0 < much < little + ROOM, "with no more memory than 1 MiB takes, but for the buffers",
           f"{much} and {little} bytes")
exchange("IPv6", netlib.SERVER6, 64 * MEBI)
tap.done()
