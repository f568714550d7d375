# SPDX-License-Identifier: GPL-3.0-or-later
"""`run` of packetdrill's scripts: the kernel's TCP in a namespace answers as they say, a server of the tests
makes their system calls; and each with one number made wrong fails, with that line.

The scripts are our own, tests/data/packetdrill/server-*.pkt. packetdrill_suite.py plays those of the field.
"""

import glob
import os
import re

import netlib

netlib.enter()

import pd_bench  # noqa: E402

FOLDER = os.path.join(os.environ["top_srcdir"], "tests", "data", "packetdrill")
SCRIPTS = sorted(glob.glob(os.path.join(FOLDER, "server-*.pkt")))

tap = netlib.Tap()
folder = netlib.scratch()


def window_scale():
    """What the kernel offers follows from the largest buffer that it may have."""
    def read_numbers(name):
        words = netlib.Namespace().run(["cat", f"/proc/sys/net/{name}"]).stdout.split()
        return [int(word) for word in words] or [0]

    space = max(read_numbers("ipv4/tcp_rmem")[-1], read_numbers("core/rmem_max")[0])
    return max(0, min(14, space.bit_length() - 16))


DEFINITIONS = {"SCALE": window_scale()}


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def made_wrong(text):
    """The last number that a packet of the server acknowledges, one larger; in a RST its own number.
    Return the text, the line, the field and both numbers."""
    last = re.findall(r"^\S+ +> .*$", text, re.MULTILINE)[-1]
    at = text.rindex(last)
    acknowledges = re.search(r" ack (\d+)", last)
    if acknowledges:
        number = int(acknowledges.group(1))
        wrong = last.replace(f" ack {number}", f" ack {number + 1}")
    else:
        number = int(re.search(r" (\d+):", last).group(1))
        wrong = last.replace(f" {number}:{number}(", f" {number + 1}:{number + 1}(")
    return (text[:at] + wrong + text[at + len(last):], line_of(text, at), "ack" if acknowledges else "seq", number)


def check_passes(path, family):
    outcome = pd_bench.play(path, DEFINITIONS, family)
    tap.ok(outcome.verdict == "passed" and not outcome.server.get("differences"),
           f"{os.path.basename(path)}, IPv{family}: passes, and its calls return what it says", outcome)


def check_wrong(path):
    name = os.path.basename(path)
    text, line, field, number = made_wrong(read(path))
    outcome = pd_bench.play(write(f"wrong-{name}", text), DEFINITIONS)
    tap.ok(outcome.verdict == "failed" and outcome.line == line and
           f"{field}: expected {number + 1}, was {number}" in outcome.why,
           f"{name} with a wrong number: fails with line {line} and the field", outcome)


def check_times():
    """What comes before its time fails; what comes after it within what a path may add does not."""
    text = read(os.path.join(FOLDER, "server-timeout.pkt"))
    early = text.replace("+.18~+.5", "+3~+4")
    outcome = pd_bench.play(write("early.pkt", early))
    tap.ok(outcome.verdict == "failed" and outcome.why.startswith("it came too early") and
           outcome.line == line_of(early, early.index("+3~+4")), "a retransmission before its time: fails", outcome)
    late = text.replace("+.18~+.5", "+0")
    outcome = pd_bench.play(write("late.pkt", late))
    tap.ok(outcome.verdict == "passed", "one that comes later, within what the path may add: passes", outcome)
    missing = text.replace("+.18~+.5 >", "+0 >").replace("+.36~+1 > P. 1:701(700)", "+.02 > F. 701:701(0)")
    outcome = pd_bench.play(write("other.pkt", missing))
    tap.ok(outcome.verdict == "failed" and "flags: expected F., was P." in outcome.why,
           "another segment than the expected one: fails, with the field", outcome)


def check_definitions():
    path = os.path.join(FOLDER, "server-handshake.pkt")
    outcome = pd_bench.play(path)
    tap.ok(outcome.verdict == "refused" and "-D SCALE=NUMBER" in outcome.why and
           outcome.line == line_of(read(path), read(path).index("SCALE>")),
           "a word that nobody defines: refused, with what would define it", outcome)
    outcome = pd_bench.play(path, {"SCALE": "much"})
    tap.ok(outcome.verdict == "refused" and "a number is missing" in outcome.why,
           "one that is defined as no number: refused", outcome)


for script in SCRIPTS:
    check_passes(script, 4)
    check_wrong(script)
for script in ("handshake", "both-ways", "client-closes"):
    check_passes(os.path.join(FOLDER, f"server-{script}.pkt"), 6)
check_times()
check_definitions()
tap.done()
