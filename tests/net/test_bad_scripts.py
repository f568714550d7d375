# SPDX-License-Identifier: GPL-3.0-or-later
"""`run` with scripts that are wrong in more than a hundred ways: each is refused with its place, the line and
a caret, none crashes the program, and not one packet is sent: not the good lines before the bad one, and not
the good script beside it.
"""

import os
import re
import threading

import netlib

netlib.enter()

import captures  # noqa: E402
import shake  # noqa: E402

USAGE, APP = 2, 8
TARGET = f"{netlib.SERVER4}:7"  # nobody listens: a RST is the answer
GOOD = "send S\nexpect R. ack 1\n"
MIB = 1 << 20

tap = netlib.Tap()
if captures.missing_tool():
    netlib.skip_all(captures.missing_tool())
pair = netlib.Pair()
folder = netlib.scratch()


def write(name, content):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


good = write("good.shake", GOOD)

# Behind two good lines: the third is wrong.
LINES = {
    "an unknown verb": "sned S",
    "a segment without a verb": "S 0:0(0)",
    "a number as a verb": "5",
    "a connection nobody declared": "nobody: send S",
    "a connection of two names": "connection a b c",
    "a verb of `step`": 'save "x"',
    "something behind a command": "reset now",
    "a duty without a name": "auto on",
    "a duty that is none": "auto akc on",
    "neither on nor off": "auto ack yes",
    "a closing brace alone": "}",
    "no flags": "send",
    "a flag that is none": "send SX",
    "a flag twice": "send SS",
    "any flags to send": "send *",
    "small letters as flags": "send s",
    "a field that is none": "send S wni 5",
    "a field without number": "send S win",
    "a word as a number": "send S win x",
    "a number below zero": "send S win -1",
    "a fraction": "send S win 1.5",
    "hex digits missing": "send S win 0x",
    "a suffix that means nothing": "send S win 5q",
    "a window beyond 16 bits": "send S win 65536",
    "a number beyond 32 bits": "send S seq 4294967296",
    "a number beyond 64 bits": "send S seq 99999999999999999999999",
    "hex beyond 64 bits": "send S seq 0x" + "f" * 40,
    "a sum below zero": "send S ack 1 - 2",
    "a sum of too many": "send S ack 1+1+1+1+1",
    "a TTL of 256": "send S ttl 256",
    "four reserved bits": "send S reserved 8",
    "an offset of 16": "send S offset 16",
    "a length beyond IP": "send S len 65496",
    "a port of 17 bits": "send S sport 65536",
    "a field twice": "send S win 5 win 6",
    "a relation to send": "send S win > 1",
    "a range of values to send": "send S win 1..2",
    "any value to send": "send S win *",
    "an empty range": "expect S win 6..5",
    "a range that does not add up": "send . 1:102(100)",
    "half a range": "send . 1:2",
    "a bracket not closed": "send . 1:2(1",
    "options not closed": "send S <mss 5",
    "an option that is none": "send S <msss 5>",
    "an MSS of 17 bits": "send S <mss 65536>",
    "41 bytes of options": "send S <TS,TS,TS,TS,nop>",
    "any options to send": "send S <...>",
    "half a timestamp": "send S <TS val 5>",
    "half a block": "send S <sack 5>",
    "five blocks": "expect S <sack 1:2 1:2 1:2 1:2 1:2>",
    "odd hex digits": "send S <hex 0>",
    "44 bytes in one option": "send S <hex " + "00" * 44 + ">",
    "no hex digit": "send S <hex 0g>",
    "a string not closed": 'echo "abc',
    "an escape that means nothing": r'send P. data "a\qb"',
    "half an escape": r'send P. data "\x1"',
    "a dollar alone": 'send P. data "$"',
    "a brace not closed": 'send P. data "${host"',
    "odd hex data": "send P. data hex 0d0",
    "a regex to send": "send P. data ~ /x/",
    "data twice": 'send P. data "a" data "b"',
    "a length that is not the data's": 'send P. 1:3(2) data "abc"',
    "a file that is not there": 'send P. data file "none"',
    "a regex not closed": "expect P. data ~ /abc",
    "a regex without an end of its group": "expect P. data ~ /(abc/",
    "a regex of too many repetitions": "expect P. data ~ /a{1,99999}/",
    "a regex too long": "expect P. data ~ /" + "a" * 1001 + "/",
    "an unknown name": "send . ack $nothing",
    "a name behind its use": "send . ack $later.seq",
    "a field of a variable": "send . ack $port.seq",
    "a name too long": "set " + "n" * 65 + " 1",
    "a number that is a word": "set mss big",
    "a setting out of range": "set wscale 15",
    "a setting without a name": "set",
    "a switch that is none": "set sack maybe",
    "a time that is none": "set timeout 5x",
    "TIME-WAIT of a word": "set time-wait long",
    "a target without a port": "target example.com",
    "a port with letters": "target example.com:http",
    "IPv6 without brackets": "target ::1:80",
    "a time without a number": "sleep",
    "a time of days": "sleep 5d",
    "a time below zero": "at -5s",
    "nothing expected for no time": "expect none",
    "a block on the next line": "repeat 2",
    "a loop without end": "repeat 2000000 {",
    "a loop of nothing": "repeat 0 {",
    "a path without /": "get x",
    "a blank in a path": 'get "/a b"',
    "a status of two digits": "get / expect 99",
    "an include without a file": "include",
    "a control byte": "send \x01S",
    "an escape sequence": "echo a\x1b[31m",
    "a carriage return inside": "syn\rack",
    "a backslash in a word": "echo a\\b",
    "a quote in a word": 'echo a"b"',
    "a read of nothing": "read 0",
}
BYTES = {
    "a NUL byte": b"echo a\0b",
    "invalid UTF-8": b"echo a\xff",
    "half a character": b"echo a\xc3(",
    "a line of 1 MiB": b"echo " + b"a" * MIB,
}
# Whole files, and the line of the mistake.
FILES = {
    "a block not closed": ("repeat 2 {\nsyn\n", 1),
    "blocks too deep": ("repeat 2 {\n" * 17, 17),
    "an alternative not closed": ("send S\nexpect any of {\nS.\n", 2),
    "too many alternatives": ("expect any of {\n" + "R\n" * 65 + "}\n", 66),
    "too many names": ("".join(f"set v{i} 1\n" for i in range(1001)), 999),
    "a binary file": (b"\x7fELF\x02\x01\x01\0\0\0" + os.urandom(4096), 1),
    "UTF-16": ("send S\n".encode("utf-16"), 1),
    "a backslash at the end of all": ("send S\nset x \\", 2),
    "a bad byte behind a mark": (b"\xef\xbb\xbf\xff\n", 1),
}
# packetdrill's, behind these three good lines: the fourth is wrong.
DIALOGUE = ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3, 1) = 0\n"
            "+0 < S 0:0(0) win 1000 <mss 1000>\n")
