# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that do not speak TCP as they should are reported as what they are, whoever forges meanwhile.

The hosts of probing.ODD_NETWORK are played by this test, a behaviour for each last byte of the address;
the forger, too, who knows all ports and addresses, but sees no SYN.
"""

import random
import select
import socket
import struct
import threading
import time

import netlib

netlib.enter()

import probing  # noqa: E402
import rawframes  # noqa: E402

PREFIX = "10.70.0."
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SOURCE_PORT, ATTEMPTS = 40000, 3
FORGED_A_SECOND = 10000

tap = netlib.Tap()
pair = netlib.Pair()
probing.networks(pair)


def checksum(data):
    data += b"\0" * (len(data) & 1)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def ip(source, target, protocol, body):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0, source, target)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def tcp(source, target, ports, seq, ack, flags, text=b""):
    head = struct.pack("!HHIIBBHHH", *ports, seq & 0xffffffff, ack & 0xffffffff, 0x50, flags, 8192, 0, 0) + text
    pseudo = source + target + struct.pack("!HH", 6, len(head))
    return ip(source, target, 6, head[:16] + struct.pack("!H", checksum(pseudo + head)) + head[18:])


def icmp(source, target, kind, code, quoted):
    body = struct.pack("!BBHI", kind, code, 0, 0) + quoted[:28]
    return ip(source, target, 1, body[:2] + struct.pack("!H", checksum(body)) + body[4:])


class Hosts(threading.Thread):
    """All of them, behind one packet socket of the server's."""

    ISS = 1000

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = rawframes.socket_in(pair.server, "s0")
        self.start()

    def run(self):
        while True:
            select.select([self.socket], [], [])
            frame, (_, _, kind, *_) = self.socket.recvfrom(2048)
            if kind == socket.PACKET_OUTGOING or frame[23] != 6 or frame[30:33] != bytes([10, 70, 0]):
                continue
            self.header = frame[6:12] + frame[:6] + frame[12:14]
            there, here = frame[26:30], frame[30:34]
            ports = struct.unpack("!HH", frame[34:38])
            seq, ack, flags = struct.unpack("!IIxB", frame[38:48])

            def say(seq, ack, flags, text=b"", here=here, there=there, ports=ports):
                self.socket.send(self.header + tcp(here, there, ports[::-1], seq, ack, flags, text))

            act = getattr(self, f"host_{here[3]}", None)
            if act:
                act(say, seq, ack, flags, frame[14:])

    def host_1(self, say, seq, _ack, flags, _packet):
        """A SYN,ACK, and then nothing."""
        if flags & SYN:
            say(self.ISS, seq + 1, SYN | ACK)

    def host_2(self, say, seq, ack, flags, _packet):
        """RST in answer to what completes the handshake."""
        if flags & SYN:
            say(self.ISS, seq + 1, SYN | ACK)
        elif flags & ACK:
            say(ack, 0, RST)

    def host_3(self, say, seq, _ack, flags, _packet):
        """Its SYN,ACK acknowledges something else."""
        if flags & SYN:
            say(self.ISS, seq + 1001, SYN | ACK)

    def host_4(self, say, seq, _ack, flags, _packet):
        """It never closes its side."""
        if flags & SYN:
            say(self.ISS, seq + 1, SYN | ACK)
        elif flags & FIN:
            say(self.ISS + 1, seq + 1, ACK)

    def host_5(self, say, seq, _ack, flags, _packet):
        """Closed."""
        if flags & SYN:
            say(0, seq + 1, RST | ACK)

    def host_7(self, _say, _seq, _ack, flags, packet):
        """A router says that it cannot be reached."""
        if flags & SYN:
            self.socket.send(self.header + icmp(socket.inet_aton(netlib.SERVER4), packet[12:16], 3, 1, packet))

    def host_8(self, say, seq, _ack, flags, _packet):
        """As it should be."""
        if flags & SYN:
            say(self.ISS, seq + 1, SYN | ACK)
        elif flags & FIN:
            say(self.ISS + 1, seq + 1, FIN | ACK)

    def host_9(self, say, seq, ack, flags, _packet):
        """It greets."""
        if flags & SYN:
            say(self.ISS, seq + 1, SYN | ACK)
        elif flags & FIN:
            say(self.ISS + 1, seq + 1, ACK)
            say(self.ISS + 1, seq + 1, PSH | ACK, b"220 hello\r\n")
            say(self.ISS + 12, seq + 1, FIN | ACK)

    def host_10(self, say, seq, _ack, flags, packet):
        """It answers the second SYN only."""
        if flags & SYN and struct.unpack("!H", packet[20:22])[0] == SOURCE_PORT + 1:
            say(self.ISS, seq + 1, SYN | ACK)
        elif flags & FIN:
            say(self.ISS + 1, seq + 1, FIN | ACK)


