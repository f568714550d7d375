# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain -v`: a segment's anatomy, compared field by field with what tshark makes of the same frame, for each
kind of segment; the JSON has every field of every header, the text the same ones.
"""

import json
import os
import re
import socket
import struct
import subprocess
import xml.etree.ElementTree

import captures
import netlib

if not captures.have("tshark"):
    netlib.skip_all("no tshark(1) to compare with")

tap = netlib.Tap()
folder = netlib.scratch()

ETHERNET, NULL, RAW, SLL, SLL2 = 1, 0, 101, 113, 276
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = (1 << bit for bit in range(9))
CLIENT, SERVER = ("192.0.2.1", "198.51.100.2"), ("2001:db8::1", "2001:db8:0:51::2")


# ---- frames --------------------------------------------------------------------------------------

def folded(data):
    """The sum of RFC 1071, folded."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def addresses(v6):
    ends = SERVER if v6 else CLIENT
    return b"".join(socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, end) for end in ends)


def tcp(flags=ACK, options=b"", text=b"", v6=False, seq=305419896, ack=2596069104, window=501, urgent=0, reserved=0,
        checksum=None):
    """@checksum: "partial", or what is added to the right one."""
    options += b"\0" * (-len(options) % 4)
    words = (20 + len(options)) << 10 | reserved << 9 | flags
    made = struct.pack("!HHIIHHHH", 40000, 80, seq, ack if flags & ACK else 0, words, window, 0, urgent) + options + text
    pseudo = addresses(v6) + struct.pack("!II", len(made), 6)
    right = folded(pseudo) if checksum == "partial" else 0xffff & ~folded(pseudo + made)
    if isinstance(checksum, int):
        right = (right + checksum) & 0xffff
    return made[:16] + struct.pack("!H", right) + made[18:]


def ip4(payload, options=b"", tos=0, ttl=64, length=None, checksum=None):
    header = struct.pack("!BBHHHBBH", 0x45 + len(options) // 4, tos,
                         20 + len(options) + len(payload) if length is None else length, 0x1c46, 0x4000, ttl, 6, 0)
    header += addresses(False) + options
    right = 0xffff & ~folded(header) if checksum is None else checksum
    return header[:10] + struct.pack("!H", right) + header[12:] + payload


def ip6(payload, following=6, tclass=0):
    return struct.pack("!IHBB", 6 << 28 | tclass << 20 | 0xabcde, len(payload), following, 57) + addresses(True) + payload


def ethernet(packet, tags=()):
    kind = 0x86dd if packet[0] >> 4 == 6 else 0x0800
    link = bytes.fromhex("020000000001020000000002")
    return link + b"".join(struct.pack("!HH", *tag) for tag in tags) + struct.pack("!H", kind) + packet


TS = bytes.fromhex("080a 00000065 000000c8")
SYN_OPTIONS = bytes.fromhex("020405b4 0402") + TS + bytes.fromhex("01 030307")
ROUTED = bytes.fromhex("06 02 02 00 00000000") + socket.inet_pton(socket.AF_INET6, "2001:db8::7")
EXTENDED = (bytes.fromhex("3c00 0502 0000 0100") + bytes.fromhex("2b00 0104 00000000") + b"\x2c" + ROUTED[1:] +
            bytes.fromhex("06 00 0000 12345678"))
