# SPDX-License-Identifier: GPL-3.0-or-later
"""When it does not work: the exit status, one line that says why, and no time lost.

Refused, silent, unreachable, unknown, no privilege, a peer that breaks off, HTTP errors, bad command
lines, and outputs that cannot be written.
"""

import concurrent.futures
import os
import signal
import time

import netlib

netlib.enter()

import captures  # noqa: E402
import odd_server  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

USAGE, REFUSED, TIMED_OUT, UNREACHABLE, PRIVILEGE, PEER, APPLICATION = range(2, 9)
CLOSED_PORT = 81          # nobody listens
REJECTED_PORTS = {        # port: what the server's firewall answers to a SYN there, IPv4 and IPv6
    82: ("host-unreachable", "addr-unreachable"),
    83: ("port-unreachable", "port-unreachable"),
    84: ("admin-prohibited", "admin-prohibited"),
    85: ("net-unreachable", "no-route"),
}
SILENT4, SILENT6 = "198.51.100.99", "2001:db8:51::99"  # frames to it go nowhere
SILENT_PORT = 9
NOBODY = "02:00:00:00:00:99"

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
odd = webservers.start("odd", pair.server, site.path)


def get(*arguments, **options):
    return shake.run(pair.client, "get", *arguments, **options)


def check(title, done, status, *words, within=None):
    """The exit status and one line on stderr with these words; @within: seconds."""
    good = done.status == status and done.error_like(*words) and (not within or done.seconds < within)
    return tap.ok(good, title, f"expected status {status} and one line with {words}"
                  f"{f' within {within} s' if within else ''}", done)


def start_silent():
    """A host that never answers, tried for 8 seconds: begun first, looked at last."""
    threads = concurrent.futures.ThreadPoolExecutor()
    for address in (SILENT4, SILENT6):
        pair.client.ip("neighbour", "replace", address, "lladdr", NOBODY, "dev", "c0")
    return {address: threads.submit(get, "--json", "--timeout", "8s", shake.url(address, SILENT_PORT))
            for address in (SILENT4, SILENT6)}


def check_silent(address, done):
    check(f"silent host {address}: exit 4 at --timeout", done, TIMED_OUT)
    tap.ok(7.9 <= done.seconds < 9, "after 8 seconds, as asked", done.seconds)
    times = [step["time_ns"] / 1e9 for step in done.steps]
    tap.ok([s["flags"] for s in done.steps] == ["SYN"] * 4 and
           all(abs(got - due) < 0.4 for got, due in zip(times, (0, 1, 3, 7))),
           "SYN again after 1, 3 and 7 seconds", times, done)
    tap.equal([s["times_sent"] for s in done.steps], [1, 2, 3, 4], "and they are counted")


def check_refused():
    for address in (netlib.SERVER4, netlib.SERVER6, "127.0.0.1", "::1"):
        url = shake.url(address, CLOSED_PORT)
        done = get("--json", url)
        check(f"refused: {url}", done, REFUSED, f":{CLOSED_PORT}", "refused", within=2)
        steps = done.steps
        tap.ok([s["flags"] for s in steps] == ["SYN", "RST,ACK"] and "refused" in steps[1]["notes"] and
               steps[1]["time_ns"] < 100e6, "after one round trip: SYN, RST,ACK", done)


def check_rejected():
    """ICMP errors, made by the server's firewall."""
    rules = ["add table inet f", "add chain inet f i { type filter hook input priority 0; }"]
    for port, (v4, v6) in REJECTED_PORTS.items():
        rules += [f"add rule inet f i meta nfproto ipv4 tcp dport {port} reject with icmp type {v4}",
                  f"add rule inet f i meta nfproto ipv6 tcp dport {port} reject with icmpv6 type {v6}"]
    made = pair.server.run(["nft", "; ".join(rules)])
    if made.returncode:
        tap.skip("ICMP unreachable", f"no nftables here: {made.stderr.strip()}")
        return
    # The kernel sends so many ICMP errors a second and no more.
    pair.server.sysctl("net.ipv4.icmp_ratelimit", 0)
    pair.server.sysctl("net.ipv6.icmp.ratelimit", 0)
    for port, names in REJECTED_PORTS.items():
        for address, name in zip((netlib.SERVER4, netlib.SERVER6), names):
            done = get("--json", shake.url(address, port))
            check(f"ICMP {name} from {address}", done, UNREACHABLE, f":{port}", within=3)
            icmp = [e for e in done.of_type("event") if e["event"] == "icmp"]
            tap.ok(icmp and icmp[0]["icmp_from"] == address and
                   icmp[0]["icmp_seq"] == done.steps[0]["seq_absolute"],
                   "and it is shown, with who sent it and about what", done)


