# SPDX-License-Identifier: GPL-3.0-or-later
"""`tcpshake demo`: the ten steps, each time, for whoever runs it; and what is printed of them.

As root and as a plain user, IPv4 and IPv6, twenty times the same; where namespaces are forbidden it says
so and names the way out. Then the forms of the output: -v, -q, --absolute, --json, colour.
"""

import difflib
import os
import re

import netlib

netlib.enter()

import shake  # noqa: E402

PRIVILEGE = 6
# A plain user, without any capability: another id in a user namespace of its own.
PLAIN_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
# Who sends, and what: the exchange of which the ten steps are told.
STEPS = [("client", "syn"), ("server", "syn-ack"), ("client", "handshake-ack"), ("client", "data"),
         ("server", "ack"), ("server", "data"), ("client", "ack"), ("client", "fin"), ("server", "fin-ack"),
         ("server", "fin"), ("client", "fin-ack")]
STATES = {"client": ["CLOSED", "SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"],
          "server": ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]}
RUNS = 20

tap = netlib.Tap()
here = netlib.Namespace(new=False)


def demo(*arguments, **options):
    return shake.run(here, "demo", *arguments, **options)


def kinds(done):
    return [(step["from"], step["kind"]) for step in done.steps]


def states(done, end):
    """The states that an end went through."""
    changes = [c for step in done.steps for c in step["changes"] if c["end"] == end]
    return [c["from"] for c in changes[:1]] + [c["to"] for c in changes]


def check_steps(title, *arguments, **options):
    done = demo("--json", *arguments, **options)
    if not tap.ok(done.status == 0 and not done.err and kinds(done) == STEPS, f"{title}: the ten steps",
                  done):
        return
    verdicts = {e["verdict"] for step in done.steps for e in step["equations"]} - {"old"}
    tap.ok(verdicts == {"ok"} and done.summary["wrong_equations"] == 0 and
           all(step["equations"] for step in done.steps), f"{title}: each with its arithmetic, and ok", done)
    tap.equal({end: states(done, end) for end in STATES}, STATES, f"{title}: both ends' states")
    tap.ok(done.summary["closing"] == "four-segments" and done.summary["http_status"] == 200,
           f"{title}: four segments close it", done.summary)


def check_users():
    for title, prefix in (("as root", ()), ("as a plain user", PLAIN_USER)):
        if prefix and here.run([*prefix, "true"]).returncode:
            tap.skip(title, "unshare(1) cannot map a user here")
            continue
        for family in ("-4", "-6"):
            check_steps(f"{title}, {family}", family, prefix=prefix)
        done = demo(prefix=prefix)
        tap.ok(done.status == 0 and not done.err and done.out.count("  ok") >= 10 and
               "WRONG" not in done.out, f"{title}: narrated", done)


def answer_place(done):
    """The number of the step after which the HTTP answer is told."""
    told = [i for i, line in enumerate(done.lines) if line.get("event") == "http"]
    return [sum(line["type"] == "step" for line in done.lines[:i]) for i in told]


def check_same():
    runs = [demo("--json") for _ in range(RUNS)]
    odd = [kinds(run) for run in runs if kinds(run) != STEPS]
    tap.ok(not odd, f"{RUNS} runs in a row: the same steps", f"{len(odd)} runs differ", *odd[:3])
    places = [answer_place(run) for run in runs]
    tap.ok(all(place in ([6], [7]) for place in places),
           "the HTTP answer is told once, after its data and before the close", places)


def check_forbidden():
    """No user namespace can be made, and there is no CAP_SYS_ADMIN to do without."""
    title = "where namespaces are forbidden: exit 6, with the sudo form"
    forbid = "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\""
    prefix = ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh",
              *netlib.with_capabilities("net_raw")]
    if here.run([*prefix, "true"]).returncode:
        tap.skip(title, "user.max_user_namespaces cannot be set here")
    else:
        done = demo(prefix=prefix)
        tap.ok(done.status == PRIVILEGE and done.error_like("sudo tcpshake demo") and not done.out, title,
               done)
    done = demo(prefix=["unshare", "--user"])
    tap.ok(done.status == PRIVILEGE and done.error_like("sudo tcpshake demo"),
           "as a user without an id: exit 6, with the sudo form", done)


