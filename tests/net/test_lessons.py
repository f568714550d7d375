# SPDX-License-Identifier: GPL-3.0-or-later
"""`tcpshake demo --lesson`: each lesson ends as it says, and what it promises was on the wire.

Each is run with --json over IPv4 and IPv6 and its steps are looked at; then all of them once as a person
sees them. Then the list, the quiz, a capture file, mistakes, a promise that cannot be kept, and that
nothing is left behind.
"""

import ctypes
import os
import signal

import netlib

netlib.enter()

import shake  # noqa: E402

CHECK, USAGE, APP = 1, 2, 8
PLAIN_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
NO_TUN = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /dev/net && exec \"$@\"", "sh"]
PR_SET_CHILD_SUBREAPER = 36

tap = netlib.Tap()
here = netlib.Namespace(new=False)


def demo(*arguments, **options):
    return shake.run(here, "demo", *arguments, **options)


class Steps:
    """The steps of a lesson, for questions. On a busy machine some may be sent more often than twice."""

    def __init__(self, done):
        self.all, self.summary = done.steps, done.summary
        self.connections = len(done.of_type("connection"))

    def of(self, end, *kinds):
        return [s for s in self.all if s["from"] == end and (not kinds or s["kind"] in kinds)]

    def text(self, end):
        return [s for s in self.all if s["from"] == end and s["text_len"]]

    def noted(self, end, note):
        return [s for s in self.of(end) if note in s["notes"]]

    def states(self, end):
        changes = [c for s in self.all for c in s["changes"] if c["end"] == end]
        return [c["from"] for c in changes[:1]] + [c["to"] for c in changes]

    def after(self, step, end):
        return [s for s in self.all[self.all.index(step) + 1:] if s["from"] == end]


def handshake(s):
    syn, syn_ack, ack = s.all[:3]
    return ([x["kind"] for x in (syn, syn_ack, ack)] == ["syn", "syn-ack", "handshake-ack"] and
            syn_ack["ack_absolute"] == syn["seq_absolute"] + 1 == ack["seq_absolute"] and
            ack["ack"] == syn_ack["seq"] + 1)


def close(s):
    return (s.summary["closing"] == "four-segments" and
            s.states("client")[-3:] == ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"] and
            s.states("server")[-3:] == ["CLOSE-WAIT", "LAST-ACK", "CLOSED"])


def half_close(s):
    fin = s.of("client", "fin")[0]
    answer = s.text("server")
    return (all(x in s.after(fin, "server") and x["ack"] == fin["seq"] + 1 for x in answer) and answer and
            {x["state"]["server"] for x in answer} == {"CLOSE-WAIT"} and
            not any(x["text_len"] for x in s.after(fin, "client")))


def lost_syn(s):
    first, again = s.of("client", "syn")[:2]
    return (first["seq_absolute"] == again["seq_absolute"] and "syn-again" in again["notes"] and
            again["time_ns"] - first["time_ns"] > 990_000_000 and
            s.of("server")[0] == s.after(again, "server")[0])


def lost_ack(s):
    first, again = s.text("server")[:2]
    lost, answer = s.after(first, "client")[0], s.after(again, "client")[0]
    return (first["seq_absolute"] == again["seq_absolute"] and again["kind"] == "retransmission" and
            s.all.index(lost) < s.all.index(again) and
            lost["ack"] == answer["ack"] == first["seq"] + first["text_len"])


def out_of_order(s):
    numbers = [x["seq"] for x in s.text("server")]
    gap, late = s.noted("server", "gap")[0], s.noted("server", "out-of-order")[0]
    told = [x for x in s.after(gap, "client") if any(o["kind"] == 5 for o in x["options"])][0]
    return (len(numbers) >= 4 and numbers == [numbers[0], numbers[2] + late["text_len"], numbers[2],
                                              *sorted(numbers[3:])] and
            told["ack"] == late["seq"] and
            s.of("client", "fin")[0]["ack"] == numbers[-1] + s.text("server")[-1]["text_len"])


def zero_window(s):
    closed = s.noted("client", "zero-window")[0]
    probe = s.after(closed, "server")[0]
    opened = s.of("client", "window-update")[0]
    return (closed["window"] == 0 and probe["kind"] == "window-probe" and opened["window"] > 0 and
            len(s.of("server", "window-probe")) >= 2 and s.after(opened, "server")[0]["text_len"] > 0 and
            not any(x["text_len"] and x not in s.after(opened, "server") for x in s.after(closed, "server")))


