# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks probed: each host once, every handshake complete, every close in order.

The server's own counters say what it has seen: no RST of ours, nothing half-open, none lost.
"""

import os
import signal
import subprocess
import time

import netlib

netlib.enter()

import probing  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

HOSTS4, HOSTS6 = 1024, 256
FAST = ("--rate", "5000")
ORDERLY = {"orderly", "merged"}

tap = netlib.Tap()
pair = netlib.Pair()
probing.networks(pair)
site = webservers.Site()
site.add("page", 100000)
folder = netlib.scratch()
SERVER = "nginx" if webservers.available("nginx") else "http.server"
PORT = str(webservers.start(SERVER, pair.server, site.path))
ON_PORT = ("--ports", PORT)


def probe(*arguments, **options):
    return probing.probe(pair.client, *arguments, **options)


def whole_network(title, network, count, *options):
    with probing.Counted(pair.server) as seen:
        done = probe(network, *ON_PORT, *FAST, *options)
    tap.equal((done.status, done.states, len(done.results)), (0, {"open": count}, count),
              f"{title}: each host once, all open", done)
    return done, seen


def full(title, network, count):
    done, seen = whole_network(title, network, count)
    tap.ok(set(done.closes) <= ORDERLY and all(r["close_ns"] > 0 for r in done.list),
           f"{title}: all closed in order", done.closes)
    tap.equal({name: seen[name] for name in ("TcpPassiveOpens", "TcpOutRsts", "TcpEstabResets",
                                             "TcpAttemptFails")},
              {"TcpPassiveOpens": count, "TcpOutRsts": 0, "TcpEstabResets": 0, "TcpAttemptFails": 0},
              f"{title}: so many connections were accepted, and none was reset", done)
    tap.ok(all(0 < r["rtt_ns"] < 1e9 and r["answered"] == 1 for r in done.list),
           f"{title}: each has its round-trip time", done)


def sixteen():
    """65,536 hosts, three times: none is missed, none is reset."""
    pair.server.ip("route", "add", "local", "10.65.0.0/16", "dev", "lo")
    pair.client.ip("route", "add", "10.65.0.0/16", "via", netlib.SERVER4)
    if netlib.sanitized():
        tap.skip("65,536 hosts", "too slow with a sanitizer")
        return
    # GNU time tells what they take at their peak, in KiB.
    prefix = ("/usr/bin/time", "-f", "%M") if os.path.exists("/usr/bin/time") else ()
    alone = shake.run(pair.client, "probe", "--dry-run", "--quiet", "10.65.0.1", prefix=prefix).err.strip()
    for i in range(1, 4):
        with probing.Counted(pair.server) as seen:
            done = shake.run(pair.client, "probe", "--json", "--quiet", "10.65.0.0/16", *ON_PORT, "--rate", "50000",
                             prefix=prefix)
        summary = done.of_type("probe-summary")[-1]
        tap.equal((done.status, summary["states"]["open"], sum(summary["closes"].get(name, 0) for name in ORDERLY),
                   seen["TcpPassiveOpens"], seen["TcpOutRsts"], seen["TcpEstabResets"]),
                  (0, 65536, 65536, 65536, 0, 0), f"65,536 hosts, run {i}: all open, all closed in order", done)
        tap.note(f"{summary['took_ns'] / 1e9:.1f} s, {done.err.strip() or '?'} KiB")
    if prefix:
        tap.ok(int(done.err) - int(alone) < 8192, "65,536 hosts: 8 MiB beside the program itself at most",
               f"{alone} and {done.err.strip()} KiB")
    else:
        tap.skip("65,536 hosts: memory", "no /usr/bin/time; the Debian package is time")


def half():
    done, seen = whole_network("--half", probing.NETWORK4, HOSTS4, "--half")
    tap.equal(done.closes, {"none": HOSTS4}, "--half: nothing was closed")
    tap.equal((seen["TcpPassiveOpens"], seen["TcpAttemptFails"]), (0, HOSTS4),
              "--half: no connection came about, each was refused by RST", done)
    tap.equal(probing.half_open(pair.server), 0, "--half: nothing stays half-open")


def ports_and_exclusions():
    with open(os.path.join(folder, "not"), "w", encoding="ascii") as out:
        out.write("# these never\n10.64.0.16/28\n")
    done = probe("10.64.0.0/26", "--ports", f"{PORT},9", "--exclude", "10.64.0.0-10.64.0.3",
                 "--exclude-file", os.path.join(folder, "not"), *FAST)
    hosts = [f"10.64.0.{i}" for i in range(4, 64) if not 16 <= i < 32]
    expected = {(host, port): state for host in hosts
                for port, state in ((int(PORT), "open"), (9, "closed"))}
    tap.equal({key: r["state"] for key, r in done.results.items()}, expected,
              "two ports of each host but of those excluded", done)


def one_at_a_time():
    """Six ports of one host: of no two the handshakes overlap."""
    many = [str(port) for port in range(20, 26)]
    done = probe(netlib.SERVER4, f"{netlib.SERVER4}:{PORT}", "--all-addresses", "--ports", ",".join(many),
                 "--seed", "5")
    spans = sorted((r["stamp_ns"] - r["rtt_ns"], r["stamp_ns"]) for r in done.list)
    tap.ok(len(spans) == 7 and all(a[1] <= b[0] for a, b in zip(spans, spans[1:])),
           "one connection at a time with one host", spans, done)


def shards():
    found, sizes = [], []
    for i in range(1, 4):
        done = probe(probing.NETWORK4, *ON_PORT, *FAST, "--half", "--shard", f"{i}/3", "--seed", "9")
        found += list(done.results)
        sizes.append(len(done.results))
    tap.equal((len(found), len(set(found))), (HOSTS4, HOSTS4), "three shards: disjoint, and complete", sizes)


def repeat():
    done = probe(f"{netlib.SERVER4}:{PORT}", "--all-addresses", "--repeat", "5", "--interval", "20ms")
    stamps = [r["stamp_ns"] for r in done.list]
    tap.equal(([r["round"] for r in done.list], done.states, done.status), ([1, 2, 3, 4, 5], {"open": 5}, 0),
              "--repeat: five rounds", done)
    tap.ok(all(b - a > 15e6 for a, b in zip(stamps, stamps[1:])), "--repeat: an interval apart", stamps)


def http():
    done = probe("10.64.0.0/28", "fd64::/124", *ON_PORT, "--http", "/page")
    tap.equal(({r["http_status"] for r in done.list}, len(done.list)), ({200}, 32), "--http: 200 from all", done)
    tap.ok(all(r["first_byte_ns"] > 0 for r in done.list), "--http: time to the first byte", done)
    done = probe(f"{netlib.SERVER4}:{PORT}", "--all-addresses", "--http", "/nothing")
    tap.equal([(r["http_status"], r["state"]) for r in done.list], [(404, "open")],
              "--http: 404 is an answer, too", done)


def lines_of(path):
    with open(path, "rb") as file:
        return file.read().count(b"\n")


def resume():
    """Interrupted in the middle, and gone on with: together all, and none twice."""
    state = os.path.join(folder, "state")
    arguments = ("--json", "--stream", probing.NETWORK4, *ON_PORT, "--resume", state)
    told = os.path.join(folder, "told")  # a pipe that nobody empties meanwhile would hold it up
    with probing.Counted(pair.server) as seen, open(told, "wb") as file:
        running = shake.start(pair.client, "probe", *arguments, "--rate", "400", stdout=file)
        until = time.monotonic() + 20
        while lines_of(told) < HOSTS4 // 5 and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        running.wait(60)
        with open(told, "rb") as file_again:
            running.seen = file_again.read()
        first = probing.Done(shake.finish(running))
    tap.equal(first.status, -signal.SIGINT, "Ctrl-C ends it as the shell expects", first)
    tap.ok(0 < len(first.list) < HOSTS4 and first.summary.get("interrupted"),
           "Ctrl-C: what is known is printed, with a summary", first)
    tap.equal((set(first.closes) <= ORDERLY, seen["TcpEstabResets"], probing.half_open(pair.server)),
              (True, 0, 0), "Ctrl-C: what was open is closed in order", first)
    second = probing.Done(shake.run(pair.client, "probe", *arguments, *FAST))
    tap.equal((len(first.list) + len(second.list), len({**first.results, **second.results})),
              (HOSTS4, HOSTS4), "--resume: the others, and none twice", second)
    tap.ok(not os.path.exists(state), "--resume: its file is gone when all is done")


def dry_run():
    with probing.Counted(pair.server) as seen:
        done = shake.run(pair.client, "probe", "--dry-run", "10.0.0.0/12", "--retries", "1",
                         prefix=netlib.with_capabilities())
    tap.ok(done.status == 0 and done.out.startswith("1048576 targets") and "2097152 SYNs" in done.out,
           "--dry-run counts, without privilege", done)
    tap.equal(seen["TcpInSegs"], 0, "--dry-run sends nothing")


def lists():
    words = "\n".join(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(150000))
    done = shake.run(pair.client, "probe", "--dry-run", "-f", "-", stdin=subprocess.PIPE)
    tap.ok(done.status == 2 and done.error_like("the list is empty"), "an empty list", done)
    path = os.path.join(folder, "list")
    with open(path, "w", encoding="ascii") as out:
        out.write(words)
    done = shake.run(pair.client, "probe", "--dry-run", "-f", path)
    tap.ok(done.out.startswith("150000 targets"), "a list longer than one part", done)
    with open(path, "w", encoding="ascii") as out:
        out.write(f"# a list\n10.64.0.1 # one\n\nlocalhost:9\n10.64.0.2:{PORT}\n")
    done = probe("-4", "-f", path, *ON_PORT)
    tap.equal({key: r["state"] for key, r in done.results.items()},
              {("10.64.0.1", int(PORT)): "open", ("127.0.0.1", 9): "closed", ("10.64.0.2", int(PORT)): "open"},
              "a list with comments and a name", done)
    with open(path, "a", encoding="ascii") as out:
        out.write("10.0.0.0/33\n")
    done = probe("-f", path)
    tap.ok(done.status == 2 and done.run.error_like(f"{path}:6", "10.0.0.0/33"), "a bad line is named", done)


def one_target():
    """The exit status of a single target says how it is; of several, that all were probed."""
    webservers_port = f"{netlib.SERVER4}:{PORT}"
    for title, status, *words in (("open", 0, webservers_port),
                                  ("closed", 3, "localhost:9", "-4"), ("closed, IPv6", 3, "[::1]:9"),
                                  ("filtered", 4, "10.70.0.9", "--wait", "20ms"),
                                  ("no route", 5, "10.99.0.1"),
                                  ("several", 0, "127.0.0.1:9", "127.0.0.1:10")):
        done = probe("--all-addresses", *words)
        tap.equal(done.status, status, f"exit status: {title}", done)
    for title, status, *words in (("an unknown name", 5, "no.such.name.invalid"), ("a bad prefix", 2, "10.0.0.0/33"),
                                  ("port 0", 2, "10.0.0.1:0"), ("nothing", 2),
                                  ("two modes", 2, "--half", "--full", "10.0.0.1"),
                                  ("a bad shard", 2, "--shard", "4/3", "10.0.0.1"),
                                  ("no such interface", 2, "-i", "nosuch0", "127.0.0.1"),
                                  ("somebody else's address", 2, "-s", "192.0.2.9", "127.0.0.1"),
                                  ("no place for --resume", 8, "--resume", "/nowhere/at/all", "127.0.0.1:9")):
        done = probe(*words)
        tap.ok(done.status == status and len(done.run.err.splitlines()) == 1, f"refused: {title}", done)


def fingerprints():
    """Of a server on Linux: what p0f writes down of it, whose kernel sends neither ID nor wrong options."""
    done = probe(f"{netlib.SERVER4}:{PORT}", f"[{netlib.SERVER6}]:{PORT}", "--all-addresses")
    told = {r["target"]: (r["p0f"].split(":"), r["ja4ts"]) for r in done.list}
    for address, version, mss, quirks in ((netlib.SERVER4, "4", 1460, "df"), (netlib.SERVER6, "6", 1440, "flow")):
        fields, ja4ts = told[address]
        tap.equal((fields[:4], fields[5:]), ([version, "64+0", "0", str(mss)], ["mss,sok,ts,nop,ws", quirks, "0"]),
                  f"{address}: p0f's signature", done)
        tap.ok(ja4ts.split("_")[1:3] == ["2-4-8-1-3", str(mss)], f"{address}: JA4TS", ja4ts)


def own_addresses():
    """Servers of this very host at its other addresses: their packets pass loopback."""
    port = webservers.start(SERVER, pair.client, site.path)
    for address in (netlib.CLIENT4, netlib.CLIENT6, "127.0.0.1", "::1"):
        for more in ((), ("-i", "c0")) if address in (netlib.CLIENT4, netlib.CLIENT6) else ((),):
            done = probe(f"{shake.host(address)}:{port}", "--all-addresses", *more)
            tap.equal((done.status, done.states, set(done.closes) <= ORDERLY), (0, {"open": 1}, True),
                      " ".join((f"our own address {address}", *more)), done)
        done = shake.run(pair.client, "get", "-q", shake.url(address, port, "page"))
        tap.equal(done.status, 0, f"get from our own address {address}", done)


def words_of_the_summary():
    """A rate is told of many SYNs only, and the time is that of the whole run."""
    done = shake.run(pair.client, "probe", f"{netlib.SERVER4}:{PORT}", "--all-addresses", "-n", "2",
                     "--interval", "300ms")
    time_line = next(line.split() for line in done.out.splitlines() if line.split()[:1] == ["time"])
    tap.ok(time_line[2] == "ms" and float(time_line[1]) >= 300 and len(time_line) == 3,
           "two SYNs: the time is that of all rounds, and no rate", done)
    done = shake.run(pair.client, "probe", probing.NETWORK4, *ON_PORT, *FAST)
    tap.ok("SYNs a second" in done.out, "a network: the rate of SYNs", done)


def privilege():
    done = probe("10.64.0.1", *ON_PORT, prefix=netlib.with_capabilities("net_raw"))
    tap.equal((done.status, done.states), (0, {"open": 1}), "CAP_NET_RAW is enough", done)
    done = probe("10.64.0.1", prefix=netlib.with_capabilities())
    tap.equal(done.status, 6, "without it: no privilege", done)


full("IPv4", probing.NETWORK4, HOSTS4)
full("IPv6", probing.NETWORK6, HOSTS6)
sixteen()
half()
ports_and_exclusions()
one_at_a_time()
shards()
repeat()
http()
resume()
dry_run()
lists()
one_target()
fingerprints()
own_addresses()
words_of_the_summary()
privilege()
tap.done()
