# SPDX-License-Identifier: GPL-3.0-or-later
"""--report: the page says what the JSON lines say, for each command; and in a browser it is drawn, answers
clicks and keys, asks for nothing, runs nothing that a stranger has sent, on a desk and on a phone, in the light
and in the dark.

TCPSHAKE_SCREENSHOTS=FOLDER keeps pictures of it, to be looked at.
"""

import json
import os
import subprocess
import sys

import netlib

netlib.enter()

import browser  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

USAGE, REFUSED, APP = 2, 3, 8
WIDE, PHONE = (1280, 900), (360, 740)

# Answers with markup, where an answer can have it.
HOSTILE = """
import socket, sys
bad = b"</script><script>window.taken = 1</script><img src=x onerror='window.taken = 1'><!--"
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    peer = server.accept()[0]
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 200 " + bad + b"\\r\\nX: " + bad + b"\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(bad) + bad)
    peer.close()
"""
HOSTILE_PORT = 8012

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 700)
site.add("large", 8 << 20)
port = webservers.start("http.server", pair.server, site.path)
base = f"http://{netlib.SERVER4}:{port}"
pictures = os.environ.get("TCPSHAKE_SCREENSHOTS")


def path_of(name):
    return os.path.join(folder, name)


def run(*arguments, **options):
    return shake.run(pair.client, *arguments, **options)


def read(name):
    with open(path_of(name), encoding="utf-8") as file:
        return file.read()


def data_of(name):
    """What the page shows."""
    text = read(name).split('<script type="application/json" id="data">', 1)[1]
    return json.loads(text.split("</script>", 1)[0])


# ---- the files -----------------------------------------------------------------------------------


def common(step):
    """A step without what the page alone says of it."""
    return {name: step[name] for name in step
            if name not in ("type", "schema", "connection", "label", "say", "layers", "bytes")}


def check_same_as_json():
    done = run("get", "--json", "--report", path_of("get.html"), f"{base}/index.html", f"{base}/large",
               f"http://{netlib.SERVER4}:9/")
    data = data_of("get.html")
    tap.ok(done.status == REFUSED, "get: the report is written when it fails, too", done)
    told = {}
    for step in done.steps:
        told.setdefault(step["connection"], []).append(common(step))
    shown = [[common(step) for step in connection["steps"]] for connection in data["connections"]]
    tap.equal([len(steps) for steps in shown], [len(steps) for steps in told.values()],
              "get: a connection of the page for each that was made")
    wrong = [(a, b) for steps, lines in zip(shown, told.values()) for a, b in zip(steps, lines) if a != b]
    tap.ok(not wrong, "and its steps are those of --json", *wrong[:1])
    frames = [step["bytes"] for connection in data["connections"] for step in connection["steps"]]
    tap.ok(all(frame["hex"] and frame["length"] >= len(frame["hex"]) / 2 for frame in frames),
           "each with its bytes")
    tap.ok(any(event["event"] == "http" and "200 OK" in event["text"]
               for event in data["connections"][0]["events"]), "the answer is among them", data["connections"][0]["events"])


def check_commands():
    done = run("demo", "-q", "--report", path_of("demo.html"))
    tap.ok(done.status == 0 and len(data_of("demo.html")["connections"][0]["steps"]) == 11, "demo: eleven steps", done)
    lines = "connect\nclose\nconnection b\nb: connect\nb: close\nquit\n"
    with open(path_of("lines"), "w+", encoding="ascii") as file:
        file.write(lines)
        file.seek(0)
        done = run("step", "-q", "--report", path_of("step.html"), netlib.SERVER4, str(port), stdin=file)
    tap.ok(done.status == 0 and len(data_of("step.html")["connections"]) == 2, "step: both connections", done)
    with open(path_of("a.shake"), "w", encoding="ascii") as file:
        file.write("connect\nclose\n")
    done = run("run", "--target", f"{netlib.SERVER4}:{port}", "--report", path_of("run.html"), path_of("a.shake"),
               path_of("a.shake"))
    connections = data_of("run.html")["connections"]
    tap.ok(done.status == 0 and len(connections) == 2 and
           all(any(label == "closing" for label, _ in connection["rows"]) for connection in connections),
           "run: a connection for each script, summed up", done)


