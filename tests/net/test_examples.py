# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts in scripts/examples: each passes against nginx and the kernel's TCP, with IPv4 and IPv6; a copy
with one number made wrong fails, and is told with its line and the field; no connection stays behind.
"""

import glob
import os
import re
import time

import netlib

netlib.enter()

import shake  # noqa: E402
import webservers  # noqa: E402

FAILED = 1
EXAMPLES = sorted(glob.glob(os.path.join(os.environ["top_srcdir"], "scripts", "examples", "*.shake")))
# The last acknowledgement number, maybe a sum, that a line expects; ranges and comparisons are none.
LAST_ACK = re.compile(r"^(?:[\w-]+: *)?expect [^#\n\"/]*?\back (?:\d+|\$[\w.]+)(?: \+ \d+)?(?=\s)", re.MULTILINE)

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 100)
port = webservers.start("nginx", pair.server, site.path)
TARGETS = {"IPv4": f"{netlib.SERVER4}:{port}", "IPv6": f"[{netlib.SERVER6}]:{port}"}


def run(target, *scripts):
    return shake.run(pair.client, "run", "--target", target, *scripts)


def check_examples(family, target):
    done = run(target, *EXAMPLES)
    for path in EXAMPLES:
        told = done.out.partition(f"# Subtest: {path}\n")[2].partition("\n# Subtest: ")[0]
        passed = re.search(rf"^ok \d+ - {re.escape(path)} # ", told, re.MULTILINE)
        tap.ok(passed, f"{os.path.basename(path)}, {family}: passes", done.err, told)
    tap.equal(done.status, 0, f"examples, {family}: exit 0")


def made_wrong(path):
    """A copy in which the last acknowledgement that is expected is one larger; its path, and the line."""
    with open(path, encoding="ascii") as file:
        text = file.read()
    end = list(LAST_ACK.finditer(text))[-1].end()
    wrong = os.path.join(folder, f"wrong-{os.path.basename(path)}")
    with open(wrong, "w", encoding="ascii") as file:
        file.write(text[:end] + " + 1" + text[end:])
    return wrong, text.count("\n", 0, end) + 1


def check_wrong(path, family, target):
    name = os.path.basename(path)
    wrong, line = made_wrong(path)
    done = run(target, wrong)
    marked = re.findall(r"^    # ! (\S+) ", done.out, re.MULTILINE)
    tap.ok(done.status == FAILED and 'message: "another segment came"' in done.out and
           f"wrong-{name}', line: {line}," in done.out and marked == ["ack"] and
           "the exchange so far:" in done.out,
           f"{name}, {family}, with a wrong number: exit 1, line {line} and its ack are told", done)


def check_nothing_left(what):
    """No connection at the server is open, or half open; TIME-WAIT is a connection's orderly end."""
    until = time.monotonic() + 5
    left = ["?"]
    while left and time.monotonic() < until:
        sockets = pair.server.run(["ss", "--no-header", "--tcp", "--all", "--numeric"], check=True).stdout
        left = [line for line in sockets.splitlines() if line.split()[0] not in ("LISTEN", "TIME-WAIT")]
    tap.equal(left, [], f"{what}: no connection is left at the server")


def kernel_resets():
    """How many RST our own kernel has sent: it ends what a script has left at the server."""
    with open("/proc/net/snmp", encoding="ascii") as file:
        names, values = [line.split() for line in file if line.startswith("Tcp:")]
    return int(values[names.index("OutRsts")])


for name, to in TARGETS.items():
    check_examples(name, to)
check_nothing_left("examples")
tap.equal(kernel_resets(), 0, "examples: they end their connections themselves, our kernel has nothing to reset")
for name, to in TARGETS.items():
    for example in EXAMPLES:
        check_wrong(example, name, to)
check_nothing_left("examples with a wrong number")
tap.done()
