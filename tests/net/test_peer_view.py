# SPDX-License-Identifier: GPL-3.0-or-later
"""What the other side of the cable sees of us: heard in the server's namespace, judged by tshark.

Clean transfers: no RST, no bad checksum of ours, nothing sent again, nothing that tshark's analysis
finds odd; the SYN as documented, with each option that changes it; the ten steps; both ends closed
afterwards; the firewall's rules and the interfaces as before.
"""

import os
import signal

import netlib

netlib.enter()

import captures  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

if captures.missing_tool():
    netlib.skip_all(captures.missing_tool())

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
FIELDS = ("frame.number", "frame.time_relative", "tcp.stream", "ip.src", "ipv6.src", "tcp.srcport",
          "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.checksum.status", "tcp.analysis.flags",
          "_ws.expert.message", "tcp.analysis.retransmission", "tcp.analysis.window_update",
          "tcp.analysis.duplicate_ack", "tcp.dstport", "tcp.options.mss_val", "tcp.options.wscale.shift",
          "tcp.options.timestamp.tsval", "tcp.options.sack_le", "tcp.options.sack_re",
          "tcp.window_size_value", "tcp.seq_raw", "ip.ttl", "ipv6.hlim", "tcp.option_kind")
OURS = (netlib.CLIENT4, netlib.CLIENT6)
CHECKSUM_GOOD = "1"

# One processor for all: with several, a veth cable puts segments out of order, and is not clean.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

tap = netlib.Tap()
pair = netlib.Pair()
site = webservers.Site()
for body_name, body_size in (("one", 1), ("mebi", 1 << 20), ("big", 100 << 20)):
    site.add(body_name, body_size)


def source(packet):
    return packet["ip.src"] or packet["ipv6.src"]


def ours(packets):
    return [p for p in packets if source(p) in OURS]


def flags(packet):
    return int(packet["tcp.flags"], 16)


def described(packet):
    blocks = zip(packet["tcp.options.sack_le"].split(","), packet["tcp.options.sack_re"].split(","))
    sack = " ".join(f"{left}-{right}" for left, right in blocks if left)
    return (f"frame {packet['frame.number']} at {packet['frame.time_relative']}, "
            f"stream {packet['tcp.stream']}, "
            f"{'ours' if source(packet) in OURS else 'server'}: flags {packet['tcp.flags']} "
            f"seq {packet['tcp.seq']} ack {packet['tcp.ack']} len {packet['tcp.len']} "
            f"win {packet['tcp.window_size_value']} sack [{sack}] {packet['_ws.expert.message']}")


def streams(packets):
    """The packets of each connection, in the order of their first ones."""
    by_number = {}
    for packet in packets:
        by_number.setdefault(int(packet["tcp.stream"]), []).append(packet)
    return [by_number[number] for number in sorted(by_number)]


def in_context(bad, packets):
    """Each bad packet, marked, among those of its connection that came shortly before and after it."""
    lines = []
    for stream in streams(packets):
        at = [i for i, packet in enumerate(stream) if packet in bad]
        lines += [("* " if i in at else "  ") + described(packet) for i, packet in enumerate(stream)
                  if any(-10 <= i - j <= 3 for j in at)]
    return lines


def repeats_and_answers(stream):
    """What the server sent again although it was not lost, each with our answer, (repeat, answer); and
    what it sent again that has no such answer, (repeat, None).

    A busy machine lets us answer late; the server's kernel then sends its last segment once more, to
    probe (RFC 8985 section 7). That is answered by an acknowledgement that says nothing new (RFC 9293
    section 3.10.7.4), with exactly the text that came twice as its first SACK block (RFC 2883 section 4);
    a FIN or SYN alone has no text to report. One answer to each, and none to what was really lost."""
    sent, waiting, found = 0, [], []
    for packet in stream:
        seq, ack, text = (int(packet[f"tcp.{field}"] or 0) for field in ("seq", "ack", "len"))
        if source(packet) not in OURS:
            end = seq + text + bool(flags(packet) & SYN) + bool(flags(packet) & FIN)
            if seq < end <= sent:
                waiting.append((packet, (seq, seq + text) if text else None))
            sent = max(sent, end)
            continue
        block = None
        if packet["tcp.options.sack_le"]:
            block = tuple(int(packet[f"tcp.options.sack_{edge}"].split(",")[0]) for edge in ("le", "re"))
        for repeat in waiting:
            bare = packet["tcp.analysis.duplicate_ack"] and int(repeat[0]["tcp.seq"]) < ack
            if repeat[1] == block and (block or bare):
                waiting.remove(repeat)
                found.append((repeat[0], packet))
                break
    return found + [(repeat, None) for repeat, _ in waiting]