EXPECTED = {  # state, close, words of the reason
    1: ("broken", "no-ack", "no acknowledgement"),
    2: ("broken", "reset", "RST after the handshake"),
    3: ("broken", "none", "another number"),
    4: ("open", "no-fin", ""),
    5: ("closed", "none", ""),
    6: ("filtered", "none", ""),
    7: ("unreachable", "none", "host unreachable"),
    8: ("open", "merged", ""),
    9: ("open", "orderly", ""),
    10: ("open", "merged", ""),
}


def probe_all():
    return probing.probe(pair.client, *(f"{PREFIX}{n}" for n in EXPECTED), "--wait", "300ms", "--timeout", "1s",
                         "--source-port", str(SOURCE_PORT), "--seed", "1")


def check(title, done):
    for n, (state, close, reason) in EXPECTED.items():
        result = done.results.get((f"{PREFIX}{n}", 80), {})
        behaviour = getattr(Hosts, f"host_{n}").__doc__ if hasattr(Hosts, f"host_{n}") else "Silent."
        tap.ok((result.get("state"), result.get("close", "none")) == (state, close) and
               reason in result.get("reason", ""),
               f"{title}: {behaviour.rstrip('.')}: {state}", result, done.summary)
    tap.equal(len(done.list), len(EXPECTED), f"{title}: one result for each")


def details(done):
    unreachable, greeting, second = (done.results[f"{PREFIX}{n}", 80] for n in (7, 9, 10))
    tap.equal(unreachable.get("reason_from"), netlib.SERVER4, "who said unreachable", unreachable)
    tap.equal(greeting.get("text_bytes"), 11, "what the peer said is counted", greeting)
    tap.equal((second["attempts"], second["answered"]), (2, 2), "the second SYN was answered", second)


class Forger(threading.Thread):
    """Answers to SYNs that it has not seen, from all hosts to all ports, at a steady rate."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = rawframes.socket_in(pair.server, "s0")
        words = pair.client.ip("link", "show", "c0").split()
        to = bytes.fromhex(words[words.index("link/ether") + 1].replace(":", ""))
        client, draw = socket.inet_aton(netlib.CLIENT4), random.Random(1)
        self.frames, self.sent, self.over = [], 0, threading.Event()
        for _ in range(4000):
            host = socket.inet_aton(f"{PREFIX}{draw.choice(list(EXPECTED))}")
            port = SOURCE_PORT + draw.randrange(ATTEMPTS)
            seq, ack = draw.getrandbits(32), draw.getrandbits(32)
            quoted = tcp(client, host, (port, 80), seq, 0, SYN)
            packet = draw.choice([
                tcp(host, client, (80, port), seq, ack, SYN | ACK),
                tcp(host, client, (80, port), seq, ack, RST | ACK),
                tcp(host, client, (80, port), seq, 0, RST),
                tcp(host, client, (80, port), seq, ack, FIN | ACK),
                tcp(host, client, (80, port), seq, ack, PSH | ACK, b"forged"),
                icmp(host, client, 3, draw.randrange(4), quoted),
            ])
            self.frames.append(to + bytes(6) + struct.pack("!H", 0x0800) + packet)

    def run(self):
        self.began = time.monotonic()
        while not self.over.is_set():
            due = (time.monotonic() - self.began) * FORGED_A_SECOND
            while self.sent < due:
                try:
                    self.socket.send(self.frames[self.sent % len(self.frames)])
                except OSError:  # its queue is full
                    break
                self.sent += 1
            time.sleep(0.001)
        self.rate = self.sent / (time.monotonic() - self.began)


Hosts()
calm = probe_all()
check("calm", calm)
details(calm)
forger = Forger()
forger.start()
stormy = probe_all()
forger.over.set()
forger.join()
check("forged", stormy)
tap.ok(stormy.summary.get("forged", 0) > 1000, "the forged ones came, and are counted",
       f"{forger.sent} sent, {forger.rate:.0f} a second", stormy.summary)
tap.done()
