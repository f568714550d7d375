# SPDX-License-Identifier: GPL-3.0-or-later
"""The bad wire does what it says, and `get` brings every body through it.

First the wire alone, with numbered frames: shares within four standard deviations (they depend on the
seed only, so they are in every run or in none), order, times, limits. Then nginx at the far end of wires
of all sorts: bodies exact, status 0, no RST by anybody, in bounded time.
"""

import errno
import math
import socket
import statistics

import netlib

netlib.enter()

import badwire  # noqa: E402
import rawframes  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

FRAMES = 5000
# How much later than it should a frame may come on a busy machine: the median, in seconds.
LATE = 0.02

tap = netlib.Tap()
client, server = netlib.Namespace(), netlib.Namespace()


def lay(**settings):
    return badwire.BadWire(client=client, server=server, **settings)


def run_course(wire, *arguments, up=True, **options):
    """What arrives of some frames, and what the wire says of them afterwards."""
    course = rawframes.Course(wire, up)
    try:
        return course.run(*arguments, **options)
    finally:
        course.close()


def numbers(arrivals):
    return [number for number, intact, _ in arrivals if intact]


def about(count, share, of=FRAMES):
    """Whether a count is what chance makes of a share."""
    return abs(count - share * of) <= 4 * math.sqrt(of * share * (1 - share))


def check_clean(kind):
    with lay(kind=kind) as wire:
        there = run_course(wire, FRAMES)
        back = run_course(wire, FRAMES, up=False)
    tap.ok(numbers(there) == list(range(FRAMES)) == numbers(back) and not wire.device_drops,
           f"{kind}, clean: all arrives, unchanged and in order, both ways", wire, len(there), len(back))


def check_loss():
    with lay(up_loss="5%", seed=3) as wire:
        first, back = run_course(wire, FRAMES), run_course(wire, FRAMES, up=False)
    with lay(up_loss="5%", seed=3) as wire:
        again = run_course(wire, FRAMES)
    with lay(up_loss="5%", seed=4) as other_wire:
        other = run_course(other_wire, FRAMES)
    lost = FRAMES - len(first)
    tap.ok(about(lost, 0.05) and wire.counters["up"]["lost"] == lost and len(back) == FRAMES,
           f"5% loss on the way up: {lost} of {FRAMES}, and nothing on the way down", wire)
    tap.ok(numbers(first) == numbers(again) != numbers(other),
           "the same seed loses the same frames, another one others")


def check_duplication():
    with lay(duplicate="5%") as wire:
        got = numbers(run_course(wire, FRAMES))
    doubled = len(got) - FRAMES
    tap.ok(about(doubled, 0.05) and wire.counters["up"]["doubled"] == doubled and
           sorted(set(got)) == list(range(FRAMES)), f"5% duplication: {doubled} of {FRAMES}", wire)


def check_reordering():
    """Of a thousand frames, one a millisecond, the tenth part is held back for five milliseconds."""
    with lay(reorder="10%", hold="5ms") as wire:
        got = numbers(run_course(wire, 1000, every=0.001))
    late = sum(1 for at, number in enumerate(got) if at and number < max(got[:at]))
    held = wire.counters["up"]["held"]
    tap.ok(sorted(got) == list(range(1000)) and about(held, 0.1, 1000) and held / 2 <= late <= held,
           f"10% reordering: {held} of 1000 held back, {late} came behind a later one", wire)


def check_corruption():
    with lay(corrupt="2%") as wire:
        arrivals = run_course(wire, FRAMES)
    bad = sum(1 for _, intact, _ in arrivals if not intact)
    tap.ok(about(bad, 0.02) and wire.counters["up"]["corrupted"] == bad and len(arrivals) == FRAMES,
           f"2% corruption: {bad} of {FRAMES} are changed, none is missing", wire)


def took(arrivals):
    """The shortest and the median time on the way, in seconds."""
    times = [seconds for _, _, seconds in arrivals if seconds is not None]
    return min(times, default=0), statistics.median(times or [0])