def check_explain():
    pcap = path_of("get.pcap")
    run("get", "-w", pcap, f"{base}/index.html", f"http://{netlib.SERVER4}:9/")
    done = run("explain", "--report", path_of("all.html"), pcap)
    counts = [len(connection["steps"]) for connection in data_of("all.html")["connections"]]
    tap.ok(done.status == 0 and len(counts) == 2 and counts[0] > 9 and counts[1] == 2,
           "explain: without --flow all connections", done, counts)
    done = run("explain", "--flow", "2", "--report", path_of("second.html"), pcap)
    tap.ok(done.status == 0 and [len(c["steps"]) for c in data_of("second.html")["connections"]] == [2],
           "explain: with --flow that one", done)


def check_other_forms():
    for name, begins in (("a.svg", "<svg "), ("a.md", "# ")):
        done = run("get", "-q", "--report", path_of(name), f"{base}/index.html")
        tap.ok(done.status == 0 and read(name).startswith(begins), f"{name}: written", done)
    done = run("get", "--report", path_of("a.txt"), f"{base}/index.html")
    tap.ok(done.status == USAGE and done.error_like("--report", ".html", ".svg", ".md") and not done.out and
           not os.path.exists(path_of("a.txt")), "another ending: exit 2, and nothing is sent", done)
    done = run("get", "--report", "/nowhere/a.html", f"{base}/index.html")
    tap.ok(done.status == APP and done.error_like("/nowhere/a.html") and not done.out,
           "a folder that is not there: exit 8, and nothing is sent", done)
    os.symlink("/dev/full", path_of("full.html"))
    done = run("get", "-q", "--report", path_of("full.html"), f"{base}/index.html")
    tap.ok(done.status == APP and done.error_like("full.html"), "a full disk: exit 8", done)
    with open(path_of("a.md"), "w", encoding="ascii") as file:
        file.write("x" * 100000)
    done = run("get", "-q", "--report", path_of("a.md"), f"{base}/index.html")
    tap.ok(done.status == 0 and "xxx" not in read("a.md"), "a file that exists is overwritten, as by -w", done)


# ---- the page ------------------------------------------------------------------------------------


def picture(page, name):
    if pictures:
        page.screenshot(os.path.join(pictures, f"{name}.png"))


def check_quiet(page, title):
    tap.ok(not page.complaints, f"{title}: no complaint in the console", *page.complaints[:3])
    tap.ok(len(page.requests) == 1 and page.requests[0].startswith("file:///"), f"{title}: it asks for nothing",
           *page.requests[:3])


def check_ladder(page):
    rows = page.value("""[...document.querySelectorAll('.row')].map((row) => {
        const wire = row.querySelector('.wire').getBoundingClientRect();
        const arrow = row.querySelector('.arrow').getBoundingClientRect();
        return [row.querySelector('.label').textContent, arrow.width / wire.width, arrow.bottom - row.getBoundingClientRect().bottom];
    })""")
    tap.equal([row[0] for row in rows], [step["label"] for step in data_of("demo.html")["connections"][0]["steps"]],
              "an arrow for each segment, with its label")
    tap.ok(all(width > 0.95 and below <= 0 for _, width, below in rows), "from end to end, inside of its row", rows)
    page.click("input[value=true]")
    places = page.value("""[...document.querySelectorAll('#rows > li[data-time]')].map((item) =>
        [Number(item.dataset.time), item.getBoundingClientRect().top])""")
    span = places[-1][0], places[-1][1] - places[0][1]
    tap.ok(span[1] > 100 and all(abs(ns / span[0] - (top - places[0][1]) / span[1]) < 0.02 for ns, top in places),
           "true to scale: each where its time is", places)
    height = page.value("byId('rows').offsetHeight")
    page.click("#wider")
    tap.ok(page.value("byId('rows').offsetHeight") > 1.5 * height, "and wider when asked to")
    page.click("input[value=compressed]")


