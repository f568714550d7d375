# SPDX-License-Identifier: GPL-3.0-or-later
"""`step`: in a real terminal (tmux) and through a pipe, against nginx, with IPv4 and IPv6; what is saved is
a script that `run` passes.
"""

import os
import re
import shutil
import subprocess
import time

import netlib

netlib.enter()

import shake  # noqa: E402
import webservers  # noqa: E402

FAILED, USAGE, UNREACHABLE, APP = 1, 2, 5, 8

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 100)
PORT = webservers.start("nginx", pair.server, site.path)
HOSTS = {"IPv4": netlib.SERVER4, "IPv6": netlib.SERVER6}


def target(family):
    return f"{HOSTS[family]}:{PORT}" if family == "IPv4" else f"[{HOSTS[family]}]:{PORT}"


def piped(text, *options, family="IPv4", **more):
    """`step` with these lines on standard input."""
    path = os.path.join(folder, "lines")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    with open(path, "rb") as lines:
        return shake.run(pair.client, "step", *options, HOSTS[family], str(PORT), stdin=lines, **more)


def replay(path, family="IPv4"):
    return shake.run(pair.client, "run", "--target", target(family), path)


TEN = r"""# by explicit segments
send S 0:0(0) win 64240 <mss 1460,sackOK,nop,wscale 7>
expect S. 0:0(0) ack 1
send . 1:1(0) ack 1
send P. 1:38(37) ack 1 data "GET / HTTP/1.1\r\nHost: some.host12\r\n\r\n"
expect . ack 38
expect P. as head
expect P. as body
send . ack 1 + $head.len + $body.len
send F.
expect F. ack 39
ack
"""


def check_piped(family):
    saved = os.path.join(folder, f"piped-{family}.shake")
    done = piped(TEN + f"history\nshow last\nsave \"{saved}\"\n", family=family)
    tap.equal(done.status, 0, f"piped, {family}: the ten steps, exit 0", done)
    tap.ok(re.search(r"\|-+ FIN,ACK seq 38 ack \d+ -+>\|", done.out) and "TIME-WAIT" in done.out,
           f"piped, {family}: history is the ladder", done)
    tap.ok("acknowledgement" in done.out, f"piped, {family}: show last is the last segment's anatomy", done)
    tap.ok("[we " not in done.out, f"piped, {family}: no prompt", done)
    again = replay(saved, family)
    tap.equal(again.status, 0, f"piped, {family}: what is saved passes", again)
    kept = piped(f"syn\nsave \"{saved}\"\n", family=family)
    tap.ok(kept.status == FAILED and "File exists" in kept.out, f"piped, {family}: a file is not overwritten",
           kept)


def check_piped_mistakes():
    done = piped("syn\nexpect S. ack 2\nack\n")
    tap.ok(done.status == FAILED and "failed: expect S. ack 2" in done.out and
           re.search(r"! ack +2 +1", done.out), "piped: what fails is the last command, exit 1", done)
    tap.ok("handshake 3/3" not in done.out and "RST" in done.out, "piped: then the connection is reset", done)
    done = piped("syn\nexpct S.\nack\n")
    tap.ok(done.status == USAGE and done.err.startswith("tcpshake: step:2:1: expct") and
           "did you mean expect?" in done.err and "\n^\n" in done.err, "piped: a bad line: exit 2, a caret", done)
    done = piped("repeat 2 {\n")
    tap.ok(done.status == USAGE and "}" in done.err, "piped: a block that is not closed: exit 2", done)
    done = piped("")
    tap.ok(done.status == 0 and not done.err, "piped: nothing typed: exit 0", done)
    done = piped("connect\nget /\nclose\nshow\n")
    tap.ok(done.status == 0 and "state    TIME-WAIT" in done.out, "piped: the engine's verbs", done)
    done = piped("next\nnext\nnext\nnext\nexpect .\nexpect P.\nexpect P.\nnext\nnext\nexpect F.\nnext\nshow\n")
    tap.ok(done.status == 0 and "state    TIME-WAIT" in done.out, "piped: the ten steps by `next`", done)
    script = os.path.join(folder, "next.shake")
    with open(script, "w", encoding="ascii") as file:
        file.write("repeat 20 {\n  next\n}\nshow\n")
    done = replay(script)
    tap.ok(done.status == 0 and "state    TIME-WAIT" in done.out, "a script takes the steps by `next`, too", done)
    done = piped("repeat 2 {\n  echo twice\n}\n")
    tap.equal(done.out.count("twice"), 2, "piped: a block of several lines", done)