KINDS = {
    "SYN with options": (ETHERNET, ethernet(ip4(tcp(SYN, SYN_OPTIONS, window=64240)))),
    "SYN,ACK": (ETHERNET, ethernet(ip4(tcp(SYN | ACK, SYN_OPTIONS, window=65160)))),
    "ACK": (ETHERNET, ethernet(ip4(tcp())) + b"\0" * 6),
    "data": (ETHERNET, ethernet(ip4(tcp(PSH | ACK, text=b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")))),
    "FIN": (ETHERNET, ethernet(ip4(tcp(FIN | ACK)))),
    "RST": (ETHERNET, ethernet(ip4(tcp(RST, window=0)))),
    "SACK, two blocks": (ETHERNET, ethernet(ip4(tcp(ACK, bytes.fromhex(
        "0101 0512 9abce000 9abce100 9abcf000 9abcf100"))))),
    "timestamps": (ETHERNET, ethernet(ip4(tcp(ACK, b"\1\1" + TS, b"hello")))),
    "urgent": (ETHERNET, ethernet(ip4(tcp(PSH | ACK | URG, text=b"stop!", urgent=5)))),
    "ECN flags": (ETHERNET, ethernet(ip4(tcp(SYN | ECE | CWR | AE, SYN_OPTIONS), tos=2))),
    "congestion met": (ETHERNET, ethernet(ip4(tcp(ACK | ECE, reserved=3), tos=0xbb))),
    "VLAN": (ETHERNET, ethernet(ip4(tcp(SYN)), [(0x8100, 0x6005)])),
    "two VLAN tags": (ETHERNET, ethernet(ip6(tcp(SYN, v6=True)), [(0x88a8, 0x1064), (0x8100, 0xe005)])),
    "SLL": (SLL, bytes.fromhex("0004 0001 0006 0200000000020000 0800") + ip4(tcp(PSH | ACK, text=b"hello"))),
    "SLL2": (SLL2, bytes.fromhex("86dd 0000 00000003 0001 04 06 0200000000020000") + ip6(tcp(SYN, v6=True))),
    "BSD loopback": (NULL, bytes.fromhex("02000000") + ip4(tcp(SYN))),
    "raw IPv4": (RAW, ip4(tcp(SYN))),
    "IPv6": (ETHERNET, ethernet(ip6(tcp(PSH | ACK, text=b"hello", v6=True), tclass=0x28))),
    "IPv6 with extension headers": (ETHERNET, ethernet(ip6(EXTENDED + tcp(SYN, v6=True), 0))),
    "IPv4 options": (ETHERNET, ethernet(ip4(tcp(SYN), bytes.fromhex("94040000 0707 04 c00002fe 01")))),
    "zero window": (ETHERNET, ethernet(ip4(tcp(window=0)))),
    "keep-alive": (ETHERNET, ethernet(ip4(tcp(seq=305419895, text=b"\0")))),
    "wrong checksum": (ETHERNET, ethernet(ip4(tcp(PSH | ACK, text=b"damaged", checksum=0x0400)))),
    "partial checksum": (ETHERNET, ethernet(ip4(tcp(PSH | ACK, text=b"offload", checksum="partial")))),
    "wrong IPv4 checksum": (ETHERNET, ethernet(ip4(tcp(), checksum=0xbeef))),
    "larger than the MTU": (ETHERNET, ethernet(ip4(tcp(PSH | ACK, text=bytes(range(256)) * 200)))),
    "unknown option": (ETHERNET, ethernet(ip4(tcp(ACK, bytes.fromhex("4d06 01020304 0101"))))),
    "Fast Open, user timeout": (ETHERNET, ethernet(ip4(tcp(SYN, bytes.fromhex("220a 0102030405060708 1c04 8005"))))),
    "end of options": (ETHERNET, ethernet(ip4(tcp(SYN, bytes.fromhex("020405b4 00"))))),
}


# ---- two readings --------------------------------------------------------------------------------

def write(name, link, frame):
    path = os.path.join(folder, re.sub(r"\W+", "-", name) + ".pcap")
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 1 << 18, link))
        out.write(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame)
    return path


def explain(*arguments):
    done = subprocess.run([netlib.program(), "explain", "-v", *arguments], capture_output=True, text=True, timeout=60,
                          check=False)
    return done.stdout if done.returncode == 0 else ""


def layers(path):
    """Our reading: the headers of the one frame."""
    lines = [json.loads(line) for line in explain("--json", path).splitlines()]
    steps = [line for line in lines if line["type"] == "step"]
    return steps[0]["layers"] if len(steps) == 1 else []


def tshark_fields(path):
    """tshark's: {name: [field, ...]}, in their order in the frame. A field of a bit is its place in PDML."""
    done = captures.tshark(path, "-T", "pdml", "-o", "ip.check_checksum:TRUE", "-o", "tcp.relative_sequence_numbers:FALSE",
                           "-o", "ip.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE")
    found = {}
    for field in xml.etree.ElementTree.fromstring(done.stdout).iter("field"):
        found.setdefault(field.get("name"), []).append(field.attrib)
    return found


def number(show):
    """What PDML shows, as a number: "0x0800", "True"."""
    if show in ("True", "False"):
        return int(show == "True")
    return int(show, 0)


# Each field of ours: tshark's names for it (of several the first that it has), and what its number is multiplied by.
IP6_NEXT = {"hop_by_hop": "ipv6.hopopts", "destination": "ipv6.dstopts", "routing": "ipv6.routing"}
SLL_FIELDS = {"packet_type": "sll.pkttype", "arphrd": "sll.hatype", "addr_len": "sll.halen", "address": "sll.src.eth",
              "ethertype": "sll.etype", "ifindex": "sll.ifindex", "reserved": None}
SAME = {
    "ethernet": {"eth_dst": "eth.dst", "eth_src": "eth.src", "ethertype": "eth.type"},
    "vlan": {"pcp": "vlan.priority ieee8021ad.priority", "dei": "vlan.dei ieee8021ad.dei",
             "vlan": "vlan.id ieee8021ad.id", "ethertype": "vlan.etype ieee8021ad.etype ieee8021ah.etype"},
    "sll": SLL_FIELDS, "sll2": SLL_FIELDS, "loopback": {"family": "null.family"},
    "ipv4": {"version": "ip.version", "ihl": "ip.hdr_len", "dscp": "ip.dsfield.dscp", "ecn": "ip.dsfield.ecn",
             "total_len": "ip.len", "id": "ip.id", "rf": "ip.flags.rb", "df": "ip.flags.df", "mf": "ip.flags.mf",
             "fragment": "ip.frag_offset", "ttl": "ip.ttl", "protocol": "ip.proto", "checksum": "ip.checksum",
             "src": "ip.src", "dst": "ip.dst"},
    "ipv6": {"version": "ipv6.version", "dscp": "ipv6.tclass.dscp", "ecn": "ipv6.tclass.ecn", "flow_label": "ipv6.flow",
             "payload_len": "ipv6.plen", "next_header": "ipv6.nxt", "ttl": "ipv6.hlim", "src": "ipv6.src",
             "dst": "ipv6.dst"},
    **{name: {"next_header": f"{theirs}.nxt", "ext_len": f"{theirs}.len", "type": f"{theirs}.type",
              "segs_left": f"{theirs}.segleft"} for name, theirs in IP6_NEXT.items()},
    "fragment": {"next_header": "ipv6.fraghdr.nxt", "reserved": "ipv6.fraghdr.reserved_octet",
                 "fragment": "ipv6.fraghdr.offset", "res": "ipv6.fraghdr.reserved_bits", "mf": "ipv6.fraghdr.more",
                 "fragment_id": "ipv6.fraghdr.ident"},
    "tcp": {"sport": "tcp.srcport", "dport": "tcp.dstport", "seq": "tcp.seq_raw tcp.seq", "ack": "tcp.ack_raw tcp.ack",
            "offset": "tcp.hdr_len", "reserved": "tcp.flags", "flag_ae": "tcp.flags.ae tcp.flags.ns",
            "flag_cwr": "tcp.flags.cwr", "flag_ece": "tcp.flags.ece tcp.flags.ecn", "flag_urg": "tcp.flags.urg",
            "flag_ack": "tcp.flags.ack", "flag_psh": "tcp.flags.push", "flag_rst": "tcp.flags.reset",
            "flag_syn": "tcp.flags.syn", "flag_fin": "tcp.flags.fin", "win": "tcp.window_size_value",
            "checksum": "tcp.checksum", "urg": "tcp.urgent_pointer"},
}
TIMES = {"ihl": 4, "offset": 4}  # words; tshark tells bytes


# ---- the comparison ------------------------------------------------------------------------------

def differs(layer, field, theirs):
    """One field that both have: what is not the same, or None."""
    if "value" not in field or field["text"] != str(field["value"]) and not field["text"].startswith("0x"):
        # Addresses; the eight bytes of SLL hold an address of six.
        if not field["text"].startswith(theirs["show"]):
            return f"{field['text']}, not {theirs['show']}"
    elif layer["name"] == "loopback":  # in the order of bytes of who captured
        if field["value"] != int(theirs["value"], 16):
            return f"{field['text']}, not {theirs['value']}"
    elif layer["name"] == "tcp" and field["name"] == "reserved":  # tshark shows of the three whether any is set
        if field["value"] != number(theirs["show"]) >> 9:
            return f"{field['text']}, not those of {theirs['show']}"
    elif field["value"] * TIMES.get(field["name"], 1) != number(theirs["show"]):
        return f"{field['text']}, not {theirs['show']}"
    if field["bit"] % 8 == 0 and field["bits"] % 8 == 0 and layer["at"] + field["bit"] // 8 != int(theirs["pos"]):
        return f"at {layer['at'] + field['bit'] // 8}, not {theirs['pos']}"
    return None


def find(theirs, names, begin, end):
    """Their field within a header's bytes."""
    for name in names.split():
        for field in theirs.get(name, []):
            if begin <= int(field["pos"]) < end:
                return field
    return None


def compare_fields(layer, theirs):
    """(fields that were compared, the differences)"""
    wrong, count = [], 0
    for field in layer["fields"]:
        names = SAME[layer["name"]].get(field["name"], "?")
        if names is None:
            continue
        # tshark takes a VLAN tag's type for the end of the header before, and the tag for what follows.
        found = find(theirs, names, layer["at"], layer["at"] + layer["len"])
        count += 1
        difference = differs(layer, field, found) if found else f"tshark has no {names}"
        if difference:
            wrong.append(f"{layer['name']}.{field['name']}: {difference}")
    return count, wrong


OPTION_KINDS = {"tcp": "tcp.option_kind", "ipv4": "ip.opt.type", "hop_by_hop": "ipv6.opt.type",
                "destination": "ipv6.opt.type"}
OPTION_VALUES = {2: ("tcp.options.mss_val",), 3: ("tcp.options.wscale.shift",),
                 8: ("tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr")}


def compare_options(layer, theirs):
    begin, end = layer["at"], layer["at"] + layer["len"]
    wrong = []
    kinds = [int(field["value"], 16) for field in theirs.get(OPTION_KINDS[layer["name"]], [])
             if begin <= int(field["pos"]) < end]
    if layer["name"] in ("tcp", "ipv4") and 0 in kinds:
        del kinds[kinds.index(0) + 1:]  # behind the end tshark takes each byte of padding for one more
    if [option["kind"] for option in layer["options"]] != kinds:
        wrong.append(f"{layer['name']}: options {[option['kind'] for option in layer['options']]}, not {kinds}")
    for option in layer["options"] if layer["name"] == "tcp" else []:
        at = begin + option["at"]
        values = [find(theirs, name, at, at + option["len"]) for name in OPTION_VALUES.get(option["kind"], ())]
        if values and (None in values or option["text"] != " ".join(field["show"] for field in values)):
            wrong.append(f"option {option['kind']}: {option['text']}, not {values}")
    return wrong


def compare_sum(layer, theirs):
    """tshark's status: 0 bad, 1 good. A partial one is bad to some versions: that it is the folded sum of the
    pseudo-header is checked here."""
    name = {"tcp": "tcp", "ipv4": "ip"}[layer["name"]]
    made = layer["sum"]
    status = number(theirs[f"{name}.checksum.status"][0]["show"])
    calculated = theirs.get(f"{name}.checksum_calculated")
    partial = name == "tcp" and made["field"] == (made["pseudo"] & 0xffff) + (made["pseudo"] >> 16)
    wrong = []
    if made["verdict"] != ("partial" if partial else "ok" if status == 1 else "bad"):
        wrong.append(f"{name}.checksum: {made['verdict']}, tshark's status is {status}, partial: {partial}")
    if calculated and made["complement"] != number(calculated[0]["show"]):
        wrong.append(f"{name}.checksum: 0x{made['complement']:04x} ought to be, not {calculated[0]['show']}")
    if made["total"] != made.get("pseudo", 0) + made["header"] + made["data"]:
        wrong.append(f"{name}.checksum: its parts are not the total")
    return wrong


def missing_rows(layer, text):
    """Fields that the text does not have as a row; flags that are not set have none."""
    return [f"{layer['name']}.{field['name']}: no row with {field['text']}" for field in layer["fields"]
            if (field["bits"] > 1 or field["value"]) and
            not re.search(rf"^ +{field['name']} .* {field['bits']} bits? +{re.escape(field['text'])}( |$)", text, re.M)]


fields = 0
for kind, (link, frame) in KINDS.items():
    path = write(kind, link, frame)
    ours, theirs, text = layers(path), tshark_fields(path), explain(path)
    wrong = [] if ours and ours[-1]["name"] == "tcp" else ["explain does not get to the TCP header"]
    for layer in ours:
        count, differences = compare_fields(layer, theirs)
        fields += count
        wrong += differences + missing_rows(layer, text)
        if "options" in layer:
            wrong += compare_options(layer, theirs)
        if "sum" in layer:
            wrong += compare_sum(layer, theirs)
        elif layer["name"] in ("tcp", "ipv4"):
            wrong.append(f"{layer['name']}: no sum")
    tap.ok(not wrong, f"{kind}: every field agrees with tshark's", *wrong)
tap.ok(len(KINDS) >= 20 and fields > 25 * len(KINDS), f"{len(KINDS)} kinds, {fields} fields were compared")
tap.done()