def simultaneous_close(s):
    return s.summary["closing"] == "simultaneous" and "CLOSING" in s.states("client")


def rst(s):
    refused, = s.noted("server", "refused")
    ignored, = s.noted("client", "rst-ignored")
    last, = s.noted("server", "rst-in-flight")
    challenge = s.after(ignored, "server")[0]
    return (s.connections == 2 and s.all.index(refused) < s.all.index(ignored) < s.all.index(last) and
            challenge["flags"] == "ACK" and ignored["state"]["client"] == "ESTABLISHED" and
            s.summary["closing"] == "reset")


def time_wait(s):
    first, again = s.of("server", "fin")[:2]
    lost, answer = s.after(first, "client")[0], s.after(again, "client")[0]
    return (first["seq_absolute"] == again["seq_absolute"] and lost["state"]["client"] == "TIME-WAIT" and
            lost["ack"] == answer["ack"] == first["seq"] + 1 and s.all.index(lost) < s.all.index(again))


def sequence_wrap(s):
    numbers = [x["seq_absolute"] for x in s.of("client")]
    return (numbers[0] == 4294967290 and 4294967291 in numbers and 22 in numbers and
            s.noted("client", "wrap") == s.text("client")[:1] and
            {x["ack_absolute"] for x in s.text("server")} == {22})


def keep_alive(s):
    asked, told = s.of("client", "keep-alive"), s.of("server", "keep-alive-ack")
    fin = s.of("client", "fin")[0]
    return len(asked) >= 2 and len(told) >= 2 and all(x["seq"] == fin["seq"] - 1 for x in asked)


def offload(s):
    merged = s.noted("server", "merged-frame")
    return merged and merged[0]["text_len"] > 1500 and merged[0]["checksum"] == "partial"


# In the order of the list, with words that must stand in what a person gets to see.
LESSONS = {
    "handshake": (handshake, "handshake 3/3"),
    "close": (close, "FIN-WAIT-1 -> FIN-WAIT-2"),
    "half-close": (half_close, "One direction is closed, the other open"),
    "lost-syn": (lost_syn, "the SYN is sent again"),
    "lost-ack": (lost_ack, "sent again: it was not acknowledged"),
    "out-of-order": (out_of_order, "out of order: it fills a gap"),
    "zero-window": (zero_window, "window closed"),
    "simultaneous-close": (simultaneous_close, "FIN-WAIT-1 -> CLOSING"),
    "rst": (rst, "a reset that does not count"),
    "time-wait": (time_wait, "the ACK never arrived"),
    "sequence-wrap": (sequence_wrap, "passes 2^32"),
    "keep-alive": (keep_alive, "still there"),
    "offload": (offload, "(offload)"),
}


def shows(check, done):
    try:
        return check(Steps(done))
    except (IndexError, KeyError, ValueError) as why:  # a step that should be there is not
        return tap.note(repr(why))


def check_steps():
    for family in ("-4", "-6"):
        for name, (check, _) in LESSONS.items():
            done = demo("--json", family, "--lesson", name)
            good = done.status == 0 and not done.err
            tap.ok(good and shows(check, done), f"{name} {family}: it shows what it is about", done)
            if name == "offload" or not good:
                continue
            wrong = {s["checksum"] for s in done.steps} - {"ok"}
            tap.ok(not wrong, f"{name} {family}: over a cable every checksum is whole", wrong)


def check_all():
    """As a person sees them."""
    done = demo("--lesson", "all")
    parts = done.out.split("-- lesson ")
    tap.ok(done.status == 0 and not done.err, "all of them: status 0", done)
    tap.equal([p.split(":")[0] for p in parts[1:]], list(LESSONS), "all of them, in the order of the list")
    for part in parts[1:]:
        name = part.split(":")[0]
        before, told, after = part.partition("-- seen as promised ---")
        tap.ok(told and LESSONS[name][1] in before.split("MTU 1500")[-1] and len(after.split()) > 40 and
               len(before.split("MTU 1500")[0].split()) > 40 and "WRONG" not in part,
               f"{name}: a text, what happened, what was seen, a text", part)
    tap.ok(done.out_bytes.isascii() and not [x for x in done.out.splitlines() if x != x.rstrip()],
           "ASCII, no blanks at the ends of lines")