PACKETS = {
    "no time": "< . 1:1(0) ack 1",
    "a time below zero": "-1 < . 1:1(0) ack 1",
    "a word as a time": "soon < . 1:1(0)",
    "no flags": "+0 < 1:1(0) ack 1",
    "a flag that is none": "+0 < X 1:1(0)",
    "half a range": "+0 < . 1:1 win 5",
    "a range without numbers": "+0 < . a:b(c)",
    "a range that does not add up": "+0 < . 1:5(1)",
    "a window of 17 bits": "+0 < . 1:1(0) ack 1 win 65536",
    "an ack without number": "+0 < . 1:1(0) ack win 5",
    "options not closed": "+0 < . 1:1(0) ack 1 <mss 5;",
    "an option that is none": "+0 < . 1:1(0) <xyz 5>",
    "an MSS without number": "+0 < S 0:0(0) <mss>",
    "half a timestamp": "+0 < . 1:1(0) <TS val 5>",
    "a call not closed": "+0 read(3, ...",
    "a command not closed": "+0 `true",
    "code not closed": "+0 %{ assert",
    "a comment not closed": "/* never",
    "a string not closed": '+0 write(4, "abc, 3) = 3',
    "ICMP": "+0 < icmp unreachable",
    "UDP": "+0 < udp (100)",
    "ports": "+0 < 1000 > 2000 . 1:1(0)",
    "a byte that is none": "+0 < \x01",
    "41 bytes of options": "+0 < . 1:1(0) ack 1 <TS val 1 ecr 1,TS val 1 ecr 1,TS val 1 ecr 1,TS val 1 ecr 1,nop>",
}


def run(*arguments, **options):
    return shake.run(pair.client, "run", "--target", TARGET, *arguments,
                     prefix=netlib.with_capabilities("net_raw"), **options)


def has_excerpt(lines):
    """The line and a caret below one of its characters, or behind the last."""
    return len(lines) >= 3 and re.fullmatch(r" *\^", lines[2]) and lines[2].index("^") <= len(lines[1])


def refused(what, arguments, place=None, status=USAGE, **options):
    """One kind: what the program says of it. @place: FILE:LINE that begins the message; None: it has none."""
    done = run(*arguments, **options)
    lines = done.err_bytes.decode("utf-8", "replace").splitlines() or [""]
    told = re.match(rf"tcpshake: \S*{re.escape(place)}:\d+: \S.*" if place else r"tcpshake: \S.*: \S.*", lines[0])
    printable = all(byte >= 0x20 or byte == 0x0a for byte in done.err_bytes)
    tap.ok(done.status == status and not done.out and told and printable and (not place or has_excerpt(lines)) and
           "Sanitizer" not in done.err and "runtime error" not in done.err, f"{what}: refused", done)


def bad(what, name, content, line, **options):
    refused(what, [good, write(name, content), good], f"{name}:{line}", **options)