def check_nowhere():
    check("no route", get("http://203.0.113.1/"), UNREACHABLE, "203.0.113.1", within=3)
    check("no route, IPv6", get("http://[2001:db8:99::1]/"), UNREACHABLE, "2001:db8:99::1", within=3)
    check("unknown host", get("http://no-such-host.invalid/", seconds=40), UNREACHABLE,
          "no-such-host.invalid")
    check("-6 to a host of IPv4", get("-6", f"http://{netlib.SERVER4}/"), UNREACHABLE, within=3)
    check("-i of an interface that is not there", get("-i", "nope0", f"http://{netlib.SERVER4}/"), USAGE,
          "nope0", within=3)
    check("-s of an address that is not ours", get("-s", "198.51.100.77", f"http://{netlib.SERVER4}/"),
          USAGE, "198.51.100.77", within=3)


def check_privilege():
    done = get(shake.url(netlib.SERVER4, odd, "echo"), prefix=netlib.with_capabilities())
    check("no privilege: the three ways out", done, PRIVILEGE, "CAP_NET_RAW", "sudo", "setcap",
          "tcpshake demo", within=2)
    done = get("-q", shake.url(netlib.SERVER4, odd, "echo"), prefix=netlib.with_capabilities("net_raw"))
    tap.equal(done.status, 0, "CAP_NET_RAW alone is enough", done)


def check_broken_off():
    """The peer ends in mid-body: what came is kept, and its size said."""
    for how, size, status, words in (("reset", 100000, PEER, ["100000 bytes", folder]),
                                     ("short", 50000, APPLICATION, ["50000 bytes"])):
        path = os.path.join(folder, how)
        done = get("-o", path, shake.url(netlib.SERVER4, odd, f"{how}/{size}"))
        check(f"{how} in mid-body", done, status, *words)
        with open(path, "rb") as file:
            tap.ok(file.read() == odd_server.pattern(size), f"{how}: what came is in the file", done)
    done = get("--json", shake.url(netlib.SERVER4, odd, "reset/100000"))
    tap.ok(done.status == PEER and done.steps[-1]["flags"].startswith("RST") and
           done.summary["closing"] == "reset" and done.summary["body_bytes"] == 100000,
           "reset in mid-body, without -o: shown and counted", done)
    check("not HTTP", get(shake.url(netlib.SERVER4, odd, "garbage")), APPLICATION)


def check_http_errors():
    url = shake.url(netlib.SERVER4, odd, "status/404")
    path = os.path.join(folder, "missing")
    done = get("-o", path, url)
    tap.ok(done.status == 0 and os.path.getsize(path) == 5, "404 without --fail: exit 0, the body kept", done)
    os.unlink(path)
    done = get("--fail", "-o", path, url)
    check("404 with --fail: exit 8", done, APPLICATION, "404")
    tap.ok(not os.path.exists(path), "and no file", done)
    check("503 with --fail", get("--fail", shake.url(netlib.SERVER4, odd, "status/503")), APPLICATION, "503")
    done = get("--fail", shake.url(netlib.SERVER4, odd, "status/200"))
    tap.equal(done.status, 0, "200 with --fail", done)


BAD_LINES = (
    ["get"], ["get", ""], ["get", "http://"], ["get", "http://[::1/"], ["get", "http://a b/"],
    ["get", "http://host:0/"], ["get", "http://host:70000/"], ["get", "http://host:x/"],
    ["get", "ftp://host/"], ["get", "https://host/"], ["get", "http://user:secret@host/"],
    ["get", "--nonsense", "URL"], ["get", "-Z", "URL"], ["get", "URL", "-o"], ["get", "URL", "--isn"],
    ["get", "--isn", "4294967296", "URL"], ["get", "--isn", "-1", "URL"], ["get", "--mss", "0", "URL"],
    ["get", "--wscale", "15", "URL"], ["get", "--ttl", "256", "URL"], ["get", "-p", "65536", "URL"],
    ["get", "--timeout", "soon", "URL"], ["get", "--color", "maybe", "URL"], ["get", "--json=1", "URL"],
    ["get", "-4", "-6", "URL"], ["get", "-s", "there", "URL"], ["get", "-o", "a", "-o", "b", "URL"],
    ["get", "-o", "-", "-w", "-", "URL"], ["get", "-H", "no header", "URL"],
    ["get", "-H", "A: 1\r\nB: 2", "URL"], ["get", "-A", "a\nb", "URL"],
    ["demo", "URL"], ["demo", "--nonsense"], ["nonsense"], ["--nonsense"], [],
)