def check_piped_oddities():
    """Bytes that no person types."""
    done = piped("syn\0xyz\r\nsyn\n")
    tap.ok(done.status == USAGE and done.error_like("NUL"), "piped: a NUL byte: exit 2", done)
    done = piped("echo one\r\n\r\necho two")
    tap.ok(done.status == 0 and done.out == "one\ntwo\n", "piped: CR LF, and no newline at the end", done)
    done = piped(f"echo {'x' * 2000000}\necho end\n")
    tap.ok(done.status == USAGE and done.error_like("too long") and not done.out, "piped: 2 MB in one line: exit 2",
           done.err)
    done = piped("sleep 300ms\n" + "# 0123456789\n" * 150000 + "echo end\n")
    tap.ok(done.status == 0 and done.out == "end\n", "piped: 2 MB of lines while a command waits: none is lost", done)
    done = piped("syn\nexpect S.\nack\nshow\n", "--json")
    tap.ok(done.status == 0 and done.steps and "ok (" in done.err and "state    " in done.err,
           "piped: --json: standard output has nothing else", done)
    done = piped("syn\nexpect S.\nack\n", "-w", "-")
    tap.ok(done.out_bytes[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") and b"ok (" not in done.out_bytes and
           "handshake 3/3" in done.err, "piped: -w -: the capture has standard output for itself", done.err)
    for home in ("/nonexistent", "/proc"):
        done = piped("syn\n", env={**os.environ, "HOME": home})
        tap.ok(done.status == 0 and not done.err, f"piped: HOME={home} does not matter", done)


def check_saved():
    """Lines that bring more than one command, or none by themselves."""
    saved, part = (os.path.join(folder, name) for name in ("lines.shake", "part.shake"))
    with open(part, "w", encoding="ascii") as file:
        file.write("syn\nexpect S.\nack\n")
    done = piped(f"include \"{part}\"\nrepeat 2 {{\ndata \"x\"\n}}\nexpect .\nsave \"{saved}\"\n")
    tap.equal(done.status, 0, "saved: a block and an included file", done)
    os.remove(part)
    text = open(saved, encoding="ascii").read()
    tap.ok("repeat 2 {" in text and "include" not in text and "expect S." in text,
           "saved: the script needs no other file, and has the block whole", text)
    again = replay(saved)
    tap.equal(again.status, 0, "saved: and passes", again)


def check_two_connections():
    """Each is told under its name, and what is saved has both in their order."""
    saved = os.path.join(folder, "two.shake")
    done = piped("connection b\nsyn\nexpect S.\nb: syn\nack\nb: expect S.\nb: ack\nb: rst\n"
                 f"data \"GET / HTTP/1.0\\r\\n\\r\\n\"\nexpect . ack 19\nsave \"{saved}\"\n")
    tap.ok(done.status == 0 and "\nconnection b:\n" in done.out and "\nconnection without a name:\n" in done.out,
           "piped: two connections, each told as itself", done)
    again = replay(saved)
    tap.ok(again.status == 0 and "b: expect S." in again.out, "piped: two connections are saved", again)


def check_usage():
    for words, part in (((), "HOST and PORT"), (("a", "b", "c"), "HOST and PORT"), ((HOSTS["IPv4"],), "port"),
                        ((HOSTS["IPv4"], "0"), "port"), (("no.such.name.invalid", "80"), "no.such.name")):
        done = shake.run(pair.client, "step", *words)
        tap.ok(done.status in (USAGE, UNREACHABLE) and done.error_like(part),
               f"step {' '.join(words)}: says what is wrong", done)
    closed = shake.run(pair.client, "step", f"{HOSTS['IPv4']}:1", stdin=subprocess.DEVNULL)
    tap.equal(closed.status, 0, "HOST:PORT in one word", closed)


def check_quiz():
    lines = "syn\nsyn sent\nexpect S.\nack\n7\ndata len 10\n1\nfin\n11\n"
    done = piped(lines, "--quiz")
    tap.ok(done.status == 0 and done.out.count("Quiz:") == 4, "quiz: four questions", done)
    tap.ok("not quite: its SYN has seq 0" in done.out and "quiz: 3 of 4 right" in done.out,
           "quiz: a wrong answer is explained, and the score kept", done)
    tap.ok(done.out.index("Quiz: in which state") < done.out.index("SYN-SENT"),
           "quiz: the question comes before what would answer it", done)


class Terminal:
    """`step` in a tmux of its own, which ends with it."""

    count = 0

    def __init__(self, family, *options, shell=None):
        Terminal.count += 1
        self.socket = os.path.join(folder, f"tmux-{Terminal.count}")
        command = " ".join([netlib.program(), "step", *options, HOSTS[family], str(PORT)])
        self.env = {**os.environ, "HOME": folder, "TERM": "screen", "LC_ALL": "C.UTF-8"}
        self.tmux("new-session", "-d", "-x", "120", "-y", "50",
                  shell or f"{command}; echo status=$?; read end")
        if shell:
            self.wait(r"[#$] ?")
            self.type(command, "Enter")

    def tmux(self, *words):
        return pair.client.run(["tmux", "-S", self.socket, "-f", "/dev/null", *words], env=self.env,
                               capture_output=True, text=True, check=False).stdout

    def text(self):
        return self.tmux("capture-pane", "-p", "-S", "-1000", "-J").rstrip()

    def wait(self, pattern, seconds=20):
        """Until the screen's end looks like this."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if re.search(pattern + r"\Z", self.text(), re.MULTILINE):
                return True
            time.sleep(0.02)
        return False

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def end(self):
        self.tmux("kill-server")


def check_enter(family):
    """The whole connection by Enter alone."""
    t = Terminal(family)
    enough = t.wait(r"we CLOSED\] >")
    for _ in range(40):
        before = t.text()
        t.type("Enter")
        enough = enough and t.wait(r"\] >")
        if "next: nothing" in t.text()[len(before) // 2:]:
            break
        until = time.monotonic() + 20
        while t.text() == before and time.monotonic() < until:
            time.sleep(0.01)
    text = t.text()
    tap.ok(enough and "we TIME-WAIT, server CLOSED" in text, f"terminal, {family}: only Enter, to TIME-WAIT", text)
    tap.ok(all(f"next: {c}" in text for c in ("syn", "ack", "data", "fin")) and "Enter sends it" in text,
           f"terminal, {family}: each step is proposed, with the reason", text)
    saved = os.path.join(folder, f"enter-{family}.shake")
    t.type(f"save \"{saved}\"", "Enter")
    tap.ok(t.wait(r"\] >") and "does it again" in t.text(), f"terminal, {family}: save", t.text())
    t.type("C-d")
    tap.ok(t.wait(r"status=0"), f"terminal, {family}: Ctrl-D ends it, exit 0", t.text())
    t.end()
    again = replay(saved, family)
    tap.equal(again.status, 0, f"terminal, {family}: what is saved passes", again)
    for _ in range(3):
        again = replay(saved, family)
        tap.equal(again.status, 0, f"terminal, {family}: and passes again", again)


def check_line_editing():
    """Keys, and what is printed while somebody types."""
    t = Terminal("IPv4", "--quiet")
    t.wait(r"> ?")
    t.type("expec", "Tab")
    tap.ok(t.wait(r"> expect ?"), "terminal: Tab completes a verb", t.text())
    t.type("C-u", "qui", "Tab")
    tap.ok(t.wait(r"> quit ?"), "terminal: and a word of its own", t.text())
    t.type("C-u", f"save {folder}/tm", "Tab")
    tap.ok(t.wait(r"/tmux-\d? ?"), "terminal: and a file", t.text())
    t.type("C-c")
    tap.ok(t.wait(r"we CLOSED\] > ?"), "terminal: Ctrl-C clears the line", t.text())
    t.type("bogus", "Enter")
    t.wait(r"\] > ?")
    tap.ok("bogus: no such command" in t.text(), "terminal: a bad line is told, and nothing ends", t.text())
    t.type("syn", "Enter")
    t.wait(r"seq 1 ack 1\] > ?")
    t.type("expect none S within 1h", "Enter")
    t.wait(r"within 1h")
    t.type("C-c")
    tap.ok(t.wait(r"seq 1 ack 1\] > ?"), "terminal: Ctrl-C stops a command that waits", t.text())
    t.type("Up")
    tap.ok(t.wait(r"> expect none S within 1h"), "terminal: the history brings lines back", t.text())
    t.type("C-u", "quit", "Enter")
    tap.ok(t.wait(r"status=0"), "terminal: quit", t.text())
    t.end()
    with open(os.path.join(folder, ".tcpshake_history"), encoding="ascii") as file:
        tap.ok("expect none S within 1h" in file.read(), "terminal: the history is kept")


def check_pasting():
    """Several lines at once, as terminals paste them: each is done, in its turn."""
    saved = os.path.join(folder, "pasted.shake")
    t = Terminal("IPv4", "--quiet")
    t.wait(r"\] > ?")
    t.type("C-c")  # at an empty prompt: what follows is recorded all the same
    t.wait(r"ends\)\n.*\] > ?")
    t.tmux("set-buffer", f'syn\nexpect S.\nack\nsave "{saved}"')
    t.tmux("paste-buffer", "-p")
    t.wait(r"save .*")
    t.type("Enter")
    tap.ok(t.wait(r"does it again\n.*ESTABLISHED.*\] > ?"), "terminal: lines that are pasted are all done", t.text())
    again = replay(saved)
    tap.ok(again.status == 0 and "expect S." in again.out, "terminal: and recorded, after Ctrl-C too", again)
    t.type("C-d")
    t.wait(r"status=0")
    t.end()


def check_stopped():
    """Ctrl-Z, and on again: keys are keys as before."""
    t = Terminal("IPv4", "--quiet", shell="bash --norc -i")
    t.wait(r"\] > ?")
    t.type("C-z")
    stopped = t.wait(r"Stopped.*\n.*[#$] ?")
    t.type("fg", "Enter")
    tap.ok(t.wait(r"we CLOSED\] > ?") and stopped, "terminal: stopped by Ctrl-Z, and continued", t.text())
    t.type("expec", "Tab")
    tap.ok(t.wait(r"> expect ?"), "terminal: then Tab completes as before", t.text())
    t.type("C-c")
    t.wait(r"\] > ?")
    t.type("C-d")
    t.wait(r"[#$] ?")
    t.end()


def check_quiz_again():
    """Who does not want to answer does not have to."""
    t = Terminal("IPv4", "--quiet", "--quiz")
    t.wait(r"\] > ?")
    t.type("syn", "Enter")
    t.wait(r"answer> ?")
    t.type("C-c")
    tap.ok(t.wait(r"we CLOSED\] > ?"), "terminal: Ctrl-C takes back what was asked about", t.text())
    t.type("syn", "Enter")
    t.wait(r"answer> ?")
    t.type("syn-sent", "Enter")
    tap.ok(t.wait(r"server SYN-RECEIVED.*\] > ?"), "terminal: the next is asked about, and done", t.text())
    t.type("C-d")
    tap.ok(t.wait(r"status=0") and "segments, 0 bytes" in t.text() and "1 of 1 right" in t.text(),
           "terminal: only one was", t.text())
    t.end()


def check_asynchronous():
    """The server sends its SYN,ACK again while somebody types: the line stays whole."""
    t = Terminal("IPv4")
    t.wait(r"\] >")
    t.type("syn", "Enter")
    t.wait(r"ack 1\] > ?")
    t.type("data \"half a li")
    until = time.monotonic() + 20
    while not re.search(r"^ +3 .*SYN,ACK", t.text(), re.MULTILINE) and time.monotonic() < until:
        time.sleep(0.02)
    tap.ok(t.wait(r"^\[we ESTABLISHED.*\] > data .{0,2}half a li"),
           "terminal: what comes meanwhile stands above the line being typed", t.text())
    tap.equal(t.text().count("half a li"), 1, "terminal: which is there once", t.text())
    t.type("C-c")
    t.wait(r"\] > ?")
    t.type("C-d")
    t.wait(r"status=0")
    t.end()


for one in HOSTS:
    check_piped(one)
check_piped_mistakes()
check_piped_oddities()
check_saved()
check_two_connections()
check_usage()
check_quiz()
if shutil.which("tmux"):
    for one in HOSTS:
        check_enter(one)
    check_line_editing()
    check_pasting()
    check_stopped()
    check_quiz_again()
    check_asynchronous()
else:
    tap.skip("in a terminal", "no tmux(1)")
tap.done()
