# SPDX-License-Identifier: GPL-3.0-or-later
"""pd_server - the server of a packetdrill script, on real sockets.

    python3 pd_server.py SCRIPT ADDRESS PORT INTERFACE CLIENT [NAME=VALUE...]

Makes the script's system calls at the script's times, while `tcpshake run` plays its packets from the
other end of the cable: so the kernel in between is what is tested, as in packetdrill, and this program
takes the part of packetdrill's that makes the calls. It sees the packets come by on the interface, and
counts the time of each call from the event before it.

"ready" on stdout: what comes before the first packet is done. "done": all is. At the end of input it
prints an object: what calls returned that the script does not say, what could not be set, and which calls
were not made. To be run in a network namespace of a test: it sets that one's sysctls.
"""

import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

import pd_calls
import pd_script

PACKET_OUTGOING = 4
RETURN_SECONDS = 2.0  # a call that takes longer is left to itself


class Stopped(Exception):
    """Nobody wants to know any more."""


class Packets:
    """TCP on the interface, in both directions, each in its order."""

    def __init__(self, interface, port):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))  # ETH_P_ALL
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.bind((interface, 3))
        self.port = port
        self.seen = {"in": [], "out": []}

    def text_length(self, packet):
        """Bytes of text of a packet of our connection, or None."""
        if packet[0] >> 4 == 4:
            header, length, protocol = (packet[0] & 15) * 4, struct.unpack_from("!H", packet, 2)[0], packet[9]
        else:
            header, length, protocol = 40, struct.unpack_from("!H", packet, 4)[0] + 40, packet[6]
        if protocol != socket.IPPROTO_TCP or self.port not in struct.unpack_from("!HH", packet, header):
            return None
        return length - header - (packet[header + 12] >> 4) * 4

    def take(self):
        """One that is there."""
        packet, address = self.socket.recvfrom(65536)
        length = self.text_length(packet) if address[1] in (0x0800, 0x86dd) else None
        if length is not None:
            self.seen["out" if address[2] == PACKET_OUTGOING else "in"].append((time.monotonic(), length))

    def wait(self, kind, length):
        """The packet of an event, or all that it was cut into. Returns when the last came."""
        while True:
            while not self.seen[kind]:
                self.pause(None)
            when, came = self.seen[kind].pop(0)
            length -= came
            if kind == "in" or length <= 0:
                return when

    def pause(self, until):
        """Look at packets until then; None: until one came."""
        while True:
            left = None if until is None else max(0, until - time.monotonic())
            ready = select.select([self.socket, sys.stdin], [], [], left)[0]
            if sys.stdin in ready:
                raise Stopped
            if self.socket in ready:
                self.take()
                if until is None:
                    return
            elif until is not None and time.monotonic() >= until:
                return


class Server:
    def __init__(self, machine, packets, path):
        self.machine, self.packets, self.path = machine, packets, path
        self.differences, self.refused = [], []
        self.said = set()

    def say(self, word):
        """To whom started us, once."""
        if word not in self.said:
            print(word, flush=True)
        self.said.add(word)

    def set(self, name, value):
        path = "/proc/sys/" + name.replace(".", "/")
        if name.endswith(".tcp_congestion_control"):
            # Which may be chosen as a namespace's default is the host's to say; each socket may have any.
            self.machine.congestion = value.encode()
            return
        try:
            with open(path, "w", encoding="ascii") as file:
                file.write(value)
        except OSError as error:
            self.refused.append(f"{name}: {error.strerror}")

    def change(self, command, interface, client):
        """What a command of the script changes, as far as that is known here; nothing is run by a shell."""
        for name, value in pd_script.settings(command, os.path.dirname(os.path.abspath(self.path))):
            self.set(name, value)
        for words in pd_script.network_commands(command, interface, client):
            if subprocess.run(words, capture_output=True, check=False).returncode:
                self.refused.append(" ".join(words))

    def call(self, event):
        def make():
            try:
                differs = self.machine.make(event.call)
            except pd_calls.Unknown as error:
                differs = f"{event.call.name}() was not made: {error}"
            if differs and "done" not in self.said:
                self.differences.append([event.line, differs])

        thread = threading.Thread(target=make, daemon=True)
        thread.start()
        if event.call.blocks:
            return
        thread.join(RETURN_SECONDS)
        if thread.is_alive():
            self.differences.append([event.line, f"{event.call.name}() did not return"])

    def play(self, events, interface, client):
        base = time.monotonic()
        for event in events:
            if event.kind in ("in", "out"):
                self.say("ready")
                base = max(base, self.packets.wait(event.kind, event.length))
                continue
            base += event.gap or 0
            self.packets.pause(base)
            if event.kind == "call":
                self.call(event)
            elif event.kind == "command":
                self.change(event.text, interface, client)
        self.say("ready")
        self.say("done")
        while True:
            self.packets.pause(None)


def main(path, address, port, interface, client, *definitions):
    defined = dict(word.split("=", 1) for word in definitions)
    server = Server(pd_calls.Machine((address, int(port)), b"cubic"), Packets(interface, int(port)),
                    path)
    try:
        server.play(pd_script.read(path, defined)[0], interface, client)
    except Stopped:
        pass
    print(json.dumps({"differences": server.differences, "refused": server.refused,
                      "not_made": server.machine.not_made}), flush=True)
    os._exit(0)  # a call may still block in its thread


if __name__ == "__main__":
    main(*sys.argv[1:])