def check_click(page):
    step = data_of("demo.html")["connections"][0]["steps"][1]
    tap.ok("Choose a segment" in page.value("byId('parts').textContent"), "at first no segment is taken apart")
    page.click('.row[data-number="2"]')
    text = page.value("byId('anatomy').innerText")
    wanted = ["Segment 2", "SYN,ACK seq 0 ack 1", "ack 1 = client's seq 0 + 1 (SYN)", "ok", str(step["seq_absolute"]),
              f"0x{step['checksum_field']:04x}", "RFC 9293", *[option["name"] for option in step["options"]],
              "LISTEN → SYN-RECEIVED"]
    tap.ok(all(words in text for words in wanted), "a click takes a segment apart",
           [words for words in wanted if words not in text], text[:3000])
    frame, tcp = step["bytes"], step["layers"][-1]
    shown = page.value("""[...document.querySelectorAll('.hexdump span[data-bit]')].map((n) => n.textContent)
        .filter((text) => text.length === 2).join('')""")
    tap.equal(shown, frame["hex"], "its bytes are shown")
    tap.equal(page.value("document.querySelectorAll('.hexdump .layer-transport').length"), 2 * tcp["len"],
              "those of TCP as such, in numbers and in characters")
    tap.equal(page.value("[...document.querySelectorAll('#parts summary')].map((n) => n.textContent.split(':')[0])"),
              ["transport (TCP)", "network (IP)", *["link"] * (len(step["layers"]) - 2)], "layer by layer")
    rows = page.value("""[...document.querySelectorAll('#parts details')].map((part) => [...part.querySelectorAll('.bitmap tbody tr')]
        .map((row) => [...row.cells].reduce((n, c) => n + c.colSpan, 0)))""")
    tap.equal([sum(part) for part in rows], [8 * layer["len"] for layer in reversed(step["layers"])],
              "the diagrams have all bits of the headers")
    tap.ok(all(bits == 32 for part in rows for bits in part[:-1]), "32 in a row", rows)
    page.value("""document.querySelector('#parts .bitmap [data-bit="%d"]')
        .dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))""" % (8 * tcp["at"] + 32))
    tap.equal(page.value("document.querySelectorAll('.hexdump .lit').length"), 8,
              "a field that is pointed at lights up in the bytes")


def check_keys(page):
    number = "Number(document.activeElement.dataset.number)"
    page.value("document.querySelector('.row[tabindex=\"0\"]').focus()")
    last = page.value("current.steps.length")
    got = []
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowUp", "End", "ArrowDown"):
        page.press(key)
        got.append((page.value(number), page.value("chosen.number")))
    tap.equal(got, [(n, n) for n in (1, 2, 3, 2, last, last)], "arrow keys, Home and End walk")
    page.press("Enter")
    tap.equal(page.value("document.activeElement.id"), "anatomy-title", "Enter leads to the segment's place")
    page.press("Escape")
    tap.ok(page.value(number) == last and page.value("chosen === null"), "Escape leads back, and closes it")
    tap.equal(page.value("document.querySelectorAll('.row[tabindex=\"0\"]').length"), 1,
              "one row alone is reached by Tab")


def check_states(page):
    tap.equal(page.value("[...document.querySelectorAll('#states [data-end]')].map((e) => e.querySelectorAll('.node').length)"),
              [11, 11], "two machines of eleven states")
    page.value("choose(current.steps[1])")
    tap.equal(page.value("[...document.querySelectorAll('.node.now')].map((n) => n.dataset.state)"),
              ["SYN-SENT", "SYN-RECEIVED"], "the states after the chosen segment are marked")
    path = page.value("[...document.querySelectorAll('[data-end=client] .path li')].map((l) => l.firstChild.textContent.trim())")
    tap.equal(path, ["CLOSED → SYN-SENT", "SYN-SENT → ESTABLISHED", "ESTABLISHED → FIN-WAIT-1", "FIN-WAIT-1 → FIN-WAIT-2",
                     "FIN-WAIT-2 → TIME-WAIT"], "the way taken is told in words, too")
    page.click("[data-end=client] .cause:last-of-type")
    tap.ok(page.value("chosen.changes.some((c) => c.to === 'TIME-WAIT')"), "a number on the way leads to its segment")


def check_reader(page):
    """What a screen reader gets to hear."""
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    named = {role: [node["name"]["value"] for node in nodes if node.get("role", {}).get("value") == role and
                    not node.get("ignored")] for role in ("button", "region", "heading", "radio", "image", "link")}
    tap.ok(all(names and all(names) for names in named.values()), "whatever can be heard has a name", named)
    tap.ok(any(name.startswith("Segment 1, 0.000 ms, client to server, SYN seq 0, client CLOSED → SYN-SENT")
               for name in named["button"]), "a row is told in full", named["button"])
    page.click("#table summary")
    tap.ok(page.wait_for("document.querySelectorAll('#table tbody th[scope=row]').length === 11"),
           "the table has a row for each segment")
    missing = page.value("""[...document.querySelectorAll('[data-word]')].filter((n) => !n.textContent).map((n) => n.dataset.word)""")
    tap.ok(not missing, "no word is missing", missing)