def check_body():
    path = os.path.join(netlib.scratch(), "page")
    done = demo("-o", path)
    with open(path, encoding="ascii") as page:
        tap.ok(done.status == 0 and "TCP" in page.read(), "-o saves the page", done)
    tap.equal(os.stat(path).st_uid, os.geteuid(), "and it belongs to who ran it")
    done = demo("-o", "-")
    tap.ok(done.out.startswith("You have just seen TCP") and "three-way handshake" in done.err,
           "-o -: the page on stdout, the narration on stderr", done)


def plain(text):
    """The narration with what differs from run to run taken out: numbers, and the place of the line about
    HTTP, which check_same() looks after."""
    text = "".join(line for line in text.splitlines(True) if not line.lstrip().startswith("HTTP/"))
    return re.sub(r"\d[\d,.]*", "N", re.sub(r" +\n", "\n", re.sub(r" +", " ", text)))


def check_output():
    """Each form of the output: ASCII, and what it is for."""
    runs = {name: demo(*arguments) for name, arguments in (
        ("default", []), ("-v", ["-v"]), ("-q", ["-q"]), ("--absolute", ["--absolute"]),
        ("--color=always", ["--color=always"]), ("--color=never", ["--color=never"]))}
    for name, done in runs.items():
        raw = done.out_bytes
        tap.ok(done.status == 0 and raw.isascii() and raw.endswith(b"\n") and
               not [line for line in raw.splitlines() if line != line.rstrip()],
               f"{name}: ASCII, no blanks at the ends of lines", done)
        printable = all(byte >= 0x20 or byte == 0x0a for byte in raw.replace(b"\x1b", b""))
        tap.ok(printable, f"{name}: no control characters", done)
    lengths = {name: len(done.out) for name, done in runs.items()}
    tap.ok(lengths["-q"] < lengths["default"] / 3 and lengths["-v"] > 2 * lengths["default"],
           "-q is short, -v is long", lengths)
    tap.ok("handshake ---" not in runs["-q"].out and "sha256" in runs["-q"].out, "-q: the summary only",
           runs["-q"])
    tap.ok("|U|A|P|R|S|F|" in runs["-v"].out.replace(" ", "") or "URG" in runs["-v"].out,
           "-v: each header as a diagram", runs["-v"])
    isn = demo("--absolute", "--isn", "3626544836")
    tap.ok("3626544836" in isn.out and "ack 3626544837" in isn.out, "--absolute: the numbers on the wire",
           isn)
    tap.ok(b"\x1b[" in runs["--color=always"].out_bytes and
           all(b"\x1b" not in runs[name].out_bytes for name in runs if name != "--color=always"),
           "colour only when asked for, or on a terminal")
    bare = re.sub(r"\x1b\[[0-9;]*m", "", runs["--color=always"].out)
    difference = difflib.unified_diff(plain(runs["default"].out).splitlines(), plain(bare).splitlines(), n=0)
    tap.ok(plain(bare) == plain(runs["default"].out), "colour adds nothing but colour", *difference)


def check_environment():
    """The same bytes whatever the locale; NO_COLOR beats a terminal, not --color=always."""
    texts = {plain(demo(env={**os.environ, "LC_ALL": locale, "LANGUAGE": "de"}).out)
             for locale in ("C", "C.UTF-8", "de_DE.UTF-8", "nonsense")}
    tap.equal(len(texts), 1, "the same in every locale")
    forced = {**os.environ, "NO_COLOR": "1"}
    tap.ok(b"\x1b[" in demo("--color=always", env=forced).out_bytes, "--color=always beats NO_COLOR")
    terminal = ["script", "-qec"]
    if here.run(["which", "script"]).returncode:
        tap.skip("colour on a terminal", "no script(1)")
        return
    command = f"{netlib.program()} demo -q"
    for title, expected, environment in (
            ("colour on a terminal", True, {"TERM": "xterm"}),
            ("NO_COLOR", False, {"TERM": "xterm", "NO_COLOR": "1"}),
            ("TERM=dumb", False, {"TERM": "dumb"})):
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
        said = here.run([*terminal, command, "/dev/null"], env={**kept, **environment}).stdout
        tap.equal("\x1b[" in said, expected, title, said)


check_users()
check_same()
check_forbidden()
check_body()
check_output()
check_environment()
tap.done()
