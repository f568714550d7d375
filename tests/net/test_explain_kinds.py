# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain` over captures of each kind: programs, link types, a bad wire. Each connection's segments, relative
numbers and flags are tshark's, field by field. Then the same frames as text; and what is missing is said.
"""

import base64
import os
import shutil
import struct
import subprocess

import netlib

netlib.enter()

import badwire  # noqa: E402
import captures  # noqa: E402
import explaining  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

USAGE, APP = 2, 8
SSH_PORT = 8022
GAP = "bytes before these were not seen"

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 700)
site.add("large", 200000)


def path_of(name):
    return os.path.join(folder, name)


def write(name, content):
    with open(path_of(name), "wb") as file:
        file.write(content)
    return path_of(name)


def explain(*arguments, **options):
    return shake.run(pair.client, "explain", *arguments, **options)


def capture(*commands, **how):
    with captures.Capture(pair.client, how.pop("interface", "c0"), **how) as heard:
        for command in commands:
            pair.client.run(command, text=False)
    return heard.path


def frames_of(path):
    """(link type, frames) of a pcap of this machine's byte order."""
    data = open(path, "rb").read()
    frames, at = [], 24
    while at < len(data):
        size = struct.unpack_from("=I", data, at + 8)[0]
        frames.append(data[at + 16:at + 16 + size])
        at += 16 + size
    return struct.unpack_from("=I", data, 20)[0], frames