def check_layout(chromium):
    """Nothing sticks out, and the themes differ."""
    colours = {}
    for name, size, dark in (("light", WIDE, False), ("dark", WIDE, True), ("phone", PHONE, False)):
        for file in ("demo.html", "get.html"):
            page = chromium.open(f"file://{path_of(file)}", *size, dark=dark)
            page.value("choose(current.steps[1])")
            for scale in ("true", "compressed"):
                page.click(f"input[value={scale}]")
                width = page.value("document.documentElement.scrollWidth")
                tap.ok(width <= size[0], f"{file}, {name}, {scale}: it fits {size[0]} pixels", width)
            picture(page, f"{file}-{name}")
            colours[name] = page.value("getComputedStyle(document.body).backgroundColor")
            check_quiet(page, f"{file}, {name}")
        page.click("#theme")
        tap.ok(page.value("getComputedStyle(document.body).backgroundColor") != colours[name],
               f"{name}: the switch changes it")
        colours[f"{name} print"] = page.pdf()[:4]
    tap.ok(colours["light"] != colours["dark"] and colours["light print"] == b"%PDF", "light and dark differ; it prints",
           colours)


def check_transfer(chromium):
    page = chromium.open(f"file://{path_of('get.html')}", *WIDE)
    tap.equal(page.value("document.querySelectorAll('#connections button').length"), 3, "the connections are listed")
    page.click("#connections li:nth-child(2) button")
    tap.ok(page.value("[...document.querySelectorAll('.curve.sent')].at(-1).getAttribute('d').length") > 1000 and
           page.value("document.querySelectorAll('.curve.acked').length") >= 1, "the plot of a transfer is drawn")
    tap.equal(page.value("document.querySelectorAll('.row').length"), page.value("current.steps.length"),
              "and all its segments that are kept")
    page.value("document.querySelector('.plots svg').scrollIntoView({block: 'center'})")
    page.click(".plots div:last-child > svg")
    tap.ok(page.value("chosen && chosen.number > 3 && document.activeElement.dataset.number == chosen.number"),
           "a click in the plot leads to a segment", page.value("[chosen?.number, document.activeElement.outerHTML.slice(0, 300)]"))
    page.click("#connections li:nth-child(3) button")
    tap.ok(page.value("byId('plot').hidden && document.querySelectorAll('.row.has-problem').length === 1"),
           "a refused connection: no plot, and the RST stands out")
    check_quiet(page, "several connections")


def check_hostile(chromium):
    pair.server.popen([sys.executable, "-c", HOSTILE, netlib.SERVER4, str(HOSTILE_PORT)], stdin=subprocess.DEVNULL)
    pair.server.wait_for_listen(HOSTILE_PORT)
    url = f"http://{netlib.SERVER4}:{HOSTILE_PORT}/<script>window.taken=1</script>"
    for name in ("hostile.html", "hostile.svg"):
        done = run("get", "-q", "--report", path_of(name), url)
        tap.ok(done.status == 0, f"{name}: written", done)
        page = chromium.open(f"file://{path_of(name)}", *WIDE)
        tap.ok(page.value("window.taken === undefined && !document.querySelector('img, parsererror')"),
               f"{name}: nothing that was sent is run, or is markup")
        shown = page.value("document.documentElement.textContent")
        tap.ok("HTTP/1.1 200 </script><script>" in shown, f"{name}: it is shown as text", shown[:500])
        check_quiet(page, name)
    tap.ok(page.value("document.querySelectorAll('path.client, path.server').length") >= 9, "the drawing has its arrows")
    picture(page, "drawing")


check_same_as_json()
check_commands()
check_explain()
check_other_forms()
if browser.path():
    with browser.Browser(pair.client) as chromium_:
        page_ = chromium_.open(f"file://{path_of('demo.html')}", *WIDE)
        for check in (check_ladder, check_click, check_keys, check_states, check_reader):
            check(page_)
        check_quiet(page_, "after all that")
        check_layout(chromium_)
        check_transfer(chromium_)
        check_hostile(chromium_)
else:
    tap.skip("the page in a browser", f"none of {', '.join(browser.NAMES)} is installed")
tap.done()
