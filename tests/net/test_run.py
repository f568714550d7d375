# SPDX-License-Identifier: GPL-3.0-or-later
"""`run`: each example passes against nginx and the kernel's TCP, with IPv4 and IPv6, and fails, pointedly,
when one number in it is made wrong; a bad script sends nothing; the reports say what happened.
"""

import glob
import json
import os
import re
import xml.etree.ElementTree

import netlib

netlib.enter()

import captures  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

FAILED, USAGE = 1, 2
EXAMPLES = sorted(glob.glob(os.path.join(os.environ["top_srcdir"], "scripts", "examples", "*.shake")))

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 100)
port = webservers.start("nginx", pair.server, site.path)
TARGETS = {"IPv4": f"{netlib.SERVER4}:{port}", "IPv6": f"[{netlib.SERVER6}]:{port}"}


def run(*arguments, target=TARGETS["IPv4"], **options):
    return shake.run(pair.client, "run", "--target", target, *arguments, **options)


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def results(done):
    """{script's name: whether it passed}, from the TAP."""
    return {os.path.basename(name): not bad for bad, name in
            re.findall(r"^(not )?ok \d+ - (\S+) # ", done.out, re.MULTILINE)}


def made_wrong(path):
    """The script with the last plain number that an expectation acknowledges one larger; None without one."""
    with open(path, encoding="ascii") as file:
        text = file.read()
    places = [m for m in re.finditer(r"^[^#\n]*expect [^#\n]*?\back (\d+)\b(?!\.\.)", text, re.MULTILINE)]
    if not places:
        return None
    at = places[-1]
    return text[:at.start(1)] + str(int(at.group(1)) + 1) + text[at.end(1):]


def check_examples(family, target):
    done = run(*EXAMPLES, target=target)
    passed = results(done)
    for path in EXAMPLES:
        name = os.path.basename(path)
        tap.ok(passed.get(name), f"{name}, {family}: passes", done.err, done.out[-3000:])
    tap.equal(done.status, 0, f"examples, {family}: exit 0")


def check_wrong(path):
    name = os.path.basename(path)
    text = made_wrong(path)
    if text is None:
        return
    done = run(write(f"wrong-{name}", text))
    tap.ok(done.status == FAILED and "message: \"another segment came\"" in done.out and
           re.search(r"^    # ! ack ", done.out, re.MULTILINE) and "the exchange so far:" in done.out,
           f"{name} with a wrong number: exit 1, the field is marked, the exchange is told", done)


def check_bad_scripts():
    good = write("good.shake", "send S\nexpect S.\n")
    bad = {"unknown verb": "sned S\n", "bad number": "send S\nexpect S. ack 1x\n", "no string's end": 'echo "a\n',
           "includes itself": f'include "{folder}/bad.shake"\n', "unknown name": "send . ack $nothing\n",
           "a relation where something is sent": "send S win > 1\n"}
    with captures.Capture(pair.server, "s0", snaplen=128) as heard:
        for what, text in bad.items():
            done = run(good, write("bad.shake", text))
            lines = done.err.splitlines()
            tap.ok(done.status == USAGE and not done.out and len(lines) >= 1 and
                   re.match(r"tcpshake: .*bad\.shake:\d+:\d+: .+: .+", lines[0]),
                   f"{what}: exit 2, one message with its place", done)
    sent = captures.packets(heard.path, "tcp.srcport", only=f"tcp.port == {port}")
    tap.ok(not sent, "and nothing was sent, not even by the good script beside them", sent[:3])


def check_reports():
    good = write("good.shake", "send S\nexpect S. ack 1\n")
    bad = write("fails.shake", "send S\nexpect S. ack 7\n")
    report = os.path.join(folder, "junit.xml")
    done = run("--junit", report, good, bad)
    suites = xml.etree.ElementTree.parse(report).getroot()
    failures = suites.findall(".//failure")
    tap.ok(done.status == FAILED and len(suites) == 2 and suites.get("failures") == "1" and
           len(failures) == 1 and "ack: expected 7, was 1" in failures[0].text, "--junit: two suites, one failure",
           done)
    done = run("--json", good, bad)
    lines = [json.loads(line) for line in done.out.splitlines()]
    verdicts = [line for line in lines if line["type"] == "verdict"]
    wrong = [field for verdict in verdicts for field in verdict.get("fields", []) if field["differs"]]
    tap.ok([verdict["passed"] for verdict in verdicts] == [True, False] and
           [(field["field"], field["expected"], field["actual"]) for field in wrong] == [("ack", "7", "1")],
           "--json: a line for each verdict, with the field that differs", done)


def check_many():
    scripts = [write(f"many-{number}.shake", f'send S\nexpect S. ack 1\nsend .\nsend P. data "GET /{number} HTTP/1.1'
                     '\\r\\nHost: h\\r\\n\\r\\n"\nignore . len 0\nexpect P. data ~ /404 Not Found/\n')
               for number in range(200)]
    done = run("--jobs", "16", *scripts)
    tap.ok(done.status == 0 and all(results(done).values()) and len(results(done)) == 200,
           "200 scripts, 16 at once: all pass", done.err, done.out[-2000:])


for name, to in TARGETS.items():
    check_examples(name, to)
for example in EXAMPLES:
    check_wrong(example)
check_bad_scripts()
check_reports()
check_many()
tap.done()