def check_lines():
    for what, text in LINES.items():
        # A missing file is no mistake of the language.
        bad(what, "bad.shake", f"{GOOD}{text}\n", 3, status=APP if what == "a file that is not there" else USAGE)
    for what, text in BYTES.items():
        bad(what, "bad.shake", GOOD.encode() + text + b"\n", 3)
    for what, (text, line) in FILES.items():
        bad(what, "bad.shake", text, line)
    for what, text in PACKETS.items():
        bad(f"packetdrill: {what}", "bad.pkt", f"{DIALOGUE}{text}\n", 4)
    bad("packetdrill: nothing in it", "bad.pkt", "", 1)
    bad("packetdrill: system calls alone", "bad.pkt", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n", 2)


def check_includes():
    def including(path):
        return f'{GOOD}include "{path}"\n'

    write("itself.shake", including("itself.shake"))
    refused("a file that includes itself", [good, os.path.join(folder, "itself.shake")], "itself.shake:3")
    write("mutual.shake", including("bad.shake"))
    refused("two that include each other", [good, write("bad.shake", including("mutual.shake"))], "mutual.shake:3")
    for depth in range(20):
        write(f"deep{depth}.shake", including(f"deep{depth + 1}.shake"))
    refused("files nested too deeply", [good, os.path.join(folder, "deep0.shake")], "deep16.shake:3")
    write("wrong.shake", "\n\nsned S\n")
    refused("a mistake in an included file", [good, write("bad.shake", including("wrong.shake"))], "wrong.shake:3")
    os.mkfifo(os.path.join(folder, "fifo"))
    for what, path in {"a folder": folder, "a FIFO": "fifo", "a device": "/dev/zero", "nothing": "none.shake"}.items():
        refused(f"an include of {what}", [good, write("bad.shake", including(path))], "bad.shake:3", status=APP)


def check_files():
    """What can be named but is no script."""
    refused("a file that is not there", [good, os.path.join(folder, "none.shake")], status=APP)
    refused("a FIFO that nobody writes to", [good, os.path.join(folder, "fifo")], status=APP)
    refused("a device", [good, "/dev/zero"], status=APP)
    os.mkdir(os.path.join(folder, "empty"))
    refused("a folder without scripts", [good, os.path.join(folder, "empty")])
    os.mkdir(os.path.join(folder, "several"))
    write("several/a.shake", GOOD)
    refused("a folder with a bad script in it", [good, os.path.dirname(write("several/b.shake", f"{GOOD}sned\n"))],
            "b.shake:3")
    secret = write("secret.shake", GOOD)
    os.chmod(secret, 0)
    refused("a file that must not be read", [good, secret], status=APP)
    with open("/dev/zero", "rb") as zeros:
        refused("an endless standard input", [good, "-"], stdin=zeros)
    refused("a file of 5 MiB", [good, write("large.shake", "#" * 99 + "\n" + "#\n" * (5 * MIB // 2))])
    refused("packetdrill: a file of 5 MiB", [good, write("large.pkt", "#\n" * (5 * MIB // 2))])
    if netlib.sanitized():
        tap.skip("commands without number", "a strict sanitizer reads all of the text for each word in it")
    else:
        refused("commands without number", [good, write("bad.shake", "syn\n" * (MIB - 1))])


def check_pipe():
    """A FIFO whose writer ends after some MiB: as standard input."""
    reader, writer = os.pipe()

    def feed():
        try:
            for _ in range(6 * MIB // 65536):
                os.write(writer, b"#" * 65535 + b"\n")
        except BrokenPipeError:
            pass
        os.close(writer)

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        refused("a standard input of 6 MiB", [good, "-"], stdin=reader)
    finally:
        os.close(reader)
        thread.join()


def check_all_at_once():
    paths = [write(f"{number}.shake", f"{GOOD}{text}\n") for number, text in enumerate(LINES.values())]
    done = run(good, *paths)
    tap.ok(done.status in (USAGE, APP) and f"{len(paths)} of {len(paths) + 1} scripts cannot be run; nothing was sent"
           in done.err and all(f"/{number}.shake:3:" in done.err for number in range(len(paths))),
           f"{len(paths)} of them in one run: each is told", done.err[-2000:])


def sent(path):
    """What our end sent, but for what its kernel says by itself."""
    return captures.packets(path, "frame.protocols", only=f"(ip.src == {netlib.CLIENT4} or "
                            f"ipv6.src == {netlib.CLIENT6}) and not icmp and not icmpv6")


with captures.Capture(pair.server, "s0", snaplen=128) as heard:
    check_lines()
    check_includes()
    check_files()
    check_pipe()
    check_all_at_once()
tap.ok(not sent(heard.path), f"and of those {tap.count} not one sent a packet", sent(heard.path)[:3])
with captures.Capture(pair.server, "s0", snaplen=128) as heard:
    done = run(good)
tap.ok(done.status == 0 and sent(heard.path), "the good script alone is heard", done)
tap.done()
