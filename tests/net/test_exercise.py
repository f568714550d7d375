# SPDX-License-Identifier: GPL-3.0-or-later
"""`explain --exercise`: what was heard of curl becomes questions. Answers come through a pipe, those of the key
are all right, others are not; sheets are HTML that needs nothing from anywhere, and Markdown.
"""

import html.parser
import os
import re
import subprocess
import xml.etree.ElementTree

import netlib

netlib.enter()

import captures  # noqa: E402
import shake  # noqa: E402
import webservers  # noqa: E402

CHECK, USAGE, APP = 1, 2, 8

tap = netlib.Tap()
pair = netlib.Pair()
folder = netlib.scratch()
site = webservers.Site()
site.add("index.html", 700)
site.add("large", 3000000)


def path_of(name):
    return os.path.join(folder, name)


def capture(name):
    """What passed while curl got this page."""
    with captures.Capture(pair.client, "c0") as heard:
        pair.client.run(["curl", "-s", "-o", path_of("body"), shake.url(netlib.SERVER4, PORT, name)], check=True,
                        text=False)
    return heard.path


def exercise(kind, path, *options, answers=None):
    """A run of explain, with these lines on its standard input."""
    if answers is None:
        return shake.run(pair.client, "explain", "--exercise", kind, *options, path)
    given = path_of("answers")
    with open(given, "w", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in answers))
    with open(given, "rb") as file:
        reader = pair.client.popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        done = shake.run(pair.client, "explain", "--exercise", kind, *options, path, stdin=reader.stdout)
        reader.stdout.close()
        reader.wait()
    return done


def sheet(kind, path, name, *options):
    """(the run, what it wrote)"""
    place = path_of(name)
    done = exercise(kind, path, "--sheet", place, *options)
    text = ""
    if os.path.exists(place):
        with open(place, encoding="utf-8") as file:
            text = file.read()
    return done, text


def key_of(kind, path, *options):
    """The answers, from the key in Markdown."""
    _, text = sheet(kind, path, "key.md", "--key", *options)
    return [re.search(r"\*\*(.+?)\*\*", line)[1] for line in text.splitlines() if line.startswith("1. ")]


def score(done):
    found = re.search(r"^(\d+) of (\d+) right", done.out, re.M)
    return (int(found[1]), int(found[2])) if found else None


def check_blanks(path):
    for seed in ("1", "2", "4294967295"):
        right = key_of("blanks", path, "--seed", seed)
        done = exercise("blanks", path, "--seed", seed, answers=right)
        tap.ok(done.status == 0 and score(done) == (8, 8) and not done.err,
               f"seed {seed}: the answers of the key are all right, exit 0", done, right)
    done = exercise("blanks", path, "--seed", "2", answers=right)
    tap.ok(done.status == CHECK and score(done) != (8, 8), "the answers of another seed are not, exit 1", done)
    right = key_of("blanks", path)
    first, second = exercise("blanks", path, answers=right), exercise("blanks", path, "--seed", "1", answers=right)
    tap.equal(first.out, second.out, "one seed, one exercise; 1 is the one without --seed")
    wrong = ["", *right[1:3], "nonsense", "1e9", "CLOSING", *right[4:]]
    done = exercise("blanks", path, answers=wrong)
    tap.ok(done.status == CHECK and score(done) == (6, 8) and done.out.count(" It is ") == 2 and
           f"It is {right[0]}." in done.out and f"It is {right[3]}." in done.out and
           "two more tries" in done.out and "one more try" in done.out,
           "Enter alone, and three times wrong: the answer is shown, and counted wrong", done, right)
    done = exercise("blanks", path, answers=["nonsense", "again", *right])
    tap.ok(done.status == 0 and score(done) == (8, 8), "the third answer is early enough", done)
    done = exercise("blanks", path, answers=right[:3])
    tap.ok(done.status == CHECK and score(done) == (3, 3) and "other 5 questions" in done.out,
           "the input ends in the middle: graded so far, exit 1", done)
    done = exercise("blanks", path, answers=[])
    tap.ok(done.status == CHECK and score(done) == (0, 0), "no input at all: exit 1", done)


