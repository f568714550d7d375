# SPDX-License-Identifier: GPL-3.0-or-later
"""Route, capture and craft against a real kernel: a veth cable, loopback, a tun device, a router that
says no in each of its ways.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

import netlib

netlib.enter()

PROBE = netlib.built("tests/net/wire_probe")
FAR4, FAR6 = "203.0.113.9", "2001:db8:99::9"  # behind the server, which is a router here
PORT = 8000

tap = netlib.Tap()
pair = netlib.Pair()
client, server = pair.client, pair.server


def words(line):
    """name=value ... says=the rest of the line"""
    line, _, says = line.partition(" says=")
    found = dict(word.split("=", 1) for word in line.split() if "=" in word)
    if says:
        found["says"] = says
    return found


def route(*arguments):
    """What route_lookup() found, or (exit status, message)."""
    done = client.run([PROBE, "route", *arguments])
    return words(done.stdout) if done.returncode == 0 else (done.returncode, done.stderr.strip())


def send(*arguments, where=client):
    done = where.run([PROBE, "send", *map(str, arguments)])
    return done.returncode, done.stderr.strip()


class Capture:
    """A running capture; frames() ends it."""

    def __init__(self, ifname, peer, port=PORT, where=client):
        self.child = where.popen([PROBE, "capture", ifname, peer, str(port)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        self.ready = words(self.child.stdout.readline())

    def frames(self):
        out, _ = self.child.communicate(timeout=60)
        lines = [words(line) for line in out.splitlines()]
        self.drops = int(lines.pop()["drops"])
        return lines


def routes():
    got = route(netlib.SERVER4)
    tap.equal(got, {"if": "c0", "src": netlib.CLIENT4, "gateway": "none", "mtu": "1500",
                    "loopback": "0"}, "route: on the cable")
    got = route(netlib.SERVER6)
    tap.equal(got, {"if": "c0", "src": netlib.CLIENT6, "gateway": "none", "mtu": "1500",
                    "loopback": "0"}, "route: on the cable, IPv6")
    for own, name in ((netlib.CLIENT4, "IPv4"), (netlib.CLIENT6, "IPv6")):
        got = route(own)
        tap.ok(got["if"] == "lo" and got["loopback"] == "1" and got["src"] == own,
               f"route: an address of our own is on loopback, {name}", got)

    client.ip("route", "add", "default", "via", netlib.SERVER4)
    client.ip("route", "add", "default", "via", netlib.SERVER6)
    client.ip("address", "add", "198.51.100.7/24", "dev", "c0")
    tap.equal(route(FAR4)["gateway"], netlib.SERVER4, "route: through a gateway")
    tap.equal(route(FAR6)["gateway"], netlib.SERVER6, "route: through a gateway, IPv6")
    tap.equal(route(FAR4, "-", "198.51.100.7")["src"], "198.51.100.7", "route: source as asked")
    client.ip("route", "add", "203.0.113.64/26", "via", netlib.SERVER4, "mtu", "1280")
    tap.equal(route("203.0.113.65")["mtu"], "1280", "route: its own MTU")

    local = server.ip("-6", "-o", "address", "show", "dev", "s0", "scope", "link").split()[3]
    local = local.split("/")[0]
    got = route(f"{local}%c0")
    # Where /proc/sys is read-only our own link-local address is not ready yet, and another serves.
    tap.ok(got["if"] == "c0" and (got["src"].startswith("fe80::") and got["src"].endswith("%c0") or
                                  got["src"] == netlib.CLIENT6),
           "route: link-local with its interface", got)
    got = route(local, "c0")
    tap.equal(got["if"], "c0", "route: link-local, the interface by -i")
    tap.equal(route(local)[0], 2, "route: link-local without an interface is a usage error")


def no_routes():
    for kind, prefix, says in (("unreachable", "203.0.113.16/28", "No route to host"),
                               ("prohibit", "203.0.113.32/28", "Permission denied"),
                               ("blackhole", "203.0.113.48/28", "Invalid argument"),
                               ("unreachable", "2001:db8:10::/64", "No route to host"),
                               ("prohibit", "2001:db8:11::/64", "Permission denied"),
                               ("blackhole", "2001:db8:12::/64", "")):
        client.ip("route", "add", kind, prefix)
        address = prefix.split("/")[0].replace("::", "::1")
        got = route(address)
        tap.ok(isinstance(got, tuple) and got[0] == 5 and f"no route to {address}: " in got[1] and
               says in got[1], f"route: {kind} {address} is no route", got)
    client.ip("link", "add", "down0", "type", "veth", "peer", "name", "down1")
    got = route(FAR4, "down0")
    tap.equal(got, (5, f"tcpshake: no route to {FAR4}: interface down0 is down; "
                       "`ip link set down0 up` brings it up"), "route: interface down")
    tap.equal(route("198.51.100.255")[0], 2, "route: broadcast is a usage error")
    tap.equal(route("ff02::1", "c0")[0], 2, "route: multicast is a usage error")
    client.ip("route", "del", "default")
    client.ip("-6", "route", "del", "default")
    for far in (FAR4, FAR6):
        got = route(far)
        tap.ok(isinstance(got, tuple) and got[0] == 5 and "Network is unreachable" in got[1],
               f"route: none to {far}", got)


def transfer(where, address, size, port):
    """Move @size bytes between two kernel sockets; both are in the namespace @where."""
    script = f"""
