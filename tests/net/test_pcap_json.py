# SPDX-License-Identifier: GPL-3.0-or-later
"""What -w and --json say of one run agrees, line by line, with tshark's reading of the capture file.

The file: nanosecond pcap, both directions, read by tshark and capinfos without complaint, handshake,
GET, response and close in it. The lines: each an object with the fields of the manual, the numbers
those of the segments.
"""

import os
import struct
import subprocess

import netlib

netlib.enter()

import captures  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

if captures.missing_tool():
    netlib.skip_all(captures.missing_tool())

NANOSECOND_MAGIC = 0xa1b23c4d
FLAG_BITS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}
HARMLESS = 'Running as user "root"'  # what tshark says of that, and nothing else
# A field of a step, and tshark's.
SAME = {"seq": "tcp.seq", "ack": "tcp.ack", "seq_absolute": "tcp.seq_raw", "ack_absolute": "tcp.ack_raw",
        "text_len": "tcp.len", "window": "tcp.window_size", "window_field": "tcp.window_size_value",
        "header_len": "tcp.hdr_len"}
FIELDS = (*SAME.values(), "tcp.flags", "tcp.srcport", "frame.time_epoch", "tcp.checksum",
          "tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.timestamp.tsval",
          "tcp.options.timestamp.tsecr", "tcp.option_kind")
TYPES = {"connection", "step", "event", "summary"}

tap = netlib.Tap()
pair = netlib.Pair()
site = webservers.Site()
for body_name, body_size in (("one", 1), ("mebi", 1 << 20)):
    site.add(body_name, body_size)
folder = netlib.scratch()


def option(step, kind, key):
    """A value of one option of a step, as tshark prints it; "" without it."""
    return next((str(o[key]) for o in step["options"] if o["kind"] == kind), "")


def difference(step, packet, client_port):
    """What step and packet do not agree on, in words; "" when they agree."""
    said = {tshark: str(step[ours]) for ours, tshark in SAME.items() if ours in step}
    if "ack" not in step:
        said["tcp.ack"] = said["tcp.ack_raw"] = "0"
    said["tcp.flags"] = f"0x{sum(FLAG_BITS[flag] for flag in step['flags'].split(',')):04x}"
    said["tcp.srcport"] = packet["tcp.srcport"]
    if (packet["tcp.srcport"] == str(client_port)) != (step["from"] == "client"):
        said["tcp.srcport"] = step["from"]
    said["tcp.checksum"] = f"0x{step['checksum_field']:04x}"
    said["frame.time_epoch"] = f"{step['stamp_ns'] // 10**9}.{step['stamp_ns'] % 10**9:09d}"
    said["tcp.options.mss_val"] = option(step, 2, "mss")
    said["tcp.options.wscale.shift"] = option(step, 3, "shift")
    said["tcp.options.timestamp.tsval"] = option(step, 8, "val")
    said["tcp.options.timestamp.tsecr"] = option(step, 8, "ecr")
    said["tcp.option_kind"] = ",".join(str(o["kind"]) for o in step["options"])
    return "; ".join(f"step {step['number']}: {key} is {value} in the JSON, {packet[key]} to tshark"
                     for key, value in said.items() if packet[key] != value)


def check_lines(title, done):
    """Every line is an object of a known type; the first one says which schema."""
    lines = done.lines
    tap.ok(lines and {line["type"] for line in lines} <= TYPES and lines[0].get("schema") == 1 and
           lines[0]["type"] == "connection" and lines[-1]["type"] == "summary" and
           not any("schema" in line for line in lines[1:]), f"{title}: JSON lines, with their schema", done)
    steps = done.steps
    tap.equal([step["number"] for step in steps], list(range(1, len(steps) + 1)),
              f"{title}: the steps are numbered")
    judged = [e["verdict"] for step in steps for e in step["equations"]]
    tap.ok(judged and not set(judged) & {"wrong", "unknown"}, f"{title}: no equation is wrong", judged)