def check_list():
    done = demo("--lesson", "list")
    tap.equal([line.split()[0] for line in done.out.splitlines()], list(LESSONS), "list: the names", done)
    tap.ok(all(len(line.split()) > 2 for line in done.out.splitlines()), "list: and the titles", done)


def check_quiz():
    path = os.path.join(netlib.scratch(), "answers")
    with open(path, "w", encoding="ascii") as answers:
        answers.write("1\nfin_wait_2\nfive\n")
    with open(path, encoding="ascii") as answers:
        done = demo("--quiz", "--lesson", "handshake,close,rst,offload", stdin=answers)
    tap.ok(done.status == 0 and done.out.count("Before you look:") == 4, "--quiz: asked before each", done)
    tap.ok(done.out.count(" was right:") == 2 and done.out.count(" was not quite:") == 1 and
           done.out.endswith("quiz: 2 of 3 right\n"), "--quiz: answers are judged; no answer is none", done)


def check_capture():
    path = os.path.join(netlib.scratch(), "lesson.pcap")
    done = demo("-q", "--lesson", "lost-syn", "-w", path)
    again = shake.run(here, "explain", "--json", path)
    tap.ok(done.status == 0 and again.status == 0 and len(Steps(again).of("client", "syn")) >= 2,
           "-w keeps the packets, both SYNs", done, again)


def check_mistakes():
    for arguments, status, words in (
            (["--lesson", "lost-sin"], USAGE, ["did you mean lost-syn?", "--lesson list"]),
            (["--lesson", "rst,,close"], USAGE, ["no such lesson"]),
            (["--lesson", "rst,close", "-w", "x"], USAGE, ["one lesson"]),
            (["--lesson", "rst", "-o", "x"], USAGE, ["-o"]),
            (["--lesson", "rst", "--quiz", "--json"], USAGE, ["--quiz"]),
            (["--lesson", "rst", "-4", "-6"], USAGE, ["-6"]),
            (["--quiz"], USAGE, ["--lesson"])):
        done = demo(*arguments)
        tap.ok(done.status == status and not done.out and done.error_like(*words),
               f"{' '.join(arguments)}: refused", done)
    done = demo("--lesson", "out-of-order,handshake", "--no-sack")
    tap.ok(done.status == CHECK and done.error_like("out-of-order", "promises", "SACK") and
           done.out.count("seen as promised") == 2, "a promise that is not kept: status 1, and the next lesson",
           done)


def check_users():
    if here.run([*PLAIN_USER, "true"]).returncode:
        tap.skip("as a plain user", "unshare(1) cannot map a user here")
    else:
        done = demo("-q", "--lesson", "handshake,offload", prefix=PLAIN_USER)
        tap.ok(done.status == 0 and not done.err, "as a plain user", done)
    if here.run([*NO_TUN, "true"]).returncode:
        tap.skip("without /dev/net/tun", "nothing can be mounted here")
        return
    done = demo("-q", "--lesson", "handshake,close", prefix=NO_TUN)
    tap.ok(done.status == APP and done.error_like("/dev/net/tun", "modprobe tun"),
           "without /dev/net/tun: said, and that is the end", done)


def check_leftovers():
    """The cable and the server end with the lesson, also when that is killed: orphans become ours."""
    def late(*_):
        raise TimeoutError

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGALRM, late)
    for title, end in (("", None), (", when it is killed", signal.SIGKILL)):
        running = shake.start(here, "demo", "--lesson", "keep-alive")
        if end:
            shake.wait_for(running, "SYN,ACK")
            running.send_signal(end)
        done, count = shake.finish(running), 0
        signal.alarm(20)
        try:
            while os.wait():
                count += 1
        except (ChildProcessError, TimeoutError) as why:
            tap.ok(isinstance(why, ChildProcessError) and count >= 2, f"no process is left{title}", count, done)
        signal.alarm(0)


check_list()
check_steps()
check_all()
check_quiz()
check_capture()
check_mistakes()
check_users()
check_leftovers()
tap.done()
