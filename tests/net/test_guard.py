# SPDX-License-Identifier: GPL-3.0-or-later
"""The port guard against real kernels: not one RST of ours, whatever the privilege and the peer's TTL.

For IPv4 and IPv6, over a veth cable and over loopback, with CAP_NET_RAW alone and with CAP_NET_ADMIN
too, and against a neighbour whose segments arrive with TTL 255, which pass the first layer. A control
without any guard shows that the kernel would have sent a RST.
"""

import sys

import netlib

netlib.enter()

PORT = 8000
SERVER = f"""
import socket
listeners = []
for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    listener = socket.socket(family, socket.SOCK_STREAM)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, {PORT}))
    listener.listen(64)
    listeners.append(listener)
while True:
    import time; time.sleep(1000)
"""

RAW = netlib.with_capabilities("net_raw")
RAW_AND_ADMIN = netlib.with_capabilities("net_raw", "net_admin")

tap = netlib.Tap()


def probe(prefix, address, *options):
    """Run the probe; its words as a dictionary, or None and its error."""
    done = pair.client.run(prefix + [netlib.built("tests/net/guard_probe"), *options, address,
                                     str(PORT)])
    if done.returncode:
        return None, done.stderr.strip()
    words = dict(word.split("=", 1) for word in done.stdout.split())
    words["layers"] = set(filter(None, words["layers"].split(",")))
    return words, done.stdout.strip()


def check(name, prefix, address, ttl=None, needs=()):
    """No RST, and the layers that this privilege gives. @needs: skipped unless one of them holds."""
    got, said = probe(prefix, address)
    if got is None:
        tap.ok(False, name, said)
        return
    if needs and not got["layers"] & set(needs):
        tap.skip(name, f"this kernel has none of {', '.join(needs)} for this privilege")
        return
    good = got["synack"] == "1" and got["rst"] == "0" and "min_ttl" in got["layers"]
    if prefix is RAW_AND_ADMIN:
        good = good and "filter" in got["layers"]
    if ttl:
        good = good and got["ttl"] == str(ttl)
    tap.ok(good, name, said)
    tap.note(said)


def check_without_guard(name, address):
    """The control: a kernel that is not silenced does send a RST, and the probe does see it."""
    got, said = probe(RAW, address, "--no-guard")
    tap.ok(got and got["synack"] == "1" and got["rst"] == "1", name, said)


def check_all(where, addresses, ttl=None, needs=()):
    for family, address in addresses:
        check(f"{where}, {family}, CAP_NET_RAW alone: no RST", RAW, address, ttl, needs)
        check(f"{where}, {family}, CAP_NET_ADMIN too: no RST, and the filter holds", RAW_AND_ADMIN,
              address, ttl)


pair = netlib.Pair()
for end in (pair.client, pair.server):
    end.popen([sys.executable, "-c", SERVER])
    end.wait_for_listen(PORT)

CABLE = (("IPv4", netlib.SERVER4), ("IPv6", netlib.SERVER6))
LOOPBACK = (("IPv4", "127.0.0.1"), ("IPv6", "::1"))
OWN = (("IPv4", netlib.CLIENT4), ("IPv6", netlib.CLIENT6))

for family, address in CABLE + LOOPBACK:
    check_without_guard(f"control, {family} to {address}: without the guard the kernel sends RST",
                        address)
check_all("veth", CABLE, ttl=64)
check_all("loopback", LOOPBACK)
check_all("our own address", OWN)

if pair.server.sysctl("net.ipv4.ip_default_ttl", 255) and \
   pair.server.sysctl("net.ipv6.conf.s0.hop_limit", 255):
    check_all("neighbour with TTL 255", CABLE, ttl=255, needs=("filter", "md5"))
else:
    tap.skip("neighbour with TTL 255", "/proc/sys is read-only here")

tap.done()
