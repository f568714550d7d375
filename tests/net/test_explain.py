# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain`: captures of other people's TCP. What curl and wget did becomes a script that passes against the
same server, and fails against another; numbers agree with tshark's; bad files are refused in words.
"""

import os
import re
import struct

import netlib

netlib.enter()

import badwire  # noqa: E402
import captures  # noqa: E402
import explaining  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

CHECK, USAGE, APP = 1, 2, 8

# Takes a body, and says how long it was.
POST_SERVER = """
import http.server, socket, sys
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = b"%d bytes" % len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
Server(("::", int(sys.argv[1])), Handler).serve_forever()
"""
POST_PORT = 8011

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 700)
site.add("large", 300000)
site.add("other", 5000)
why_not = captures.missing_tool()
names = iter(range(1000))


def path_of(name):
    return os.path.join(folder, name)


def explain(*arguments, **options):
    return shake.run(pair.client, "explain", *arguments, **options)


def play(script, address, port):
    return shake.run(pair.client, "run", "--target", shake.host(address) + f":{port}", script)


def capture(*commands, interface="c0", snaplen=0):
    """What passed while these commands ran."""
    with captures.Capture(pair.client, interface, snaplen) as heard:
        for command in commands:
            pair.client.run(command, check=True, text=False)
    return heard.path


def write(name, content):
    with open(path_of(name), "wb") as file:
        file.write(content)
    return path_of(name)


def recorded(path, *options):
    """(the run of explain, the script's path)"""
    script = path_of(f"{next(names)}.shake")
    return explain("-q", "--script", script, *options, path), script


def check_replay(port):
    body = write("body", bytes(range(256)) * 200)
    for address in (netlib.SERVER4, netlib.SERVER6):
        base = f"http://{shake.host(address)}:{port}"
        posts = f"http://{shake.host(address)}:{POST_PORT}/"
        exchanges = {
            "curl": (port, [["curl", "-s", f"{base}/index.html"]]),
            "wget": (port, [["wget", "-q", "-O", "/dev/null", f"{base}/index.html"]]),
            "curl, 300 KB": (port, [["curl", "-s", f"{base}/large"]]),
            "curl, two requests": (port, [["curl", "-s", f"{base}/index.html", f"{base}/other"]]),
            "curl, a body sent": (POST_PORT, [["curl", "-s", "--data-binary", f"@{body}", "-H", "Expect:", posts]]),
            "curl, refused": (9, [["sh", "-c", f"curl -s http://{shake.host(address)}:9/ || true"]]),
        }
        for name, (to, commands) in exchanges.items():
            name = f"{name}, {shake.host(address)}"
            if not captures.have(commands[0][0]):
                tap.skip(f"{name}: played again", f"no {commands[0][0]}(1)")
                continue
            done, script = recorded(capture(*commands))
            if not tap.ok(done.status == 0 and not done.err, f"{name}: becomes a script", done):
                continue
            for turn in ("passes", "passes again"):
                done = play(script, address, to)
                tap.ok(done.status == 0, f"{name}: {turn} against the same server", done, open(script).read()[:3000])


def check_bad_wire():
    """What was recorded where segments are lost, doubled and overtaken passes where they are not."""
    client, server = netlib.Namespace(), netlib.Namespace()
    body = write("upload", bytes(range(256)) * 1200)
    scripts = []
    with badwire.BadWire(client=client, server=server, delay="5ms", loss="4%", duplicate="3%", jitter="3ms",
                         seed=11) as wire:
        port = webservers.start("nginx", server, site.path)
        server.popen(["python3", "-c", POST_SERVER, str(POST_PORT)])
        server.wait_for_listen(POST_PORT)
        for name, to, words in (("300 KB down", port, [f"http://{netlib.SERVER4}:{port}/large"]),
                                ("300 KB up", POST_PORT, ["--data-binary", f"@{body}", "-H", "Expect:",
                                                          f"http://{netlib.SERVER4}:{POST_PORT}/"])):
            with captures.Capture(wire.client, "c0") as heard:
                wire.client.run(["curl", "-s", *words], check=True, text=False)
            done, script = recorded(heard.path)
            tap.ok(done.status == 0 and "sent again" in done.out, f"a bad wire, {name}: becomes a script", done)
            scripts.append((name, to, script))
    with badwire.BadWire(client=client, server=server) as wire:
        for name, to, script in scripts:
            done = shake.run(wire.client, "run", "--target", f"{netlib.SERVER4}:{to}", script)
            tap.equal(done.status, 0, f"a bad wire, {name}: passes over a good one", done)


def check_other_answer(port):
    path = capture(["curl", "-s", f"http://{netlib.SERVER4}:{port}/index.html"])
    done, script = recorded(path)
    text = open(script, encoding="utf-8").read()
    tap.ok("HTTP/1.1 200 OK" in text and re.search(r'^send P\. 1:\d+\(\d+\) ack 1 .*data "GET /index.html', text, re.M) and
           re.search(r"^send S 0:0\(0\) win \d+ <mss 1460,sackOK,TS,nop,wscale \d+>$", text, re.M) and
           re.search(r"^expect S\. 0:0\(0\) ack 1 <mss \*,", text, re.M), "the script reads as was meant", text)
    wrong = path_of("wrong.shake")
    with open(wrong, "w", encoding="utf-8") as out:
        out.write(text.replace("GET /index.html", "GET /nothing.ht"))
    done = play(wrong, netlib.SERVER4, port)
    tap.ok(done.status == CHECK and "404" in done.out, "another answer: exit 1, and it is shown", done)
    done = shake.run(pair.client, "run", "--target", f"{netlib.SERVER4}:7", script)
    tap.ok(done.status == CHECK, "no server there: exit 1", done)
    done = explain("--script", script, path)
    tap.ok(done.status == APP and "exists" in done.err, "a script that is there is not overwritten", done)


def check_agrees(port):
    urls = [f"http://{shake.host(address)}:{port}/{name}" for address in (netlib.SERVER4, netlib.SERVER6)
            for name in ("index.html", "large", "other")]
    refused = ["sh", "-c", f"curl -s http://{netlib.SERVER4}:9/ || true"]
    path = capture(*(["curl", "-s", url] for url in urls), refused)
    ng = path_of("all.pcapng")
    pair.client.run(["editcap", "-F", "pcapng", path, ng], check=True)
    for file in (path, ng):
        kind = os.path.splitext(file)[1]
        done = explain("--list", "--json", file)
        flows = done.of_type("connection")
        tap.ok(done.status == 0 and len(flows) == 7, f"{kind}: seven connections are listed", done)
        for number in range(1, 8):
            done = explain("--json", "--flow", str(number), file)
            said, theirs = explaining.steps_of(done), explaining.numbers_of(file, number - 1)
            tap.ok(done.status == 0 and said == theirs, f"{kind}: connection {number}, {len(theirs)} segments as tshark "
                   "has them", next(((a, b) for a, b in zip(said, theirs) if a != b), (len(said), len(theirs))))
    done = explain(path)
    tap.ok(done.status == USAGE and len(done.out.splitlines()) >= 8 and "--flow" in done.err and
           "7 connections" in done.err, "several and none chosen: the list, and what to do", done)
    done = explain("--flow", "8", path)
    tap.ok(done.status == USAGE and done.error_like("--flow 8", "7 connections"), "one that is not there: exit 2", done)
    return path


def check_stdin_and_parts(path, port):
    one = path_of("one.pcap")
    done = explain("--flow", "2", "-q", "-w", one, path)
    tap.ok(done.status == 0, "-w keeps the frames of one connection", done)
    whole = explain("--json", one)
    tap.ok(whole.status == 0 and explaining.steps_of(whole) == explaining.numbers_of(path, 1), "which is explained as it was", whole)
    for name, source in (("a file", ["cat"]), ("a pipe", ["sh", "-c", "cat | cat"])):
        with open(one, "rb") as file:
            if name == "a pipe":
                reader = pair.client.popen(["cat"], stdin=file, stdout=-1)
                done = explain("--json", "-", stdin=reader.stdout)
            else:
                done = explain("--json", "-", stdin=file)
        tap.ok(done.status == 0 and done.steps == whole.steps, f"standard input from {name}", done, source)
    middle = path_of("middle.pcap")
    pair.client.run(["editcap", "-F", "pcap", one, middle, "1-5"], check=True)
    done = explain(middle)
    tap.ok(done.status == 0 and "begins in the middle" in done.out and f":{port}" in done.out,
           "the beginning is missing: said", done)
    done, _ = recorded(middle)
    tap.ok(done.status == APP and "beginning" in done.err, "... and no script comes of it, exit 8", done)
    short = capture(["curl", "-s", "-H", f"X: {'x' * 300}", f"http://{netlib.SERVER4}:{port}/index.html"], snaplen=96)
    done, _ = recorded(short)
    tap.ok(done.status == APP and "whole" in done.err, "text that was cut by the capture: no script, exit 8", done)
    lost = path_of("lost.pcap")
    pair.client.run(["editcap", "-F", "pcap", one, lost, "4"], check=True)
    done, _ = recorded(lost)
    tap.ok(done.status == APP and "missing" in done.err, "a segment of the client's is missing: no script, exit 8",
           done)


def check_bad_files(path):
    good = open(path, "rb").read()
    header = good[:24]
    record = struct.pack("<IIII", 0, 0, 60, 60)
    # A UDP datagram, and ARP.
    udp = b"\2" * 12 + b"\x08\0" + bytes([0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]) + bytes(26)
    arp = b"\2" * 12 + b"\x08\x06" + bytes(46)
    files = {
        "empty": (b"", "empty"),
        "text": (b"GET / HTTP/1.1\r\nHost: example\r\n\r\n" * 9, "not a capture"),
        "half a header": (header[:11], "not a capture"),
        "a header alone": (header, "no frame"),
        "no TCP": (header + record + udp + record + arp, "no TCP"),
        "a length of 4 GiB": (header + struct.pack("<IIII", 0, 0, 0xffffffff, 0xffffffff) + bytes(100), "damaged"),
        "a length of 2 GiB": (header + struct.pack("<IIII", 0, 0, 0x7fffffff, 0x7fffffff) + bytes(100), "damaged"),
        "an unknown link type": (header[:20] + struct.pack("<I", 147) + good[24:], "link type"),
    }
    for name, (content, word) in files.items():
        done = explain(write("bad", content))
        tap.ok(done.status == APP and done.error_like(word), f"{name}: exit 8 and why", done)
    done = explain(path_of("missing"))
    tap.ok(done.status == APP and done.error_like("No such file"), "no such file: exit 8", done)
    done = explain(folder)
    tap.ok(done.status == APP and done.error_like("not a capture"), "a folder: exit 8", done)
    cut = write("cut.pcap", good[:len(good) * 2 // 3])
    done = explain("--list", cut)
    tap.ok(done.status == APP and done.error_like("frame") and len(done.out.splitlines()) > 1,
           "cut in the middle: what is there is told, then exit 8", done)
    for words in ((), ("--flow", "0", path), ("--flow", "x", path), (path, path), ("--script", "-", "-w", "-", path)):
        done = explain(*words)
        tap.ok(done.status == USAGE, f"explain {' '.join(words[:2])}: usage, exit 2", done)


if why_not or not captures.have("curl"):
    netlib.skip_all(why_not or "no curl(1)")
PORT = webservers.start("nginx", pair.server, site.path)
pair.server.popen(["python3", "-c", POST_SERVER, str(POST_PORT)])
pair.server.wait_for_listen(POST_PORT)
check_replay(PORT)
check_bad_wire()
check_other_answer(PORT)
all_of_it = check_agrees(PORT)
check_stdin_and_parts(all_of_it, PORT)
check_bad_files(all_of_it)
tap.done()
