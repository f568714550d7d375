# SPDX-License-Identifier: GPL-3.0-or-later
"""`run`: a bad script sends nothing; the reports say what happened; many scripts at once. What the examples do
is test_examples.py's affair.
"""

import json
import os
import re
import signal
import subprocess
import time
import xml.etree.ElementTree

import netlib

netlib.enter()

import captures  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

FAILED, USAGE, APP = 1, 2, 8
MANY = 200

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 100)
port = webservers.start("nginx", pair.server, site.path)


def run(*arguments):
    return shake.run(pair.client, "run", "--target", f"{netlib.SERVER4}:{port}", *arguments)


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def results(done):
    """{script's name: whether it passed}, from the TAP."""
    return {os.path.basename(name): not bad for bad, name in
            re.findall(r"^(not )?ok \d+ - (\S+) # ", done.out, re.MULTILINE)}


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


def start_logging(number_of_port):
    """An nginx whose answers name the path, and that logs who asked for what; the path of its log."""
    work = netlib.scratch()
    log = os.path.join(work, "log")
    text = webservers.NGINX.format(work=work, root=site.path, port=number_of_port)
    text = text.replace("worker_connections 64", "worker_connections 1024")
    text = text.replace("access_log off;", f"log_format who '$remote_port $uri'; access_log {log} who;")
    text = text.replace(f"root {site.path};", 'location / { return 200 "this is $uri;"; }')
    with open(os.path.join(work, "config"), "w", encoding="ascii") as out:
        out.write(text)
    pair.server.popen(["nginx", "-e", "stderr", "-c", os.path.join(work, "config")], stdin=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pair.server.wait_for_listen(number_of_port)
    return log


def check_many(jobs, number_of_port):
    """Connections that run at once know nothing of each other: each has its numbers, port and answer."""
    log, where = start_logging(number_of_port), netlib.scratch()
    for n in range(MANY):
        isn, source, path = n * 20000001 % 2**32, 20000 + n, f"/n/{n}"
        request = f"GET {path} HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n"
        length = len(request.replace("\\r", "r").replace("\\n", "n"))
        with open(os.path.join(where, f"{n:03}.shake"), "w", encoding="ascii") as out:
            out.write(f"""set isn {isn}
set source-port {source}
send S
expect S. ack {(isn + 1) % 2**32} abs dport {source}
send .
send P. data "{request}"
ignore . len 0
expect P. seq 1 ack {1 + length} dport {source} data ~ /this is {path.replace("/", chr(92) + "/")};$/ within 20s
send .
expect none within 20ms
""")
    done = shake.run(pair.client, "run", "--target", f"{netlib.SERVER4}:{number_of_port}", "--jobs", str(jobs), where,
                     seconds=120)
    tap.ok(done.status == 0 and len(results(done)) == MANY and all(results(done).values()),
           f"{MANY} scripts of a folder, {jobs} at once: each gets its own answer and no other", done.err,
           [line for line in done.out.splitlines() if "not ok" in line][:10])
    with open(log, encoding="ascii") as lines:
        tap.equal(sorted(lines.read().split("\n")[:-1]), sorted(f"{20000 + n} /n/{n}" for n in range(MANY)),
                  "and the server has seen each request once, from its own port")


def check_command_line():
    good = write("good.shake", "send S\nexpect S. ack 1\n")
    os.mkdir(os.path.join(folder, "empty"))
    for arguments, *words in (
            (["--jobs", "0", good], "1 to 64"), (["--jobs", "65", good], "1 to 64"), (["-D", "x", good], "NAME=VALUE"),
            (["-D", "1x=2", good], "-D 1x=2", "name"), (["-t", "here", good], "no port"), ([], "no script"),
            ([os.path.join(folder, "empty")], "no *.shake or *.pkt"), (["-", "-"], "standard input")):
        done = run(*arguments)
        tap.ok(done.status == USAGE and not done.out and done.error_like(*words), f"{arguments[:2]}: exit 2", done)
    for arguments, word in ((["--junit", "/nowhere/report", good], "/nowhere/report"),
                            ([os.path.join(folder, "nothing.shake")], "nothing.shake")):
        done = run(*arguments)
        tap.ok(done.status == APP and not done.out and done.error_like(word), f"{arguments[:2]}: exit 8", done)
    done = run(good, good)
    tap.ok(done.status == 0 and done.out.count(f" - {good} # ") == 2, "a script named twice runs twice", done)
    with open(good, "rb") as script:
        done = shake.run(pair.client, "run", "--target", f"{netlib.SERVER4}:{port}", "-", stdin=script)
    tap.ok(done.status == 0 and "ok 1 - expect S. ack 1" in done.out, "a script from standard input", done)
    done = shake.run(pair.client, "run", write("none.shake", "connect\n"), write("says.shake", "echo hello\n"))
    tap.ok(done.status == USAGE and not done.out and done.error_like("none.shake", "no target"),
           "no target: the script that needs one is named, and nothing runs", done)
    done = shake.run(pair.client, "run", os.path.join(folder, "says.shake"))
    tap.ok(done.status == 0 and "# hello" in done.out, "a script that connects to nowhere needs none", done)


def check_segments_side_by_side():
    done = run(write("fails.shake", "send S\nexpect S. 0:0(0) ack 7 win 1 <mss 1460,...>\n"))
    lines = [line[6:] for line in done.out.splitlines() if line.startswith("    # ")]
    at = next((i for i, line in enumerate(lines) if line.startswith("  expected  ")), None)
    if not tap.ok(at is not None and len(lines) > at + 4, "the two segments are shown", done):
        return
    expected, came, marks = lines[at:at + 3]
    marked = [marks.index("^", 10), marks.rindex("^")]
    tap.ok(came.startswith("  came      S.") and expected[marked[0]] == "7" and came[marked[0]] == "1" and
           came[:marked[1] + 1].split()[-2] == "win", "one under the other, with marks under what differs", *lines[:8])
    tap.ok(re.match(r"  in full   S\. 0:0\(0\) ack 1 win \d+ <mss 1460,", lines[at + 3]),
           "numbers are relative, as the script's are", *lines[:8])
    tap.ok(any("failed here: expect S." in line for line in lines) and not any(" | " in line for line in lines),
           "the exchange is told without lessons, with the place of the failure", *lines)


def check_interrupted():
    """Ctrl-C: what was said so far stays, the script counts as failed, the server is left clean."""
    heard = captures.Capture(pair.server, "s0", snaplen=128)
    with heard:
        running = shake.start(pair.client, "run", "--target", f"{netlib.SERVER4}:{port}",
                              write("waits.shake", "connect\necho waiting\nexpect none within 60s\n"),
                              write("next.shake", "connect\n"))
        wait_for_established(port)
        running.send_signal(signal.SIGINT)
        done = shake.finish(running)
    tap.ok(done.status == -signal.SIGINT and "    # interrupted" in done.out and "Bail out! interrupted" in done.out and
           results(done) == {"waits.shake": False}, "SIGINT: the script failed, the rest is not begun", done)
    resets = captures.packets(heard.path, "tcp.flags.reset",
                              only=f"tcp.dstport == {port} && tcp.flags.reset == 1")
    tap.equal(len(resets), 1, "and its connection was reset")


def wait_for_established(number_of_port, seconds=20):
    until = time.monotonic() + seconds
    while not pair.server.run(["ss", "-Htn", "state", "established", f"sport = :{number_of_port}"]).stdout.strip():
        if time.monotonic() > until:
            raise TimeoutError("no connection")
        time.sleep(0.01)


def check_leave():
    script = write("leaves.shake", "connect\nget /index.html\n")
    for options, resets in (([], 1), (["--leave"], 0)):
        with captures.Capture(pair.server, "s0", snaplen=128) as heard:
            done = run(*options, script)
        sent = captures.packets(heard.path, "tcp.flags.reset", only=f"tcp.dstport == {port} && tcp.flags.reset == 1")
        tap.ok(done.status == 0 and len(sent) == resets, f"options {options}: {resets} RST at the end", done, sent)


check_bad_scripts()
check_reports()
check_command_line()
check_segments_side_by_side()
check_interrupted()
check_leave()
for at_once, on_port in ((16, 8021), (64, 8022)):
    check_many(at_once, on_port)
tap.done()
