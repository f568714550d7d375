# SPDX-License-Identifier: GPL-3.0-or-later
"""Every line that --json prints is one of doc/tcpshake.schema.json, and what is changed in it is not.

Each command that has --json is run so that much goes wrong: resets, ICMP errors, loss, damage, failures.
python3-jsonschema judges.
"""

import json
import os
import struct

import netlib

netlib.enter()

try:
    import jsonschema
    Validator = jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    netlib.skip_all("no python3-jsonschema, or one older than draft 2020-12")

import badwire  # noqa: E402
import captures  # noqa: E402
import piping  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

CLOSED_PORT, REJECTED_PORT = "81", "82"
SILENT = "198.51.100.99"  # frames to it go nowhere
NOBODY = "02:00:00:00:00:99"
# Fields that no run here has: they are of segments and failures that take more than this to arise. What is
# cut inside its headers is no step.
NOT_HERE = {"event": {"src", "src_port", "dst", "dst_port", "flags", "seq_absolute", "icmp_mtu"},
            "step": {"urgent"}, "equation": {"partly"}, "verdict": {"hint"}, "script": {"why"},
            "layer": {"captured"}, "layer-field": {"cut"}}

tap = netlib.Tap()
pair = netlib.Pair()
here = netlib.Namespace(new=False)
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 700)
site.add("large", 300000)
SERVER = "nginx" if webservers.available("nginx") else "http.server"
PORT = str(webservers.start(SERVER, pair.server, site.path))
ODD = webservers.start("odd", pair.server, site.path)
PAGE, LARGE = (shake.url(netlib.SERVER4, PORT, name) for name in ("index.html", "large"))

with open(os.path.join(os.environ.get("top_srcdir", "."), "doc", "tcpshake.schema.json"), encoding="ascii") as text:
    SCHEMA = json.load(text)
DEFS = SCHEMA["$defs"]
validator = Validator(SCHEMA)
lines_of = {}  # all that were seen, by type


def path_of(name, text=None):
    path = os.path.join(folder, name)
    if text is not None:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    return path


def complaints(line):
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(line)]


def check(title, done, *types, status=0, stream="out"):
    """All lines are valid, those of @types are among them, and the first says which schema."""
    bad, lines = [], []
    for line in getattr(done, stream).splitlines():
        if stream == "err" and not line.startswith("{"):
            continue
        lines.append(json.loads(line))
        lines_of.setdefault(lines[-1]["type"], []).append(lines[-1])
        bad += [f"{what}\n  {line[:300]}" for what in complaints(lines[-1])]
    odd = [n for n, line in enumerate(lines) if ("schema" in line) > (n == 0 or line["type"] == "connection")]
    tap.ok(done.status == status and set(types) <= {line["type"] for line in lines} and not bad and not odd and
           lines[:1] and lines[0].get("schema") == 1, f"{title}: {len(lines)} lines, all of the schema", *bad[:5], *odd,
           "" if bad else done)
    return lines


def run(title, command, *arguments, types=(), status=0, where=None, **options):
    return check(title, shake.run(where or pair.client, command, "--json", *arguments, **options), *types,
                 status=status)


# ---- what the commands print ----

def get():
    told = ("connection", "step", "summary")
    run("get", "get", "-o", path_of("body"), LARGE, types=(*told, "event"))
    run("get, IPv6, quiet", "get", "-q", shake.url(netlib.SERVER6, PORT), types=("summary",))
    run("get, several, one not there", "get", PAGE, shake.url(netlib.SERVER4, ODD, "status/404"), types=told)
    run("get, reset", "get", shake.url(netlib.SERVER4, ODD, "reset/1000"), types=told, status=7)
    run("get, refused", "get", shake.url(netlib.SERVER4, CLOSED_PORT), types=told, status=3)
    pair.client.ip("neighbour", "replace", SILENT, "lladdr", NOBODY, "dev", "c0")
    run("get, no answer", "get", "--timeout", "1500ms", shake.url(SILENT, CLOSED_PORT), types=told, status=4)