def check_delay(kind):
    with lay(kind=kind, up_delay="25ms") as wire:
        there = run_course(wire, 300, every=0.001)
        back = run_course(wire, 300, every=0.001, up=False)
    least, median = took(there)
    tap.ok(least >= 0.025 and median <= 0.025 + LATE and took(back)[1] <= LATE and
           numbers(there) == list(range(300)),
           f"{kind}, 25 ms on the way up: {1e3 * least:.2f} ms at least, {1e3 * median:.2f} ms in the "
           f"median; {1e3 * took(back)[1]:.2f} ms on the way down", wire)


def check_jitter():
    with lay(delay="10ms", jitter="5ms") as wire:
        ordered = run_course(wire, 500, every=0.001)
    with lay(delay="10ms", jitter="5ms", shuffle=True) as wire:
        shuffled = run_course(wire, 500, every=0.001)
    least, median = took(shuffled)
    tap.ok(0.005 <= least < 0.007 and 0.009 <= median <= 0.011 + LATE,
           f"10 ms with 5 ms of jitter: {1e3 * least:.2f} ms at least, {1e3 * median:.2f} ms in the median")
    tap.ok(numbers(ordered) == list(range(500)) == sorted(numbers(shuffled)) != numbers(shuffled),
           "jitter keeps the order, with shuffle it does not")


def check_rate():
    """A hundred frames of a thousand bytes at once, for a link that takes one a millisecond and keeps
    twenty."""
    with lay(rate="8mbit", queue=20000) as wire:
        course = rawframes.Course(wire, size=1000)
        arrivals = course.run(100, quiet=0.2)
        course.close()
    over, last = wire.counters["up"]["overflowed"], max(seconds for _, _, seconds in arrivals)
    most = 21 + 1e3 * (course.sent_at[-1] - course.sent_at[0]) + 20
    tap.ok(over + len(arrivals) == 100 and 20 <= len(arrivals) <= most and
           0.019 <= last <= 0.021 + 0.05 and numbers(arrivals) == sorted(numbers(arrivals)),
           f"8 Mbit/s, queue of 20 frames: {over} of 100 have no room, the last one takes "
           f"{1e3 * last:.1f} ms", f"{len(arrivals)} came, at most {most:.0f} may", wire)


def check_blackout():
    with lay(at={"100ms": {"cut": True}, "200ms": {"cut": False}}) as wire:
        course = rawframes.Course(wire)
        got = set(numbers(course.run(300, every=0.001)))
        course.close()
    missing = [number for number in range(300) if number not in got] or [0]
    begin, end = (course.sent_at[number] - course.sent_at[0] for number in (missing[0], missing[-1]))
    tap.ok(missing == list(range(missing[0], missing[-1] + 1)) and
           abs(begin - 0.1) <= 0.05 and abs(end - 0.2) <= 0.05 and
           wire.counters["up"]["cut"] == len(missing),
           f"cut from 100 ms to 200 ms: frames sent at {1e3 * begin:.1f} to {1e3 * end:.1f} ms are missing",
           wire)


def path_mtu(family, mtu, **settings):
    """What the client's kernel takes for the path MTU, after a datagram of the device's full size."""
    address, option, headers = {
        socket.AF_INET: (netlib.SERVER4, (socket.IPPROTO_IP, 14), 28),      # IP_MTU
        socket.AF_INET6: (netlib.SERVER6, (socket.IPPROTO_IPV6, 24), 48),   # IPV6_MTU
    }[family]
    with lay(mtu=mtu, **settings) as wire:
        with netlib.inside(client):
            talk = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET:
            talk.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER, IP_PMTUDISC_DO
        talk.connect((address, 9))
        talk.settimeout(0.3)
        with talk:
            talk.send(bytes(1500 - headers))
            try:
                talk.recv(1)
            except (TimeoutError, ConnectionRefusedError):
                pass
            except OSError as error:
                if error.errno != errno.EMSGSIZE:
                    raise
            return talk.getsockopt(*option), wire.report()["up"]["too_big"]


