# SPDX-License-Identifier: GPL-3.0-or-later
"""rawframes - numbered frames from one interface to another, past the kernels' protocols.

    course = rawframes.Course(wire)             # from c0 of wire.client to s0 of wire.server
    arrivals = course.run(10000)                # [(number, intact, seconds after it was sent), ...]

A frame holds an Ethernet, an IPv4 and a UDP header, its number, and bytes that follow from the number,
so that one changed bit shows.
"""

import contextlib
import ctypes
import select
import socket
import struct
import time

import badwire
import netlib

ETH_P_IP = 0x0800
SO_RCVBUFFORCE = 33
HEADERS = 14 + 20 + 8
BATCH = 50  # frames, so many that the smallest socket buffer holds them
PORT = 9  # discard


def socket_in(namespace, interface):
    """A packet socket on an interface of another namespace."""
    with netlib.inside(namespace):
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP))
        made.bind((interface, ETH_P_IP))
    made.setblocking(False)
    try:
        made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    except PermissionError:  # only for root of the first namespace
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    return made


def _sum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


class Course:
    """A way over the wire, with its two sockets. @up: from the client; else from the server."""

    def __init__(self, wire, up=True, size=100):
        ends = [(wire.client, "c0", netlib.CLIENT4), (wire.server, "s0", netlib.SERVER4)]
        (here, here_name, source), (there, there_name, target) = ends if up else ends[::-1]
        self.wire, self.direction = wire, "up" if up else "down"
        self.out, self.into = socket_in(here, here_name), socket_in(there, there_name)
        length = size - HEADERS
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size - 14, 0, 0x4000, 64, 17, 0, socket.inet_aton(source),
                         socket.inet_aton(target))
        ip = ip[:10] + struct.pack("!H", _sum(ip)) + ip[12:]
        # No UDP checksum: the frames are compared whole.
        udp = struct.pack("!HHHH", PORT, PORT, length + 8, 0)
        # For nobody's MAC address: the kernel at the far end leaves them alone.
        ether = bytes.fromhex("020000000009" + badwire.MAC[here_name].replace(":", ""))
        self.head = ether + struct.pack("!H", ETH_P_IP) + ip + udp
        self.fill = bytes(range(256)) * 6
        self.length = length

    def frame(self, number):
        start = number % 256
        return self.head + struct.pack("!I", number) + self.fill[start:start + self.length - 4]

    def run(self, count, every=0, quiet=0.1):
        """Send frames number 0 to @count - 1, @every so many seconds (0: as fast as the wire fetches
        them), and listen until it is quiet. What arrived, in its order; sent_at has when they were sent."""
        arrivals, sent_at = [], []
        self.sent_at = sent_at
        before = self.wire.report()[self.direction]["frames"]
        begin = time.monotonic()
        for number in range(count):
            if every:
                while (left := begin + number * every - time.monotonic()) > 0:
                    self._listen(arrivals, sent_at, left)
            sent_at.append(time.monotonic())
            self.out.send(self.frame(number))
            if not every and number % BATCH == BATCH - 1:
                while self.wire.report()[self.direction]["frames"] - before <= number:
                    pass
                self._listen(arrivals, sent_at, 0)
        while self._listen(arrivals, sent_at, quiet):
            pass
        return arrivals

    def _listen(self, arrivals, sent_at, seconds):
        """Take all that is there, after waiting for the first. Whether there was anything."""
        if not select.select([self.into], [], [], seconds)[0]:
            return False
        while True:
            try:
                frame, (_, _, kind, *_) = self.into.recvfrom(2048)
            except BlockingIOError:
                return True
            now = time.monotonic()
            if kind == socket.PACKET_OUTGOING or len(frame) < HEADERS + 4:
                continue
            number = struct.unpack_from("!I", frame, HEADERS)[0]
            if number < len(sent_at) and frame == self.frame(number):
                arrivals.append((number, True, now - sent_at[number]))
            else:
                arrivals.append((None, False, None))

    def close(self):
        self.out.close()
        self.into.close()