def rejected():
    rules = pair.server.run(["nft", "add table ip f; add chain ip f i { type filter hook input priority 0; }; "
                             f"add rule ip f i tcp dport {REJECTED_PORT} reject with icmp type admin-prohibited"])
    if rules.returncode:
        tap.skip("ICMP", f"no nftables here: {rules.stderr.strip()}")
        NOT_HERE["event"] |= {key for key in DEFS["event"]["properties"] if key.startswith("icmp_")}
        NOT_HERE["probe"] = {"reason_from"}
        return False
    pair.server.sysctl("net.ipv4.icmp_ratelimit", 0)
    run("get, ICMP", "get", shake.url(netlib.SERVER4, REJECTED_PORT), types=("event", "step"), status=5)
    return True


def bad_wire():
    """Loss, doubles, disorder and damage."""
    with badwire.BadWire(delay="2ms", down_loss="4%", up_loss="1%", down_corrupt="3%", duplicate="2%",
                         reorder="3%", seed=3) as wire:
        port = webservers.start(SERVER, wire.server, site.path)
        path = path_of("bad.pcap")
        lines = run("get over a bad wire", "get", "-w", path, shake.url(netlib.SERVER4, port, "large"),
                    types=("step", "summary"), where=wire.client)
    steps = [line for line in lines if line["type"] == "step"]
    tap.ok(any(s["checksum"] == "bad" for s in steps) and any(s["times_sent"] > 1 for s in steps),
           "over a bad wire: damage and retransmissions are among them")
    again = run("explain, what was kept of it", "explain", "-v", path, types=("connection", "step", "summary"))
    tap.equal(len([line for line in again if line["type"] == "step"]), len(steps), "explain: as many steps")


def cut(path, to, size):
    """A capture file as if it had been made with a snapshot length."""
    with open(path, "rb") as file, open(to, "wb") as out:
        out.write(file.read(24))
        while head := file.read(16):
            *stamp, length, whole = struct.unpack("=IIII", head)
            out.write(struct.pack("=IIII", *stamp, min(length, size), whole) + file.read(length)[:size])


def explain():
    path = path_of("two.pcap")
    done = shake.run(pair.client, "get", "-q", "-w", path, "--http1.0", PAGE, PAGE)
    listed = run("explain --list", "explain", "--list", path, types=("connection", "summary"))
    tap.ok(done.status == 0 and len(listed) == 4, "explain --list: two lines for each of two connections", done)
    run("explain --flow", "explain", "--flow", "2", path, types=("connection", "step", "summary"))
    cut_path = path_of("cut.pcap")
    cut(path, cut_path, 80)
    lines = run("explain -v, frames cut inside the text", "explain", "-v", "--flow", "1", cut_path,
                types=("connection", "step", "summary"))
    tap.ok(any(line["type"] == "step" and line["checksum"] == "unknown" for line in lines),
           "explain: some checksums cannot be told then")


def step():
    text = path_of("lines", "send S 0:0(0) win 64240 <mss 1460,sackOK,nop,wscale 7,hex 1c04800a>\nexpect S.\n"
                            "send . ack 1\ndata \"x\"\nexpect . ack 2\nsend P. 2:3(1) ack 1 sum 0 data \"y\"\n"
                            "connection other\nother: syn\nother: reset\nreset\n")
    with open(text, "rb") as file:
        lines = run("step, two connections", "step", netlib.SERVER4, PORT,
                    types=("connection", "step", "summary"), stdin=file)
    tap.equal(sorted({line["connection"] for line in lines if line["type"] == "step"}), [1, 2],
              "step: two numbers of connections")


def scripts(to):
    good = path_of("good.shake", "send S\nexpect S. ack 1\n")
    bad = path_of("fails.shake", "send S\nexpect S. ack 7\n")
    stuck = path_of("stuck.shake", "send S\nexpect F. within 50ms\n")
    run("run, all pass", "run", "--target", to, good, types=("verdict", "script"))
    run("run, some fail", "run", "--target", to, good, bad, stuck, types=("verdict", "script"), status=1)
    run("run, nothing to do", "run", "--target", to, path_of("empty.shake", "# nothing\n"), types=("script",))