import socket, threading
family = socket.AF_INET6 if ":" in {address!r} else socket.AF_INET
listener = socket.socket(family)
listener.bind(({address!r}, {port}))
listener.listen()
def read():
    peer = listener.accept()[0]
    while peer.recv(1 << 20):
        pass
    peer.close()
reader = threading.Thread(target=read)
reader.start()
with socket.create_connection(({address!r}, {port})) as sender:
    sender.sendall(bytes({size}))
    sender.shutdown(socket.SHUT_WR)
    sender.recv(1)
reader.join()
"""
    done = where.run([sys.executable, "-c", script])
    assert done.returncode == 0, done.stderr


def loopback(address, name):
    size = 4 << 20
    capture = Capture("lo", address)
    transfer(client, address, size, PORT)
    frames = capture.frames()
    syns = [f for f in frames if f["flags"] == "0x2"]
    tap.equal(len(syns), 1, f"capture: lo, {name}: one SYN")
    # The kernel may send a range again (a tail probe, on a busy machine); twice each would be double.
    first, end, seen = int(syns[0]["seq"]) + 1, 0, 0
    for start, length in sorted(((int(f["seq"]) - first) % 2**32, int(f["text"])) for f in frames
                                if f["dport"] == str(PORT) and f["text"] != "0"):
        if start <= end:
            end = max(end, start + length)
        seen += length
    tap.ok(capture.drops == 0 and end == size and seen < 1.5 * size,
           f"capture: lo, {name}: every byte, each frame once", f"{capture.drops} drops, "
           f"bytes up to {end}, {seen} in all, of {size}")
    largest = max(int(f["length"]) for f in frames)
    tap.ok(largest > 30000 and not any(f["cut"] == "1" or f["captured"] != f["length"]
                                       for f in frames),
           f"capture: lo, {name}: super-segments are whole", f"largest {largest} bytes")
    tap.note(f"largest frame {largest} bytes, {len(frames)} frames")
    verdicts = {f["sum"] for f in frames}
    tap.ok(verdicts <= {"ok", "partial"}, f"capture: lo, {name}: checksums are good or partial",
           verdicts)
    # Not "in order": two processors may stamp two frames and queue them the other way round.
    tap.ok(any(int(f["time"]) % 1000 for f in frames),
           f"capture: lo, {name}: stamps are nanoseconds")


def cable(address, name):
    """Both directions of our own segments: what we sent, and what came back."""
    capture = Capture("c0", address)
    send(address, PORT, 2, 0)
    frames = [f for f in capture.frames() if f["kind"] == "tcp"]
    got = [(f["flags"], f["sport"]) for f in frames]
    tap.equal(got, [("0x2", "3337"), ("0x14", str(PORT))],
              f"craft and capture, {name}: our SYN, and the RST of a closed port", frames)
    tap.ok(all(f["sum"] in ("ok", "partial") for f in frames),
           f"craft and capture, {name}: no checksum is wrong", frames)


def fragments(ours, theirs, name):
    """A datagram that is too long for the cable, from the peer: no ports to filter by in its rest."""
    capture = Capture("c0", theirs)
    script = (f"import socket; s = socket.socket(socket.AF_INET6 if ':' in {ours!r} else "
              f"socket.AF_INET, socket.SOCK_DGRAM); s.bind(({theirs!r}, 0)); "
              f"s.sendto(bytes(4000), ({ours!r}, 9))")
    server.run([sys.executable, "-c", script], check=True)
    got = [f["kind"] for f in capture.frames()]
    tap.equal(got.count("fragment"), 3, f"capture, {name}: fragments are let through", got)


def icmp(router, name, far, narrow, wide, *expected):
    """Errors of a router about our segment; expected: (destination, length, kind, text)."""
    for destination, length, kind, says in expected:
        capture = Capture("c0", destination)
        status, message = send(destination, PORT, 2, length)
        errors = [f for f in capture.frames() if f["kind"] == "icmp"]
        good = status == 0 and len(errors) == 1
        if good:
            f = errors[0]
            good = (f["icmp"] == kind and f["says"] == says and f["src"] == router and
                    f["quoted"] == destination and f["sport"] == "3337" and
                    f["dport"] == str(PORT) and f["seq"] == "1000" and
                    (kind != "too-big" or (int(f["mtu"]), int(f["max"])) == (narrow, wide)))
        tap.ok(good, f"icmp, {name}: {says}", message, errors)


def router():
    """The server forwards to a second cable with a smaller MTU, refuses here, knows no way there."""
    if not server.sysctl("net.ipv4.ip_forward", 1) or \
       not server.sysctl("net.ipv6.conf.all.forwarding", 1):
        tap.skip("icmp: errors of a router", "/proc/sys is read-only here")
        return
    server.ip("link", "add", "r0", "mtu", "1400", "type", "veth", "peer", "name", "r1", "mtu", "1400")
    server.ip("address", "add", "203.0.113.1/28", "dev", "r0")
    server.ip("address", "add", "2001:db8:99::1/64", "dev", "r0", "nodad")
    server.ip("link", "set", "r0", "up")
    server.ip("link", "set", "r1", "up")
    server.ip("neighbour", "add", FAR4, "lladdr", "02:00:00:00:00:99", "dev", "r0")
    server.ip("neighbour", "add", FAR6, "lladdr", "02:00:00:00:00:99", "dev", "r0")
    server.ip("route", "add", "unreachable", "203.0.113.16/28")
    server.ip("route", "add", "prohibit", "203.0.113.32/28")
    server.ip("route", "add", "unreachable", "2001:db8:10::/64")
    server.ip("route", "add", "prohibit", "2001:db8:11::/64")
    for table in ("203.0.113.16/28", "203.0.113.32/28", "2001:db8:10::/64", "2001:db8:11::/64"):
        client.ip("route", "del", table)
    client.ip("route", "add", "default", "via", netlib.SERVER4)
    client.ip("route", "add", "default", "via", netlib.SERVER6)

    icmp(netlib.SERVER4, "IPv4", FAR4, 1400, 1360,
         ("203.0.113.17", 0, "soft", "host unreachable"),
         ("203.0.113.33", 0, "hard", "administratively prohibited"),
         (FAR4, 1460, "too-big", "packet too big, and it must not be fragmented"))
    icmp(netlib.SERVER6, "IPv6", FAR6, 1400, 1340,
         ("2001:db8:10::1", 0, "soft", "no route to destination"),
         ("2001:db8:11::1", 0, "hard", "administratively prohibited"),
         (FAR6, 1440, "too-big", "packet too big"))


def sending_fails():
    status, message = send(netlib.SERVER4, PORT, 16, 1461)
    tap.equal((status, message),
              (8, "tcpshake: cannot send to 198.51.100.2: a packet of 1501 bytes exceeds the "
                  "interface's MTU; choose a smaller --mss"), "craft: longer than the MTU")
    status, message = send(netlib.SERVER6, PORT, 16, 1441)
    tap.ok(status == 8 and "1501 bytes" in message, "craft: longer than the MTU, IPv6", message)
    status, message = send(netlib.SERVER4, PORT, 2, 0, "no-such-if")
    tap.ok(status == 2 and "`ip link` lists" in message, "craft: no such interface", message)
    local = server.ip("-6", "-o", "address", "show", "dev", "s0", "scope", "link").split()[3]
    local = local.split("/")[0]
    capture = Capture("c0", local)
    status, message = send(f"{local}%c0", PORT, 2, 0)
    flags = [f["flags"] for f in capture.frames() if f["kind"] == "tcp"]
    tap.equal((status, flags), (0, ["0x2", "0x14"]), "craft: link-local, out of the right interface",
              message)


def capture_fails():
    done = client.run([PROBE, "capture", "no-such-if", netlib.SERVER4, str(PORT)])
    tap.equal((done.returncode, done.stderr.strip()),
              (2, "tcpshake: cannot capture on no-such-if: No such device; `ip link` lists "
                  "interfaces, -i chooses one"), "capture: no such interface")
    done = client.run([PROBE, "capture", "down0", netlib.SERVER4, str(PORT)])
    tap.ok(done.returncode == 5 and "down0" in done.stderr, "capture: interface down",
           done.returncode, done.stderr)
    for verb in (["capture", "c0", netlib.SERVER4, str(PORT)], ["send", netlib.SERVER4, "80", "2", "0"]):
        done = client.run(netlib.with_capabilities("net_admin") + [PROBE, *verb])
        tap.ok(done.returncode == 6 and "CAP_NET_RAW" in done.stderr and "sudo" in done.stderr and
               "setcap" in done.stderr and "demo" in done.stderr,
               f"{verb[0]}: without CAP_NET_RAW it says what to do", done.returncode, done.stderr)
    client.ip("link", "add", "gone0", "type", "veth", "peer", "name", "gone1")
    client.ip("link", "set", "gone0", "up")
    capture = Capture("gone0", netlib.SERVER4)
    client.ip("link", "del", "gone0")
    _, message = capture.child.communicate(timeout=10)
    tap.ok(capture.child.returncode == 5 and "cannot capture on gone0 any more" in message,
           "capture: the interface goes away", message)


def tun():
    """A device without a link header; what is written to it comes in."""
    if not os.path.exists("/dev/net/tun"):
        tap.skip("capture: tun", "no /dev/net/tun")
        return
    try:
        device = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22x", b"tun0", 0x1001))  # IFF_TUN, IFF_NO_PI
    except OSError as why:
        tap.skip("capture: tun", f"/dev/net/tun: {why}")
        return
    client.ip("address", "add", "192.0.2.129/25", "dev", "tun0")
    client.ip("link", "set", "tun0", "up")
    capture = Capture("tun0", "192.0.2.130")
    send("192.0.2.130", PORT, 2, 100)
    packet = os.read(device, 2000)
    while packet[0] >> 4 != 4:  # IPv6 router solicitations
        packet = os.read(device, 2000)
    frames = [f for f in capture.frames() if f["kind"] == "tcp"]
    tap.equal((capture.ready["link"], [(f["kind"], f["text"], f["sum"]) for f in frames]),
              ("12", [("tcp", "100", "ok")]), "capture: tun, without a link header", frames)
    joined(device)
    os.close(device)


def joined(device):
    """Frames far above the MTU on a device that promises none: whole, each with its own text, between
    others that fit their slot; few at a time, as the kernel queues few."""
    capture = Capture("tun0", "192.0.2.130")
    sizes = [1000, 30000, 65495, 1460, 9000]
    for number, size in enumerate(sizes):
        text = bytes([number]) * size
        tcp = struct.pack("!HHIIBBHHH", PORT, 3337, number, 1, 5 << 4, 16, 1000, 0, 0)
        ends = socket.inet_aton("192.0.2.130") + socket.inet_aton("192.0.2.129")
        total = checksum(ends + struct.pack("!HH", 6, 20 + size) + tcp + text)
        tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + size, 1, 0, 64, 6, 0) + ends
        os.write(device, ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp + text)
    frames = [f for f in capture.frames() if f["kind"] == "tcp" and f["sport"] == str(PORT)]
    tap.equal([(int(f["text"]), f["sum"], f["cut"]) for f in frames],
              [(size, "ok", "0") for size in sizes], "capture: tun, frames above the MTU are whole", frames)


def checksum(data):
    """RFC 1071"""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


routes()
no_routes()
loopback("127.0.0.1", "IPv4")
loopback("::1", "IPv6")
cable(netlib.SERVER4, "IPv4")
cable(netlib.SERVER6, "IPv6")
fragments(netlib.CLIENT4, netlib.SERVER4, "IPv4")
fragments(netlib.CLIENT6, netlib.SERVER6, "IPv6")
router()
sending_fails()
capture_fails()
tun()
tap.done()
