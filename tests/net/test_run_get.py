# SPDX-License-Identifier: GPL-3.0-or-later
"""`run`, the verb `get`: HTTP over the connection of the script, between segments that are made by hand; how it
fails; and which address of a host is taken.
"""

import os
import re

import netlib

netlib.enter()

import shake  # noqa: E402
import webservers  # noqa: E402

FAILED = 1

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 100)
site.add("big", 3 << 20)
nginx = webservers.start("nginx", pair.server, site.path)
odd = webservers.start("odd", pair.server, None)

BY_HAND = """
send S
expect S. ack 1
send .
get /index.html
send P. data "GET /nothing HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n"
ignore . len 0
expect P. data ~ /^HTTP\\/1.1 404/
send .
get /nothing expect 404
get /index.html
send F.
expect F.
send .
"""
SEVERAL = """
connection a
connection b
a: connect
b: connect
a: get /index.html
b: get /big within 20s
a: get /nothing expect 404
b: get /index.html
a: close
b: close
"""


def run(script, port, *arguments, address=netlib.SERVER4, **options):
    path = os.path.join(folder, "script.shake")
    with open(path, "w", encoding="ascii") as file:
        file.write(script)
    return shake.run(pair.client, "run", "--target", f"{shake.host(address)}:{port}", *arguments, path, **options)


def message(done):
    found = re.findall(r'^      message: "(.*)"$', done.out, re.MULTILINE)
    return found[0] if len(found) == 1 else None


def check_passes(what, script, port):
    for address in (netlib.SERVER4, netlib.SERVER6):
        done = run(script, port, address=address)
        tap.ok(done.status == 0 and not done.err, f"{what}, with {address}", done)


def check_fails(what, script, port, expected):
    done = run(script, port)
    tap.ok(done.status == FAILED and re.fullmatch(expected, message(done) or ""), f"{what}: exit 1, and says so",
           message(done), done)


def check_reused():
    """All of it is one connection, on which the server sees each request."""
    done = run("connect\nrepeat 20 {\nget /echo\n}\nclose\n", odd, "--write", os.path.join(folder, "all.pcap"))
    tap.ok(done.status == 0 and done.out.count("ok") == 23, "20 gets on one connection", done)


def check_addresses():
    """A name with two addresses: the first one is taken, and named, and what else could be tried."""
    hosts = os.path.join(netlib.scratch(), "hosts")
    with open(hosts, "w", encoding="ascii") as out:
        out.write(f"{netlib.SERVER4} both.test\n{netlib.SERVER6} both.test\n")
    prefix = ["unshare", "--mount", "sh", "-c", f"mount --bind {hosts} /etc/hosts && exec \"$@\"", "sh"]
    can = pair.client.run([*prefix, "true"])
    if can.returncode:
        tap.skip("a name with two addresses", f"no /etc/hosts of our own: {can.stderr.strip()}")
        return
    for verb in ("connect", "send S\nexpect S."):
        seen = set()
        for options in ([], ["-4"], ["-6"]):
            done = run(f"{verb}\n", 9, *options, address="both.test", prefix=prefix)
            named = re.findall(r'^      connection: ".* -> (\S+):9 \(both\.test\)"$', done.out, re.MULTILINE)
            hint = re.findall(r'^      hint: "(.*)"$', done.out, re.MULTILINE)
            seen.update(named)
            other = (netlib.SERVER4, "-4") if named == [f"[{netlib.SERVER6}]"] else (netlib.SERVER6, "-6")
            wanted = [] if options else [f"both.test is also {other[0]}: try {other[1]}"]
            tap.ok(done.status == FAILED and len(named) == 1 and hint == wanted,
                   f"{verb.split()[0]}, refused, options {options}: the address is named, and the other one", done)
        tap.equal(seen, {netlib.SERVER4, f"[{netlib.SERVER6}]"}, "-4 and -6 choose")
    tap.equal(run("connect\nget /index.html\n", nginx, address="both.test", prefix=prefix).status, 0,
              "get from a host by its name")


check_passes("get between segments by hand", BY_HAND, nginx)
check_passes("two connections, gets in turns", SEVERAL, nginx)
check_passes("a body in chunks", "connect\nget /chunked/100/100000\nget /status/200\nclose\n", odd)
check_passes("a body that the close ends", "connect\nget /bare/5000\nclose\n", odd)
check_passes("a small window", "set wscale 0\nset window 3000\nconnect\nget /big within 20s\nclose\n", nginx)
check_fails("another status", "connect\nget /nothing\n", nginx, "the response has status 404, expected 200")
check_fails("not connected", "get /\n", nginx, "the connection is in CLOSED, not established; .*")
check_fails("closed before", "connect\nclose\nget /\n", nginx, "the connection is in (TIME-WAIT|CLOSED), .*")
check_fails("reset in the middle", "connect\nget /reset/1000\n", odd,
            r"no whole response: the peer reset the connection \(RST\)")
check_fails("closed in the middle", "connect\nget /short/1000\n", odd, "no whole response: .* 1000 bytes .*")
check_fails("a request after the server closed", "connect\nget /bare/10\nread to end\nget /echo\n", odd,
            r"the peer has closed its direction \(CLOSE-WAIT\): .*")
check_fails("no end in time", "connect\nget /hold within 300ms\n", odd,
            "no whole response within 0.3[0-9]* s; the connection is in ESTABLISHED")
check_fails("no HTTP", "connect\nget /garbage\n", odd, "no whole response: .*")
check_reused()
check_addresses()
tap.done()