def probe(rejects):
    many = "".join(f"{netlib.SERVER4}:{port}\n" for port in range(100, 130))
    both = ("probe", "probe-summary")
    run("probe, few", "probe", "localhost:9", f"{netlib.SERVER4}:{PORT}", f"[{netlib.SERVER6}]:{PORT}",
        f"{netlib.SERVER4}:{CLOSED_PORT}", f"{SILENT}:9", "203.0.113.1:9", "--wait", "50ms", "--retries", "1",
        "--all-addresses", types=both)
    run("probe, many", "probe", "-f", path_of("many", many), "--all", "--all-addresses", types=both)
    run("probe --repeat", "probe", f"{netlib.SERVER4}:{PORT}", "--repeat", "3", "--interval", "10ms",
        "--all-addresses", types=both)
    run("probe --half, streamed", "probe", "--half", "--stream", f"{netlib.SERVER4}:{PORT}", "--all-addresses",
        types=both)
    run("probe --http", "probe", "--http", "/index.html", f"{netlib.SERVER4}:{PORT}", "--all-addresses", types=both)
    if rejects:
        run("probe, ICMP", "probe", f"{netlib.SERVER4}:{REJECTED_PORT}", "--all-addresses", types=both, status=5)


def pipe():
    peer = piping.Peer(pair.server, netlib.SERVER4)
    heard = peer.serve(piping.swap, b"there")
    done = piping.run(pair.client, peer, "--json", data=b"here")
    heard.result()
    check("pipe", done, "connection", "step", "summary", stream="err")


def demo():
    run("demo", "demo", types=("connection", "step", "event", "summary"), where=here)
    run("demo --lesson, two of them", "demo", "--lesson", "handshake,close",
        types=("connection", "step", "summary"), where=here)


# ---- what was not seen ----

def note_members(value, schema, seen):
    """Which of the schema's definitions have been used, and with which members."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = DEFS.get(name, schema)
    if isinstance(value, dict):
        seen.setdefault(name, set()).update(value)
        for key, member in value.items():
            note_members(member, schema["properties"].get(key, {}), seen)
    elif isinstance(value, list):
        for member in value:
            note_members(member, schema.get("items", {}), seen)


def check_all_seen():
    seen = {}
    for name, lines in lines_of.items():
        for line in lines:
            note_members(line, {"$ref": f"#/$defs/{name}"}, seen)
    for name, definition in DEFS.items():
        if "properties" in definition and name not in ("states", "counts"):
            missing = set(definition["properties"]) - seen.get(name, set()) - NOT_HERE.get(name, set()) - {"schema"}
            tap.equal(missing, set(), f"every field of {name} was seen")


# ---- what must be refused ----

def changed(value):
    """@value with one thing wrong: (what, the changed one), over and over, in all of its depth."""
    if isinstance(value, dict):
        yield "a member more", {**value, "unknown": 1}
        for key, member in value.items():
            for what, other in changed(member):
                yield f"{key}: {what}", {**value, key: other}
    elif isinstance(value, list):
        yield "a member null", [*value, None]
        for n, member in enumerate(value):
            for what, other in changed(member):
                yield f"{n}: {what}", [*value[:n], other, *value[n + 1:]]
    else:
        for what, other in (("null", None), ("a fraction", 0.5), ("another type", [value])):
            yield what, other


def without_one(line, definition):
    for key in definition["required"]:
        yield f"{key} is missing", {k: v for k, v in line.items() if k != key}


def other_words(line, definition):
    """A word that is none of those listed."""
    for key, property in definition["properties"].items():
        listed = DEFS.get(property.get("$ref", "").rpartition("/")[2], property)
        if key in line and listed.keys() & {"enum", "pattern", "const"}:
            yield f"{key} is another", {**line, key: "else" if isinstance(line[key], str) else 99}


def check_refused(name):
    """The longest of these lines, changed in each way."""
    line, definition = max(lines_of[name], key=lambda l: len(l)), DEFS[name]
    tried, passed = 0, []
    for what, other in (*changed(line), *without_one(line, definition), *other_words(line, definition)):
        tried += 1
        if validator.is_valid(other):
            passed.append(what)
    tap.ok(validator.is_valid(line) and tried > len(line) and not passed,
           f"{name}: none of {tried} changed ones is of the schema", *passed)


Validator.check_schema(SCHEMA)
tap.ok(True, "the schema is one")
get()
answers = rejected()
bad_wire()
explain()
step()
scripts(f"{netlib.SERVER4}:{PORT}")
probe(answers)
pipe()
demo()
check_all_seen()
for name in SCHEMA["properties"]["type"]["enum"]:
    check_refused(name)
tap.equal([validator.is_valid(line) for line in ({}, {"type": "else"}, [], "step")], [False] * 4,
          "what is no line at all is not of the schema")
tap.done()