def check_clean(title, packets):
    """Row by row what must not be there."""
    def none(what, bad):
        tap.ok(packets and not bad, f"{title}: {what}", f"{len(bad)} of {len(packets)} packets",
               *in_context(bad, packets))

    none("not one RST", [p for p in packets if flags(p) & RST])
    again = [p for p in packets if p["tcp.analysis.retransmission"]]
    none("we send nothing again", ours(again))
    pairs = [pair for stream in streams(packets) for pair in repeats_and_answers(stream)]
    needless = [repeat for repeat, answer in pairs if answer]
    answers = [answer for _, answer in pairs if answer and int(answer["tcp.window_size_value"])]
    none("nothing is lost, so the server need not send anything again",
         [repeat for repeat, answer in pairs if not answer] +
         [p for p in again if p not in ours(again) and p not in [repeat for repeat, _ in pairs]])
    if needless:
        tap.note(f"{len(needless)} probes of the server's, for answers that came late")
    # A window update is how a receiver goes on, not an oddity; a window of zero is one.
    none("tshark finds nothing odd in our segments",
         [p for p in ours(packets) if p["tcp.analysis.flags"] and not p["tcp.analysis.window_update"] and
          p not in answers])


def check_checksums(packets):
    bad = [p for p in ours(packets) if p["tcp.checksum.status"] != CHECKSUM_GOOD]
    tap.ok(packets and not bad, "each checksum of ours is right", *map(described, bad[:5]))


STEPS = ("SYN", "SYN,ACK", "ACK", "GET", "the server's ACK of it", "data", "our ACK of them", "our FIN,ACK",
       "the server's ACK of it", "the server's FIN,ACK", "our ACK of it")


def ten_steps(packets):
    """Which of STEPS these packets are, in order, a run of the same only once."""
    client, found = source(packets[0]), []
    for packet in packets:
        mine, bits = source(packet) == client, flags(packet)
        if bits & SYN:
            name = "SYN,ACK" if bits & ACK else "SYN"
        elif bits & FIN:
            name = "our FIN,ACK" if mine else "the server's FIN,ACK"
        elif int(packet["tcp.len"]):
            name = "GET" if mine else "data"
        elif not mine:
            name = "the server's ACK of it"
        elif "the server's FIN,ACK" in found:
            name = "our ACK of it"
        else:
            name = "our ACK of them" if "GET" in found else "ACK"
        if found[-1:] != [name]:
            found.append(name)
    return found


def check_steps(name, packets):
    """Each step of the classic exchange, as a segment of its own or, where the server joins two, in one."""
    found = ten_steps(packets)
    needed = [step for step in STEPS if step != "the server's ACK of it"]
    at = [found.index(step) if step in found else None for step in needed]
    tap.ok(None not in at and at == sorted(at), f"{name}: the steps of the exchange, in order", found)


def check_transfers():
    """From each server, over both families, in one capture."""
    servers = [name for name in webservers.ORDERLY if webservers.available(name)]
    for name in servers:
        webservers.start(name, pair.server, site.path)
    with captures.Capture(pair.server, "s0") as heard:
        for name in servers:
            for address in (netlib.SERVER4, netlib.SERVER6):
                for body in ("one", "mebi"):
                    done = shake.run(pair.client, "get", "-q", "--json",
                                     shake.url(address, webservers.PORTS[name], body))
                    if done.status:
                        tap.ok(False, f"get from {name}", done)
    packets = captures.packets(heard.path, *FIELDS)
    tap.equal(len(streams(packets)), 4 * len(servers), "each transfer is one connection")
    check_checksums(packets)
    for name in servers:
        port = str(webservers.PORTS[name])
        check_clean(f"{name}, 1 B and 1 MiB", [p for p in packets if port in (p["tcp.srcport"],
                                                                             p["tcp.dstport"])])
    first = next((s for s in streams(packets)), None)
    if "nginx" in servers and first:
        check_steps("nginx", first)
    check_closed(servers)


def check_closed(servers):
    """Nothing is left in a state that waits for us: at most TIME-WAIT, of who closed first."""
    ports = {str(webservers.PORTS[name]) for name in servers}
    left = [line for line in pair.server.run(["ss", "-Htan"]).stdout.splitlines()
            if line.split()[3].rsplit(":", 1)[1] in ports and
            line.split()[0] not in ("LISTEN", "TIME-WAIT")]
    tap.equal(left, [], "the server's sockets are closed, or in TIME-WAIT")
    own = pair.client.run(["ss", "-Htan"]).stdout
    tap.equal(own, "", "our kernel has no socket left")


def check_big():
    with captures.Capture(pair.server, "s0", snaplen=128) as heard:
        done = shake.run(pair.client, "get", "-q", "--json",
                         shake.url(netlib.SERVER4, webservers.PORTS["nginx"], "big"))
    if tap.ok(done.status == 0, "100 MiB", done):
        check_clean("100 MiB", captures.packets(heard.path, *FIELDS))


def syn_of(*arguments, address=netlib.SERVER4):
    """The SYN that these options make; the run."""
    with captures.Capture(pair.server, "s0") as heard:
        done = shake.run(pair.client, "get", "--json", *arguments,
                         shake.url(address, webservers.PORTS["nginx"], "one"))
    return captures.packets(heard.path, *FIELDS)[0], done