def check_usage():
    url = shake.url(netlib.SERVER4, odd, "echo")
    quiet = None if captures.missing_tool() else captures.Capture(pair.client, "c0")
    for line in BAD_LINES:
        done = shake.run(pair.client, *[url if word == "URL" else word for word in line])
        check(f"usage: {line}", done, USAGE, within=2)
        tap.equal(done.out, "", "and nothing on stdout")
    if quiet:
        quiet.stop()
        sent = captures.packets(quiet.path, "tcp.dstport", only=f"tcp && !(tcp.port == {SILENT_PORT})")
        tap.equal(sent, [], "none of them sent a segment")
    else:
        tap.skip("none of them sent a segment", captures.missing_tool())


def check_unwritable():
    """Full disks and readers that went away: exit 8 and a message, and the peer is not left hanging."""
    big = shake.url(netlib.SERVER4, odd, "chunked/10000/3000000")
    small = shake.url(netlib.SERVER4, odd, "echo")
    check("-o on a full disk", get("-q", "-o", "/dev/full", big, seconds=20), APPLICATION, "/dev/full")
    check("-o in a folder that is not there", get("-o", f"{folder}/no/file", small, seconds=20), APPLICATION,
          f"{folder}/no/file")
    check("-w on a full disk", get("-q", "-w", "/dev/full", big, seconds=20), APPLICATION, "/dev/full")
    check("-w in a folder that is not there", get("-w", f"{folder}/no/file", small, seconds=20), APPLICATION,
          f"{folder}/no/file")
    for arguments in (["get", small], ["get", "--json", big], ["get", "-q", small], ["--help"],
                      ["get", "--help"], ["--version"], ["demo"]):
        with open("/dev/full", "wb") as full:
            done = shake.run(pair.client, *arguments, stdout=full, seconds=20)
        check(f"stdout on a full disk: {arguments[:2]}", done, APPLICATION)
    for arguments in (["get", small], ["get", "--json", big], ["get", "--json", "-o", "-", big]):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as broken:
            done = shake.run(pair.client, *arguments, stdout=broken, seconds=20)
        said = [line for line in done.err.splitlines() if line.startswith("tcpshake: ")]
        tap.ok(done.status == APPLICATION and len(said) == 1, f"nobody reads stdout: {arguments[:-1]}", done)
    connections = pair.server.run(["ss", "-Htn", "state", "established", f"sport = :{odd}"]).stdout
    tap.equal(connections, "", "none of the server's connections is left open")


def check_interrupted(path, number, name):
    """In mid-transfer: the peer is told, and it is over soon."""
    running = shake.start(pair.client, "get", "--json", shake.url(netlib.SERVER4, odd, path))
    shake.wait_for(running, '"from":"server"', '"kind":"data"')
    running.send_signal(number)
    began = time.monotonic()
    done = shake.finish(running, 20)
    took = time.monotonic() - began
    tap.ok(done.status == -number and took < 3, f"{name} during /{path}: ends by the signal, soon",
           f"{took:.3f} s", done)
    ended = [s["flags"] for s in done.steps if s["from"] == "client" and
             ("FIN" in s["flags"] or "RST" in s["flags"])]
    tap.ok(ended, f"{name} during /{path}: the peer got FIN or RST", done)
    left = pair.server.run(["ss", "-Htn", f"sport = :{odd}", "state", "established"]).stdout
    tap.equal(left, "", "and has no connection left")


silent = start_silent()
check_refused()
check_rejected()
check_nowhere()
check_privilege()
check_broken_off()
check_http_errors()
check_usage()
check_unwritable()
for stream in ("drip", "flood", "hold"):
    check_interrupted(stream, signal.SIGINT, "SIGINT")
check_interrupted("drip", signal.SIGTERM, "SIGTERM")
for silent_address, result in silent.items():
    check_silent(silent_address, result.result())
tap.done()