def check_words(path):
    """What is asked, and what is said to it: all blanks that can be."""
    right = key_of("blanks", path, "--count", "100")
    kind = exercise("blanks", path, "--count", "100", answers=[answer.lower().replace("-", "_") for answer in right])
    tap.ok(kind.status == 0 and score(kind) == (len(right), len(right)), "small letters and underlines will do", kind)
    tap.ok(len(right) >= 15 and all(words in kind.out for words in (
        "which flags are set?", "which seq does it have?", "which ack does it have?", "will its sender use next?",
        "which state is the client in then?", "which state is the server in then?")), "all kinds are asked", kind)
    tap.ok(re.search(r"ack \d+ = (client|server)'s seq \d+ \+ ", kind.out) and
           re.search(r"\| .*For data ack = seq \+ length", kind.out) and
           re.search(r"FIN-WAIT-2 -> TIME-WAIT: ", kind.out), "equations, lessons and transitions explain", kind)
    numbers = {end: re.search(rf"the {end}'s 0 is (\d+)", kind.out)[1] for end in ("client", "server")}
    both = exercise("blanks", path, "--count", "100", "--absolute", answers=right)
    tap.ok(both.status == 0 and f"client's initial number is {numbers['client']}" in both.out,
           "absolute numbers are shown when asked for, relative answers are right all the same", both)
    absolute = key_of("blanks", path, "--count", "100", "--absolute")
    done = exercise("blanks", path, "--count", "100", answers=absolute)
    tap.ok(done.status == 0 and absolute != right, "and the other way round", done)
    tap.ok(not any(line.endswith(" ") or len(line) > 100 for line in kind.out.splitlines() if line != "> "),
           "no line is too wide", kind)


def check_order(path):
    letters = key_of("order", path)
    done = exercise("order", path, answers=letters)
    tap.ok(done.status == 0 and score(done) == (len(letters), len(letters)) and len(letters) >= 9,
           "order: the letters of the key are right, exit 0", done)
    done = exercise("order", path, answers=[" ".join(letters).lower()])
    tap.ok(done.status == 0, "... and in one line, in small letters", done)
    done = exercise("order", path, answers=[letters[-1]] * 3 + letters[1:])
    tap.ok(done.status == CHECK and score(done) == (len(letters) - 1, len(letters)) and "It is " in done.out and
           ("still in the list" in done.out or "it comes first" in done.out), "the last before the first: why not, and exit 1", done)
    done = exercise("order", path, "--count", "5", answers=["7", "?"])
    tap.ok(done.status == CHECK and score(done) == (0, 0) and "other 5 questions" in done.out,
           "no letters: nothing is graded before the third", done)
    done = exercise("order", path, answers=[""] * len(letters))
    tap.ok(done.status == CHECK and score(done) == (0, len(letters)), "Enter alone: each is shown, none is right", done)
    for seed in range(20):
        letters = key_of("order", path, "--seed", str(seed))
        if letters == sorted(letters):
            break
    tap.ok(letters != sorted(letters), "never shown in order", letters)