def check_mtu():
    tap.equal(path_mtu(socket.AF_INET, 1000, tell=True), (1000, 1),
              "MTU 1000, IPv4: the kernel believes our fragmentation needed")
    tap.equal(path_mtu(socket.AF_INET6, 1300, tell=True), (1300, 1),
              "MTU 1300, IPv6: the kernel believes our packet too big")
    tap.equal(path_mtu(socket.AF_INET, 1000), (1500, 1), "MTU 1000 untold: dropped, and nobody knows")


# What `get` goes through: the name, the body in KiB, the longest that it may take in seconds, how many
# seeds are tried, the wire.
FAR = {"delay": "25ms"}
NEAR = {"delay": "5ms"}
WIRES = (
    ("clean", 1024, 5, 1, {}),
    ("25 ms each way", 1024, 10, 1, FAR),
    ("25 ms, 1% loss", 512, 20, 1, {**FAR, "loss": "1%"}),
    ("25 ms, 5% loss", 256, 20, 1, {**FAR, "loss": "5%"}),
    ("5% doubled, 10% reordered", 1024, 10, 1, {**NEAR, "duplicate": "5%", "reorder": "10%"}),
    ("20 Mbit/s", 512, 10, 1, {"rate": "20mbit"}),
    ("2% corrupted", 512, 20, 1, {**NEAR, "corrupt": "2%"}),
    ("20% loss, 2% corrupted", 32, 60, 3, {**NEAR, "loss": "20%", "corrupt": "2%"}),
)


def resets(namespace):
    """How many RSTs this kernel's TCP has sent."""
    with open(f"/proc/{namespace.pid}/net/snmp", encoding="ascii") as lines:
        names, values = [line.split() for line in lines if line.startswith("Tcp:")]
    return int(values[names.index("OutRsts")])


def wrong_resets(steps):
    """RSTs that should not be. One of a server whose connection is closed, and that gets our last
    acknowledgement twice because its FIN was doubled, is as it should be. A corrupted segment may look
    like anything."""
    wrong, time_wait = [], False
    for step in steps:
        if "RST" in step["flags"] and step["checksum"] == "ok" and \
                (step["from"] == "client" or not time_wait):
            wrong.append(step["number"])
        time_wait |= step["state"]["client"] == "TIME-WAIT"
    return wrong


def check_get(name, kibibytes, seconds, family, address, settings):
    body = f"{kibibytes}k"
    before = resets(client)
    with lay(**settings) as wire:
        done = shake.run(client, "get", "--json", shake.url(address, webservers.PORTS["nginx"], body),
                         seconds=seconds)
    rsts = wrong_resets(done.steps)
    tap.ok(done.status == 0 and not done.err and done.summary.get("body_sha256") == site.sha256[body] and
           done.summary["wrong_equations"] == 0 and not rsts and resets(client) == before,
           f"get, {family}, {name}: {kibibytes} KiB in {done.seconds:.2f} s",
           f"status {done.status}: {done.err}", done.summary, f"RST in steps {rsts}; of our kernel "
           f"{resets(client) - before}", wire)


for cable in ("tap", "veth") if badwire.best_kind() == "tap" else ("veth",):
    check_clean(cable)
    check_delay(cable)
if badwire.best_kind() != "tap":
    tap.skip("tap, clean", "/dev/net/tun cannot be opened; the rest is run over veth cables")
check_loss()
check_duplication()
check_reordering()
check_corruption()
check_jitter()
check_rate()
check_blackout()
check_mtu()

if webservers.available("nginx"):
    site = webservers.Site()
    for size in {wire[1] for wire in WIRES}:
        site.add(f"{size}k", size << 10)
    webservers.start("nginx", server, site.path)
    for title, kib, limit, tries, how in WIRES:
        for which, to, seed in (("IPv4", netlib.SERVER4, 3), ("IPv6", netlib.SERVER6, 6)):
            for attempt in range(tries):
                check_get(title, kib, limit, which, to, {**how, "seed": seed + attempt})
else:
    tap.skip("get over bad wires", "nginx is not installed")
tap.done()
