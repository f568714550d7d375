# SPDX-License-Identifier: GPL-3.0-or-later
"""explaining - what tshark says of each segment of a connection, and what `explain --json` says of it."""

import captures

BITS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128, "AE": 256}


def numbers_of(path, stream):
    """(source, port, seq, ack, length, flags) of each segment of a connection, as tshark counts."""
    fields = ("ip.src", "ipv6.src", "tcp.srcport", "tcp.seq", "tcp.ack", "tcp.len", "tcp.flags")
    rows = captures.packets(path, *fields, only=f"tcp.stream == {stream} && !icmp && !icmpv6")
    return [(row["ip.src"] or row["ipv6.src"], int(row["tcp.srcport"]), int(row["tcp.seq"]), int(row["tcp.ack"] or 0),
             int(row["tcp.len"]), int(row["tcp.flags"], 16)) for row in rows]


def steps_of(done):
    """The same, as explain says it. An end that only refused has no initial number: tshark then counts from 1."""
    connection = done.of_type("connection")[0]
    ends = {end: (connection[end], connection[f"{end}_port"]) for end in ("client", "server")}
    return [(*ends[step["from"]], step.get("seq", 1), step.get("ack", 0), step["text_len"],
             sum(BITS[flag] for flag in step["flags"].split(","))) for step in done.steps]


def first_difference(ours, theirs):
    """For the words of a failure."""
    return next(((a, b) for a, b in zip(ours, theirs) if a != b), (len(ours), len(theirs)))