def check_file(title, path):
    """It is what it should be, to its own header, to tshark and to capinfos."""
    with open(path, "rb") as file:
        magic = struct.unpack("=I", file.read(4))[0]
    tap.equal(magic, NANOSECOND_MAGIC, f"{title}: a nanosecond pcap")
    read = captures.tshark(path)
    complaints = [line for line in read.stderr.splitlines() if not line.startswith(HARMLESS)]
    tap.ok(read.returncode == 0 and not complaints, f"{title}: tshark reads it without complaint",
           *complaints)
    if captures.have("capinfos"):
        info = subprocess.run(["capinfos", path], capture_output=True, text=True, check=False)
        tap.ok(info.returncode == 0, f"{title}: so does capinfos", info.stderr)
    texts = {"handshake": "[SYN, ACK]", "request": " GET /", "response": "HTTP/1.1 200", "close": "[FIN"}
    missing = [name for name, text in texts.items()
               if text not in read.stdout.replace("HTTP/1.0 200", "HTTP/1.1 200")]
    tap.equal(missing, [], f"{title}: tshark shows handshake, GET, response and close",
              read.stdout[-3000:])


def check_agreement(title, done, packets):
    """Step n is packet n, in all of its numbers."""
    steps = done.steps
    if not tap.equal(len(packets), len(steps), f"{title}: as many packets as steps"):
        return
    port = done.of_type("connection")[0]["client_port"]
    differences = [d for d in (difference(s, p, port) for s, p in zip(steps, packets)) if d]
    tap.ok(not differences, f"{title}: the numbers of {len(steps)} steps are those of tshark",
           f"{len(differences)} steps differ", *differences[:10])


def check_totals(title, done):
    """The summary adds up what the steps say."""
    steps, summary = done.steps, done.summary
    sent = {end: [s for s in steps if s["from"] == end] for end in ("client", "server")}
    expected = {
        "segments": {end: len(sent[end]) for end in sent},
        "isn": {end: sent[end][0]["seq_absolute"] for end in sent},
        "state": steps[-1]["state"],
        "total_ns": steps[-1]["stamp_ns"] - steps[0]["stamp_ns"],
    }
    tap.equal({key: summary[key] for key in expected}, expected, f"{title}: the summary adds up")


def check_run(title, url, *arguments):
    path = os.path.join(folder, "run.pcap")
    done = shake.run(pair.client, "get", "--json", "-w", path, *arguments, url)
    if not tap.ok(done.status == 0 and not done.err, title, done):
        return
    check_lines(title, done)
    check_file(title, path)
    check_agreement(title, done, captures.packets(path, *FIELDS))
    check_totals(title, done)


def check_stdout():
    """-w -: the file on stdout, the narration on stderr."""
    done = shake.run(pair.client, "get", "-w", "-",
                     shake.url(netlib.SERVER4, webservers.PORTS[server], "one"))
    path = os.path.join(folder, "stdout.pcap")
    with open(path, "wb") as file:
        file.write(done.out_bytes)
    check_file("-w -", path)
    tap.ok(done.status == 0 and "three-way handshake" in done.err, "-w -: the narration on stderr", done.err)


def check_several():
    """Two connections in one file."""
    path = os.path.join(folder, "two.pcap")
    done = shake.run(pair.client, "get", "--json", "-w", path, *(
        shake.url(address, webservers.PORTS[server], "one") for address in (netlib.SERVER4, netlib.SERVER6)))
    streams = captures.packets(path, "tcp.stream", "tcp.seq", "tcp.len")
    tap.equal([[str(s["connection"] - 1), str(s["seq"]), str(s["text_len"])] for s in done.steps],
              [list(packet.values()) for packet in streams], "two connections in one file", done)


server = next(name for name in webservers.ORDERLY if webservers.available(name))
for end in (pair.client, pair.server):
    webservers.start(server, end, site.path)
for place, address in (("veth, IPv4", netlib.SERVER4), ("veth, IPv6", netlib.SERVER6),
                       ("loopback, IPv4", "127.0.0.1"), ("loopback, IPv6", "::1")):
    check_run(f"{place}, 1 MiB", shake.url(address, webservers.PORTS[server], "mebi"))
check_run("wrapped numbers", shake.url(netlib.SERVER4, webservers.PORTS[server], "one"),
          "--isn", "4294967290", "--no-timestamps", "--wscale", "0")
check_stdout()
check_several()
tap.done()