class Page(html.parser.HTMLParser):
    """Whether a page refers to anything outside."""

    def __init__(self):
        super().__init__()
        self.outside, self.tags = [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.outside += [name for name, _ in attrs if name in ("src", "href", "srcset", "data", "action")]


def check_sheets(path):
    for kind in ("blanks", "order"):
        done, paper = sheet(kind, path, "sheet.html", "--seed", "5")
        keyed, key = sheet(kind, path, "key.html", "--seed", "5", "--key")
        tap.ok(done.status == keyed.status == 0 and not done.out and not done.err, f"{kind}: sheets are written, "
               "and nothing is said", done, keyed)
        for name, text in (("sheet", paper), ("key", key)):
            page = Page()
            page.feed(text)
            try:
                xml.etree.ElementTree.fromstring(text.split("\n", 1)[1])
                formed = ""
            except xml.etree.ElementTree.ParseError as error:
                formed = str(error)
            tap.ok(not formed and not page.outside and not page.tags & {"script", "link", "img"} and
                   "://" not in text and "@import" not in text and "url(" not in text,
                   f"{kind}: the {name} is well-formed, and needs nothing from outside", formed, page.outside)
        _, markdown = sheet(kind, path, "sheet.md", "--seed", "5")
        _, answers = sheet(kind, path, "key.md", "--seed", "5", "--key")
        right = key_of(kind, path, "--seed", "5")
        tap.ok(re.findall(r"<b>(.+?)</b>", key.split("<ol>")[1]) == right and right,
               f"{kind}: both forms of the key say the same", right)
        tap.ok("<b>" not in paper and "**" not in markdown and 'class="blank"' in paper and "\\_\\_" in markdown,
               f"{kind}: no answer is in a sheet")
        tap.ok("Seed 5." in paper and "Seed 5." in markdown, f"{kind}: the seed is named")
        rows = [line for line in markdown.splitlines() if line.startswith("|")]
        tap.ok(len({line.count("|") for line in rows}) == 1 and len(rows) >= 9 and
               len(rows) == sum(line.startswith("|") for line in answers.splitlines()),
               f"{kind}: rows of one width", rows)
    done = exercise("blanks", path, "--seed", "5", answers=key_of("blanks", path, "--seed", "5"))
    tap.ok(done.status == 0, "sheet and questions: one exercise", done)


def check_connections(path, large):
    done = exercise("blanks", large, answers=key_of("blanks", large))
    tap.ok(done.status == 0 and "are left out" in done.out, "3 MB: the middle is left out, and that is said", done)
    done = exercise("order", large, "--count", "26", answers=key_of("order", large, "--count", "26"))
    tap.ok(done.status == 0, "... and put in order", done)
    live = path_of("live.pcap")
    done = shake.run(pair.client, "get", "-q", "-w", live, shake.url(netlib.SERVER4, PORT, "index.html"))
    for kind in ("blanks", "order"):
        asked = exercise(kind, live, answers=key_of(kind, live))
        tap.ok(done.status == 0 and asked.status == 0, f"{kind}: from what get -w kept", done, asked)
    refused = path_of("refused.pcap")
    shake.run(pair.client, "get", "-q", "-w", refused, shake.url(netlib.SERVER4, 9))
    for kind in ("blanks", "order"):
        done = exercise(kind, refused, answers=["1"])
        tap.ok(done.status == APP and done.error_like("no exercise", "2 segments", "3 are needed") and not done.out,
               f"{kind}: too short, exit 8 and why", done)
    with open(path, "rb") as file:
        whole = file.read()
    for size in (len(whole) // 2, len(whole) - 7):
        with open(path_of("cut.pcap"), "wb") as file:
            file.write(whole[:size])
        done = exercise("blanks", path_of("cut.pcap"), answers=[""] * 9)
        tap.ok(done.status == APP and score(done) and done.error_like("frame"),
               f"cut after {size} bytes: asked as far as it goes, then exit 8", done)
    spoiled = bytearray(whole)
    for at in range(60, len(spoiled), 53):
        spoiled[at] ^= 0x15
    with open(path_of("spoiled.pcap"), "wb") as file:
        file.write(spoiled)
    done = exercise("blanks", path_of("spoiled.pcap"), answers=[""] * 200)
    tap.ok(done.status in (0, CHECK, USAGE, APP), "spoiled bytes: it ends in order", done)


def check_usage(path):
    for words in (["--exercise", "essay", path], ["--key", path], ["--sheet", path_of("x.md"), path],
                  ["--seed", "1", path], ["--exercise", "blanks", "--key", path], ["--exercise", "blanks", "--json", path],
                  ["--exercise", "blanks", "--count", "0", path], ["--exercise", "order", "--sheet", "x.pdf", path],
                  ["--exercise", "blanks", "-"]):
        done = shake.run(pair.client, "explain", *words)
        tap.ok(done.status == USAGE and not done.out and done.err.startswith("tcpshake: "),
               f"{' '.join(words[:-1])}: usage, exit 2", done)
    done, _ = sheet("blanks", path, "no-such-folder/x.md")
    tap.ok(done.status == APP and done.error_like("No such file", "--sheet"), "a sheet in no folder: exit 8", done)
    with open(path, "rb") as file:
        done = shake.run(pair.client, "explain", "--exercise", "blanks", "--sheet", path_of("in.md"), "-", stdin=file)
    tap.ok(done.status == 0 and os.path.exists(path_of("in.md")), "a sheet of a capture from standard input", done)


for tool in ("dumpcap", "curl"):
    if not captures.have(tool):
        netlib.skip_all(f"no {tool}(1)")
PORT = webservers.start("nginx", pair.server, site.path)
HEARD, LARGE = capture("index.html"), capture("large")
check_blanks(HEARD)
check_words(HEARD)
check_order(HEARD)
check_sheets(HEARD)
check_connections(HEARD, LARGE)
check_usage(HEARD)
tap.done()
