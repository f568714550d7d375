# SPDX-License-Identifier: GPL-3.0-or-later
"""odd_server - an HTTP/1.1 server for answers that an orderly server does not give.

usage: odd_server.py PORT [ADDRESS...]      (without addresses: all of them, IPv4 and IPv6)

    /echo               the request as it came, after a line with the client's port
    /chunked/SIZE/N     N bytes in chunks of SIZE
    /reset/N            N bytes of ten times as many, then RST
    /short/N            N bytes of ten times as many, then FIN
    /bare/N             N bytes without a length: the end of the connection ends them
    /drip               without end: a byte every 10 ms
    /flood              without end: as fast as it goes
    /hold               half of a body, then silence until the client closes
    /garbage            not HTTP
    /status/CODE        an answer of 5 bytes with that status

Bytes of bodies are those of pattern().
"""

import fcntl
import socket
import struct
import sys
import termios
import threading
import time

HOLD = 100000  # bytes of /hold that are sent


def pattern(size):
    """The first @size bytes of every body."""
    line = b"".join(b"%07d\n" % i for i in range(8192))
    return (line * (size // len(line) + 1))[:size]


def wait_acknowledged(connection):
    """Until the peer's TCP has acknowledged all that was sent."""
    until = time.monotonic() + 10
    while struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0]:
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.001)


def head(connection, length, status="200 OK"):
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n".encode())


def echo(connection, request):
    port = connection.getpeername()[1]
    body = b"client port %d\n" % port + request
    head(connection, len(body))
    connection.sendall(body)
    return True


def chunked(connection, _, size, total):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    body, parts = pattern(total), []
    for at in range(0, total, size):
        piece = body[at:at + size]
        parts.append(b"%x\r\n%s\r\n" % (len(piece), piece))
    connection.sendall(b"".join(parts) + b"0\r\n\r\n")
    return True


def reset(connection, _, size):
    head(connection, 10 * size)
    connection.sendall(pattern(size))
    wait_acknowledged(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def short(connection, _, size):
    head(connection, 10 * size)
    connection.sendall(pattern(size))


def bare(connection, _, size):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + pattern(size))


def drip(connection, _):
    head(connection, 1 << 40)
    while True:
        connection.sendall(b".")
        time.sleep(0.01)


def flood(connection, _):
    head(connection, 1 << 40)
    piece = pattern(1 << 16)
    while True:
        connection.sendall(piece)


def hold(connection, _):
    head(connection, 2 * HOLD)
    connection.sendall(pattern(HOLD))
    connection.recv(1)


def garbage(connection, _):
    connection.sendall(b"\x16\x03\x01 this is not what you think\x1b[2J\r\n\r\n")


def status(connection, _, code):
    head(connection, 5, f"{code} As You Wish")
    connection.sendall(b"body\n")
    return True


ANSWERS = {answer.__name__: answer for answer in (echo, chunked, reset, short, bare, drip, flood, hold,
                                                  garbage, status)}


def converse(connection):
    """Requests until one side closes; an answer that returns nothing ends the connection."""
    waiting = b""
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while True:
                while b"\r\n\r\n" not in waiting:
                    more = connection.recv(65536)
                    if not more:
                        return
                    waiting += more
                request, end, waiting = waiting.partition(b"\r\n\r\n")
                name, *numbers = request.split()[1].decode().strip("/").split("/")
                if not ANSWERS[name](connection, request + end, *map(int, numbers)):
                    return
        except OSError:  # the client is gone
            pass


def listen(address, port):
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if ":" in address:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, port))
    listener.listen(64)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=converse, args=(connection,), daemon=True).start()


def main():
    port, addresses = int(sys.argv[1]), sys.argv[2:] or ["0.0.0.0", "::"]
    threads = [threading.Thread(target=listen, args=(a, port)) for a in addresses]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main()