def pcap_of(name, link, frames):
    out = struct.pack("=IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)
    for number, frame in enumerate(frames):
        out += struct.pack("=IIII", 1000 + number // 1000, number % 1000 * 1000, len(frame), len(frame)) + frame
    return write(name, out)


def check_agrees(name, path, at_least=1):
    """All connections of a capture."""
    streams = [int(row["tcp.stream"]) for row in captures.packets(path, "tcp.stream", only="tcp && !icmp && !icmpv6")]
    count = max(streams, default=-1) + 1
    listed = explain("--list", "--json", path)
    tap.ok(listed.status == 0 and len(listed.of_type("connection")) == count >= at_least,
           f"{name}: {count} connections are listed", listed)
    for number in range(1, count + 1):
        done = explain("--json", "--flow", str(number), path)
        ours, theirs = explaining.steps_of(done), explaining.numbers_of(path, number - 1)
        tap.ok(done.status == 0 and ours == theirs, f"{name}: connection {number}, {len(theirs)} segments as tshark "
               "has them", explaining.first_difference(ours, theirs))


def check_programs(port):
    bases = [f"http://{shake.host(address)}:{port}" for address in (netlib.SERVER4, netlib.SERVER6)]
    for name, start in (("curl", ["curl", "-s", "-o", "/dev/null"]), ("wget", ["wget", "-q", "-O", "/dev/null"])):
        if not captures.have(name):
            tap.skip(f"{name} and nginx", f"no {name}(1)")
            continue
        path = capture(*([*start, f"{base}/{body}"] for base in bases for body in ("index.html", "large")))
        check_agrees(f"{name} and nginx, IPv4 and IPv6", path, 4)


def check_ssh():
    if not all(captures.have(tool) for tool in ("sshd", "ssh", "ssh-keygen")):
        tap.skip("ssh", "no ssh or sshd")
        return
    key = path_of("host_key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True, stdin=subprocess.DEVNULL)
    # It wants a folder that is made when a system boots.
    ready = "mount -t tmpfs run /run && mkdir -m 755 /run/sshd && exec \"$@\""
    sshd = pair.server.popen(["unshare", "--mount", "sh", "-c", ready, "sh",
                              shutil.which("sshd"), "-D", "-e", "-f", "/dev/null", "-h", key, "-p", str(SSH_PORT)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        pair.server.wait_for_listen(SSH_PORT)
    except (TimeoutError, RuntimeError):
        sshd.kill()
        tap.skip("ssh", f"sshd does not start here: {sshd.communicate()[1][-200:]}")
        return
    words = ["ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=/dev/null", "-p", str(SSH_PORT), netlib.SERVER4, "true"]
    check_agrees("ssh", capture(words))  # whether it lets us in does not matter


def check_link_types(port):
    url = f"http://{netlib.SERVER4}:{port}/large"
    get = ["curl", "-s", "-o", "/dev/null", url]
    for name in ("LINUX_SLL", "LINUX_SLL2"):
        try:
            path = capture(get, interface="any", link=name)
        except RuntimeError:
            tap.skip(name, "dumpcap does not capture it here")
            continue
        tap.equal(frames_of(path)[0], {"LINUX_SLL": 113, "LINUX_SLL2": 276}[name], f"{name} was captured")
        check_agrees(name, path)
    link, frames = frames_of(capture(get))
    for name, tag in (("VLAN", b"\x81\0\0\5"), ("VLAN in VLAN", b"\x88\xa8\0\7\x81\0\0\5")):
        check_agrees(name, pcap_of("vlan.pcap", link, [frame[:12] + tag + frame[12:] for frame in frames]))
    check_agrees("raw IP", pcap_of("raw.pcap", 101, [frame[14:] for frame in frames if frame[12:14] == b"\x08\0"]))
    return frames


def check_bad_wire():
    client, server = netlib.Namespace(), netlib.Namespace()
    with badwire.BadWire(client=client, server=server, delay="5ms", loss="5%", duplicate="3%", jitter="3ms",
                         seed=5) as wire:
        port = webservers.start("nginx", server, site.path)
        with captures.Capture(wire.client, "c0") as heard:
            wire.client.run(["curl", "-s", "-o", "/dev/null", f"http://{netlib.SERVER4}:{port}/large"], check=True)
    check_agrees("a bad wire", heard.path)
    done = explain("--json", heard.path)
    tap.ok(any(step.get("times_sent", 1) > 1 for step in done.steps), "a bad wire: what was sent again is said", done)


def dumps_of(path, frames):
    """The same frames in each form, by the programs that write them."""
    def by(command, data):
        return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout

    forms = {"base64": b"".join(base64.encodebytes(frame) + b"\n" for frame in frames),
             "base64, a frame a line": b"".join(base64.b64encode(frame) + b"\n" for frame in frames),
             "digits, a frame a line": b"".join(frame.hex().encode() + b"\n" for frame in frames)}
    for command in ("xxd", "xxd -p", "hexdump -C", "hexdump", "od -A d -t x1", "od -t x1z", "od -A x -x"):
        if captures.have(command.split()[0]):
            forms[command] = b"".join(by(command.split(), frame) + b"\n" for frame in frames)
    for option in ("-x", "-X", "-xx", "-XX"):
        if captures.have("tcpdump"):
            # Of root it would become another user, whom the namespace does not have; of nobody it does not.
            forms[f"tcpdump {option}"] = by(["unshare", "--user", "tcpdump", "-n", option, "-r", path], b"")
    forms["tshark -x"] = captures.tshark(path, "-x").stdout.encode()
    return forms


def check_text(frames):
    """A handful of frames, as text: the same segments. tcpdump -x leaves Ethernet's padding out."""
    frames = [frame for frame in frames if frame[12:14] == b"\x08\0" and frame[23] == 6]
    frames = frames[:6] + frames[-4:]
    path = pcap_of("few.pcap", 1, frames)
    whole = explain("--json", path)
    want = explaining.steps_of(whole)
    tap.ok(whole.status == 0 and len(want) == 10, "ten frames of a connection", whole)
    for name, text in dumps_of(path, frames).items():
        with open(write("dump.txt", text), "rb") as file:
            done = explain("--json", "-", stdin=file)
        ours = explaining.steps_of(done) if done.status == 0 else []
        tap.ok(done.status == 0 and ours == want, f"{name}: the same segments", done,
               explaining.first_difference(ours, want))
    reader = pair.client.popen(["cat", path_of("dump.txt")], stdout=subprocess.PIPE)
    done = explain("--flow", "1", "-", stdin=reader.stdout)
    tap.ok(done.status == 0 and "no times" in done.out, "text out of a pipe; it has no times: said", done)
    raw = "\n".join(frame[14:].hex() for frame in frames)
    done = explain("--json", "--hex", "--link", "ip", write("raw.txt", raw.encode()))
    tap.ok(done.status == 0 and explaining.steps_of(done) == want, "--hex, --link ip", done)
    for name, words, text, said in (
            ("a digit that is none", ["--hex"], b"45 00\n45 0g\n", "line 2"),
            ("an offset that does not follow", [], b"0000  45 00 00 2c\n0030  00 00\n", "line 2"),
            ("base64 that is none", ["--base64"], b"RQAA\n????\n", "line 2"),
            ("bytes that are nothing", ["--hex"], b"01020304\n", "--link"),
            ("no bytes", ["--hex"], b"\n\n", "no bytes")):
        done = explain(*words, write("bad.txt", text))
        tap.ok(done.status == APP and done.error_like(said), f"{name}: exit 8, and where", done)
    tap.equal(explain("--link", "token-ring", path).status, USAGE, "an unknown link type: exit 2")


def check_missing(frames):
    """A beginning that was not captured, frames that were lost on the way to the file, and what is no TCP."""
    frames = [frame for frame in frames if frame[12:14] == b"\x08\0" and frame[23] == 6]
    done = explain(pcap_of("middle.pcap", 1, frames[8:]))
    tap.ok(done.status == 0 and "begins in the middle" in done.out, "the beginning is missing: said", done)
    listed = explain("--list", pcap_of("middle.pcap", 1, frames[8:]))
    tap.ok("begins in the middle" in listed.out, "... in the list too", listed)
    text = [number for number, frame in enumerate(frames) if len(frame) > 1000]
    without = [frame for number, frame in enumerate(frames) if number != text[2]]
    whole_path = pcap_of("all.pcap", 1, frames)
    whole, done = explain("--json", whole_path), explain(pcap_of("gap.pcap", 1, without))
    tap.ok(whole.status == 0 and done.status == 0 and GAP in done.out and GAP not in explain(whole_path).out,
           "a segment that the capture lost: said", done)
    arp = b"\xff" * 6 + b"\2" * 6 + b"\x08\x06" + bytes(46)
    udp = frames[0][:23] + b"\x11" + frames[0][24:]
    fragment = frames[0][:20] + b"\x20\0" + frames[0][22:]
    done = explain(pcap_of("mixed.pcap", 1, [arp, *frames[:5], udp, *frames[5:], udp, fragment, frames[0][:30]]))
    tap.ok(done.status == 0 and "2 packets of other protocols" in done.out and "1 frame that is not IP" in done.out and
           "1 IP fragment" in done.out and "1 packet cut inside a header" in done.out,
           "other protocols in between are counted", done)


def sum_of(data):
    """The Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", total ^ 0xffff)


def segment(back, port, seq, ack, flags):
    """A raw IPv4 packet between 192.0.2.1, @port, and 192.0.2.2, port 80; or @back."""
    ends = (b"\xc0\0\2\2", b"\xc0\0\2\1") if back else (b"\xc0\0\2\1", b"\xc0\0\2\2")
    ports = (80, port) if back else (port, 80)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, *ends)
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack, 0x50, flags, 1000, 0, 0)
    return (ip[:10] + sum_of(ip) + ip[12:] +
            tcp[:16] + sum_of(ip[12:20] + b"\0\6\0\x14" + tcp) + tcp[18:])


def check_many():
    """More connections than are followed at once: each is listed, and told by its number."""
    many = []
    for number in range(9000):
        many += [segment(False, 1024 + number, 7, 0, 2), segment(True, 1024 + number, 0, 8, 0x14)]
    path = pcap_of("many.pcap", 101, many)
    done = explain("--list", path)
    numbers = [int(line.split()[0]) for line in done.out.splitlines()[1:]]
    tap.ok(done.status == 0 and sorted(numbers) == list(range(1, 9001)), "9000 connections, each reset: all are listed",
           done)
    for number in (1, 8999):
        told = explain("--json", "--flow", str(number), path)
        tap.ok(told.status == 0 and len(told.steps) == 2 and told.summary and
               told.of_type("connection")[0]["client_port"] == 1023 + number, f"number {number} is told", told)
    done = explain("-q", "--report", path_of("last.html"), "--flow", "8999", path)
    tap.ok(done.status == 0 and "10022" in open(path_of("last.html"), encoding="utf-8").read(),
           "a report of one far behind", done)


why_not = captures.missing_tool()
if why_not or not captures.have("curl") or not captures.have("nginx"):
    netlib.skip_all(why_not or "no curl(1) or nginx(8)")
PORT = webservers.start("nginx", pair.server, site.path)
check_programs(PORT)
check_ssh()
FRAMES = check_link_types(PORT)
check_bad_wire()
check_text(FRAMES)
check_missing(FRAMES)
check_many()
tap.done()