def check_syn(title, arguments, address=netlib.SERVER4, **expected):
    syn, done = syn_of(*arguments, address=address)
    got = {key: syn[key.replace("__", ".")] for key in expected}
    tap.ok(done.status == 0 and got == expected, f"SYN {title}", f"got      {got}",
           f"expected {expected}", done)


def check_syns():
    mss, scale, window = "tcp__options__mss_val", "tcp__options__wscale__shift", "tcp__window_size_value"
    kinds = "tcp__option_kind"
    like_linux = "2,4,8,1,3"
    check_syn("by default, IPv4", [], **{kinds: like_linux, mss: "1460", scale: "8", window: "64240",
                                         "ip__ttl": "64", "tcp__flags": "0x0002", "tcp__len": "0"})
    check_syn("by default, IPv6", [], netlib.SERVER6,
              **{kinds: like_linux, mss: "1440", scale: "8", "ipv6__hlim": "64"})
    check_syn("with --mss, --wscale, --window, --ttl, --isn, -p",
              ["--mss", "536", "--wscale", "2", "--window", "5000", "--ttl", "9", "--isn", "4294967290",
               "-p", "40404"], **{kinds: like_linux, mss: "536", scale: "2", window: "5000",
                                  "ip__ttl": "9", "tcp__seq_raw": "4294967290", "tcp__srcport": "40404"})
    syn, done = syn_of("--no-sack", "--no-timestamps")
    tap.ok(done.status == 0 and "4" not in syn["tcp.option_kind"].split(",") and
           "8" not in syn["tcp.option_kind"].split(","), "SYN with --no-sack --no-timestamps", syn, done)
    pair.client.ip("address", "add", "198.51.100.7/24", "dev", "c0")
    check_syn("with -s", ["-s", "198.51.100.7"], **{"ip__src": "198.51.100.7"})


def check_wrap():
    """Sequence numbers that pass 2^32, ours at once."""
    with captures.Capture(pair.server, "s0") as heard:
        done = shake.run(pair.client, "get", "--json", "--isn", "4294967290",
                         shake.url(netlib.SERVER4, webservers.PORTS["nginx"], "mebi"))
    tap.ok(done.status == 0 and done.summary["body_sha256"] == site.sha256["mebi"] and
           done.summary["wrong_equations"] == 0, "--isn 4294967290: the numbers wrap, the body is exact",
           done)
    check_clean("--isn 4294967290", captures.packets(heard.path, *FIELDS))


def host_state(where):
    """What a program could change of a host: rules, interfaces, addresses, routes, what listens."""
    commands = (["nft", "list", "ruleset"], ["ip", "-o", "link"], ["ip", "-o", "address"],
                ["ip", "route"], ["sysctl", "-a", "-r", "^net.ipv[46].(tcp|ip)"])
    return {" ".join(command): where.run(command).stdout for command in commands}


def check_host_unchanged():
    """Before, during (while the server holds half of a body back) and after."""
    pair.client.run(["nft", "add table inet one; add chain inet one two { type filter hook output priority "
                     "0; policy accept; }"])
    if "table inet one" not in pair.client.run(["nft", "list", "ruleset"]).stdout:
        tap.note("no nftables here: only the rest is compared")
    webservers.start("odd", pair.server, site.path)
    before = host_state(pair.client)
    running = shake.start(pair.client, "get", "--json",
                          shake.url(netlib.SERVER4, webservers.PORTS["odd"], "hold"))
    shake.wait_for(running, '"from":"server"', '"kind":"data"')
    during = host_state(pair.client)
    running.send_signal(signal.SIGINT)
    done = shake.finish(running)
    tap.equal(during, before, "rules, interfaces, routes, sysctls: the same during a transfer", done)
    tap.equal(host_state(pair.client), before, "and the same after it")


def check_demo():
    """demo's packets, on the loopback that both of its ends are on."""
    for family in ("-4", "-6"):
        path = os.path.join(netlib.scratch(), "demo.pcap")
        done = shake.run(pair.client, "demo", "-q", family, "-w", path)
        packets = captures.packets(path, *FIELDS)
        found = ten_steps(packets)
        tap.equal(found, list(STEPS), f"demo {family}: each of the steps is a segment", done)
        check_demo_clean(family, packets)


def check_demo_clean(family, packets):
    odd = [p for p in packets if flags(p) & RST or p["tcp.analysis.flags"]]
    tap.ok(packets and not odd, f"demo {family}: no RST, nothing that tshark finds odd",
           *map(described, odd))


check_transfers()
if webservers.available("nginx"):
    check_big()
    check_syns()
    check_wrap()
else:
    tap.skip("100 MiB, SYNs and the wrap-around", "nginx is not installed")
check_host_unchanged()
check_demo()
tap.done()
