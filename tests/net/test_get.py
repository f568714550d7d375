# SPDX-License-Identifier: GPL-3.0-or-later
"""`get` from real servers: every body exact, whatever the server, the family, the link and the size.

nginx, lighttpd, busybox httpd and python3 -m http.server (HTTP/1.0, closes first), each over a veth
cable and over loopback; then chunked answers, bodies without a length, several URLs in one call.
"""

import hashlib
import os

import netlib

netlib.enter()

import odd_server  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

SIZES = {"empty": 0, "one": 1, "mebi": 1 << 20, "big": 100 << 20}
PLACES = {"veth": {"IPv4": netlib.SERVER4, "IPv6": netlib.SERVER6},
          "loopback": {"IPv4": "127.0.0.1", "IPv6": "::1"}}
# With a sanitizer 100 MiB is a matter of seconds: one server of each kind will do.
BIG_WITH_SANITIZER = {("nginx", "veth", "IPv4"), ("http.server", "loopback", "IPv6")}

tap = netlib.Tap()
pair = netlib.Pair()
site = webservers.Site()
for body_name, body_size in SIZES.items():
    site.add(body_name, body_size)
saved = os.path.join(netlib.scratch(), "saved")


def sha256_of_file(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_body(name, place, family, body):
    """One body, saved: the file, and what the summary says of it."""
    title = f"{name}, {place}, {family}, {SIZES[body]} bytes"
    if body == "big" and netlib.sanitized() and (name, place, family) not in BIG_WITH_SANITIZER:
        tap.skip(title, "100 MiB from this one is left to the build without sanitizers")
        return
    done = shake.run(pair.client, "get", "-q", "--json", "-o", saved,
                     shake.url(PLACES[place][family], webservers.PORTS[name], body))
    expected = {"http_status": 200, "body_bytes": SIZES[body], "body_sha256": site.sha256[body],
                "saved_as": saved, "capture_drops": 0, "wrong_equations": 0}
    got = {key: done.summary.get(key) for key in expected} if done.status == 0 else None
    tap.ok(done.status == 0 and not done.err and got == expected and
           sha256_of_file(saved) == site.sha256[body], title, done, f"expected {expected}")
    os.path.exists(saved) and os.unlink(saved)


def check_server(name):
    if not webservers.available(name):
        tap.skip(name, "it is not installed")
        return
    for where in (pair.client, pair.server):
        webservers.start(name, where, site.path)
    for place, families in PLACES.items():
        for family in families:
            for body in SIZES:
                check_body(name, place, family, body)


def odd(path, address=netlib.SERVER4):
    return shake.url(address, webservers.PORTS["odd"], path)


def check_hash(title, expected, *arguments):
    """A body that is not kept: its length and hash."""
    done = shake.run(pair.client, "get", "-q", "--json", *arguments)
    tap.ok(done.status == 0 and not done.err and
           done.summary.get("body_bytes") == len(expected) and
           done.summary.get("body_sha256") == hashlib.sha256(expected).hexdigest() and
           "saved_as" not in done.summary, title, done)
    return done


def check_framing():
    for size, total in ((1, 2000), (7, 10000), (1000, 100000), (16384, 1 << 20), (1 << 20, 3 << 20)):
        check_hash(f"chunked: {total} bytes in chunks of {size}", odd_server.pattern(total),
                   odd(f"chunked/{size}/{total}"))
    check_hash("chunked: an empty body", b"", odd("chunked/1/0"))
    check_hash("chunked, IPv6", odd_server.pattern(100000),
               odd("chunked/1000/100000", netlib.SERVER6))
    for total in (0, 1, 300000):
        done = check_hash(f"no length: {total} bytes, ended by the server's FIN",
                          odd_server.pattern(total), odd(f"bare/{total}"))
        tap.equal(done.summary.get("first_fin"), "server", "the server closed first", done)


def check_localhost():
    """A name with both families, of which only one answers; whatever this host's own /etc/hosts says."""
    hosts = os.path.join(netlib.scratch(), "hosts")
    with open(hosts, "w", encoding="ascii") as out:
        out.write("127.0.0.1 localhost\n::1 localhost\n")
    prefix = ["unshare", "--mount", "sh", "-c", f"mount --bind {hosts} /etc/hosts && exec \"$@\"", "sh"]
    can = pair.client.run([*prefix, "true"])
    for port, address in ((8011, "127.0.0.1"), (8012, "::1")):
        title = f"http://localhost:{port}/, where the server is on {address} only"
        if can.returncode:
            tap.skip(title, f"no /etc/hosts of our own: {can.stderr.strip()}")
            continue
        webservers.start_odd(pair.client, port, address)
        done = shake.run(pair.client, "get", "--json", f"http://localhost:{port}/status/200",
                         prefix=prefix)
        tap.ok(done.status == 0 and not done.err and done.summary.get("body_bytes") == 5, title, done)


def connections(done):
    return len(done.of_type("connection"))


def client_ports(done):
    """The ports that /echo told, one for each of our requests."""
    return [line.split()[2] for line in done.out.splitlines() if line.startswith("client port ")]


def check_several():
    urls = [odd("echo")] * 3
    done = shake.run(pair.client, "get", *sum((["-o", f"{saved}{i}"] for i in range(3)), []), "--json",
                     *urls, seconds=20)
    echoes = []
    for i in range(3):
        if os.path.exists(f"{saved}{i}"):
            with open(f"{saved}{i}", encoding="ascii") as file:
                echoes.append(file.readline())
    tap.ok(done.status == 0 and connections(done) == 1 and len(echoes) == 3 and len(set(echoes)) == 1,
           "three URLs of one HTTP/1.1 server: one connection", done, echoes)
    answers = [line for line in done.lines if line["type"] == "event" and line["event"] == "http"]
    tap.equal(len(answers), 3, "each of the three answers is told", done)

    ten = shake.url(netlib.SERVER4, webservers.PORTS["http.server"], "mebi")
    done = shake.run(pair.client, "get", "--json", ten, ten)
    summaries = done.of_type("summary")
    tap.ok(done.status == 0 and connections(done) == 2 and
           [s.get("body_sha256") for s in summaries] == [site.sha256["mebi"]] * 2,
           "two URLs of an HTTP/1.0 server: a connection each, a summary each", done)

    done = shake.run(pair.client, "get", "--http1.0", "--json", odd("echo"), odd("echo"))
    tap.ok(done.status == 0 and len(done.of_type("summary")) >= 1, "--http1.0 with two URLs", done)

    four = shake.url(netlib.SERVER4, webservers.PORTS["nginx"], "mebi")
    six = shake.url(netlib.SERVER6, webservers.PORTS["nginx"], "mebi")
    done = shake.run(pair.client, "get", "--json", four, six, odd("status/200"))
    tap.ok(done.status == 0 and connections(done) == 3 and
           [c["server"] for c in done.of_type("connection")] ==
           [netlib.SERVER4, netlib.SERVER6, netlib.SERVER4] and
           [s.get("body_bytes") for s in done.of_type("summary")] == [1 << 20, 1 << 20, 5],
           "URLs of different servers and families: a connection each, in their order", done)


def check_same_port():
    """From one port again and again, while the server's end of the last one is in TIME-WAIT."""
    for address in (netlib.SERVER4, netlib.SERVER6):
        runs = [shake.run(pair.client, "get", "--json", "-p", "40404", odd("bare/1", address))
                for _ in range(6)]
        tap.ok(all(run.status == 0 and run.summary["state"]["server"] == "TIME-WAIT" for run in runs),
               f"six times from one port to {address}", *runs)
        again = [run for run in runs if [step["kind"] for step in run.steps].count("syn") != 1]
        tap.ok(not again, "and no SYN had to be sent twice", f"{len(again)} of 6 runs", *again[:1])


def check_requests():
    """What is asked, as the server gets it; -o - puts the body on stdout, and nothing else."""
    def echoed(*arguments):
        return shake.run(pair.client, "get", "-o", "-", *arguments, odd("echo"))

    done = echoed()
    port = webservers.PORTS["odd"]
    tap.ok(done.status == 0 and f"GET /echo HTTP/1.1\r\nHost: {netlib.SERVER4}:{port}\r\n" in done.out and
           "User-Agent: tcpshake/" in done.out and "three-way handshake" in done.err and
           "three-way handshake" not in done.out, "-o -: the body on stdout, the narration on stderr", done)
    done = echoed("--http1.0")
    tap.ok("GET /echo HTTP/1.0\r\n" in done.out, "--http1.0", done)
    done = echoed("--user-agent", "curious cat/1", "-H", "X-One: 1", "-H", "X-Two: 2", "-H", "Accept:")
    tap.ok("User-Agent: curious cat/1\r\n" in done.out and "X-One: 1\r\n" in done.out and
           "X-Two: 2\r\n" in done.out and "Accept" not in done.out and client_ports(done),
           "--user-agent, -H twice, and -H 'Name:' leaves a header out", done)
    done = shake.run(pair.client, "get", "-q", "-o", "-", odd("chunked/1000/3000000"))
    tap.equal(hashlib.sha256(done.out_bytes).hexdigest(),
              hashlib.sha256(odd_server.pattern(3000000)).hexdigest(), "-o -: 3 MB through a pipe",
              done.err)


for server_name in webservers.ORDERLY:
    check_server(server_name)
for end in (pair.client, pair.server):
    webservers.start("odd", end, site.path)
check_framing()
check_localhost()
check_several()
check_same_port()
check_requests()
tap.done()
