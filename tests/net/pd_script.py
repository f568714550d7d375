# SPDX-License-Identifier: GPL-3.0-or-later
"""pd_script - what a script of packetdrill's says, as far as a server that acts it out has to know.

    for event in pd_script.read(path, {"SIZE": "1000"}):
        event.kind                # "in" (a packet from the client), "out" (to it), "call", "command", "code"
        event.call.name, .arguments, .result, .error

`tcpshake run` reads such scripts too, and judges their packets; this is about the other half: the system
calls between them, and when they are to be made.
"""

import dataclasses
import os
import re

TOKEN = re.compile(r"""
    (?P<blank>\s+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
  | (?P<command>`[^`]*`)
  | (?P<code>%\{.*?\}%)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<setting>--\w+)
  | (?P<ellipsis>\.\.\.)
  | (?P<number>0[xX][0-9a-fA-F]+|\d+\.\d+|\.\d+|\d+)(?!\w)
  | (?P<word>\w+)
  | (?P<sign>.)
""", re.VERBOSE | re.DOTALL)


class ScriptError(Exception):
    """The script is none, or not one that is understood here."""


@dataclasses.dataclass
class Token:
    kind: str
    text: str
    line: int


@dataclasses.dataclass
class Call:
    """name(arguments) = result ERRNO. What the script has no number for is Ellipsis."""
    name: str
    arguments: list
    result: object = ...
    error: str = ""
    blocks: bool = False  # it may take its time while the script goes on


@dataclasses.dataclass
class Event:
    kind: str
    line: int
    gap: float  # seconds after the event before; None: at any time
    length: int = 0  # of a packet, in bytes of text
    call: Call = None
    text: str = ""  # of a command


def tokens(text):
    line = 1
    for found in TOKEN.finditer(text):
        if found.lastgroup != "blank":
            yield Token(found.lastgroup, found.group(), line)
        line += found.group().count("\n")


class Reader:
    """The events of a text; the clock is the script's, in seconds."""

    def __init__(self, text, definitions):
        self.rest, self.definitions = list(tokens(text)), dict(definitions)
        self.at = 0
        self.clock = None
        self.settings = {}

    def peek(self, ahead=0):
        at = self.at + ahead
        return self.rest[at] if at < len(self.rest) else Token("end", "", 0)

    def next(self):
        token = self.peek()
        self.at += 1
        return token

    def takes(self, text):
        if self.peek().text != text:
            return False
        self.at += 1
        return True

    def expect(self, text):
        if not self.takes(text):
            raise ScriptError(f"line {self.peek().line}: {text} is missing before {self.peek().text!r}")

    def line_rest(self, line):
        """What is left of a line, as text."""
        words = []
        while self.peek().kind != "end" and self.peek().line == line:
            words.append(self.next().text)
        return " ".join(words)

    # ---- values in calls ----

    def value(self):
        """A number, bytes, a list, a dictionary, a name that nobody knows, or Ellipsis."""
        token = self.next()
        if token.text == "-":
            return -self.value()
        if token.kind == "ellipsis":
            return ...
        if token.kind == "number":
            return int(token.text, 0) if "." not in token.text else float(token.text)
        if token.kind == "string":
            return token.text[1:-1].encode().decode("unicode_escape").encode("latin-1")
        if token.text in "[{":
            return self.members({"[": "]", "{": "}"}[token.text])
        if token.kind != "word":
            raise ScriptError(f"line {token.line}: a value is missing before {token.text!r}")
        name = self.definitions.get(token.text, token.text)
        names = [name]
        if self.takes("("):  # htons(8080), msg_iov(1)
            self.members(")")
        while self.takes("|"):
            names.append(self.next().text)
        return "|".join(names) if len(names) > 1 or not name.isdigit() else int(name)

    def members(self, end):
        """Up to the closing bracket: a list, or a dictionary where members have names."""
        found, names = [], {}
        while not self.takes(end):
            if self.peek().kind == "end":
                raise ScriptError(f"{end} is missing at the end")
            value = self.value()
            if self.takes("="):
                names[value] = self.value()
            else:
                found.append(value)
            self.takes(",")
            self.takes(":")
        return names or found

    def call(self, name, blocks):
        self.expect("(")
        made = Call(name.text, self.members(")"), blocks=blocks)
        if self.takes("="):
            line = self.peek().line
            made.result = self.value()
            if self.peek().line == line and self.peek().kind == "word":
                made.error = self.next().text
            self.line_rest(line)
        return made

    # ---- events ----

    def time(self):
        """Seconds on the script's clock."""
        relative = self.takes("+")
        token = self.next()
        if token.kind != "number":
            raise ScriptError(f"line {token.line}: a time is missing before {token.text!r}")
        return float(token.text) + (self.clock or 0 if relative else 0)

    def packet(self, kind, line, gap):
        text = self.line_rest(line)
        length = re.search(r"\d+ : \d+ \( (\d+) \)", text)
        return Event(kind, line, gap, length=int(length.group(1)) if length else 0)

    def setting(self):
        token = self.next()
        text = self.line_rest(token.line).replace(" ", "") if self.takes("=") else ""
        self.settings[token.text[2:]] = text
        if token.text == "--define":
            name, _, value = text.partition("=")
            self.definitions[name] = value.strip('"')

    def event(self):
        """The next one; None for a setting."""
        first = self.peek()
        if first.kind == "setting":
            self.setting()
            return None
        if first.kind == "command":  # before the first event and behind the last
            return Event("command", first.line, 0, text=self.next().text[1:-1])
        gap = blocks = None
        if not self.takes("*"):
            now = self.time()
            gap = max(0, now - (self.clock if self.clock is not None else now))
            self.clock = now
            if self.takes("~") or (blocks := self.peek().kind == "ellipsis" and self.next()):
                self.time()
        token = self.next()
        if token.text in "<>":
            return self.packet("in" if token.text == "<" else "out", token.line, gap)
        if token.kind == "command":
            return Event("command", token.line, gap, text=token.text[1:-1])
        if token.kind == "code":
            return Event("code", token.line, gap)
        if token.kind != "word":
            raise ScriptError(f"line {token.line}: no event: {token.text!r}")
        return Event("call", token.line, gap, call=self.call(token, bool(blocks)))

    def events(self):
        found = []
        while self.peek().kind != "end":
            event = self.event()
            if event:
                found.append(event)
        return found


def read(path, definitions=()):
    """The script's events, and its --name=value settings. @definitions: packetdrill's -D, a dictionary."""
    with open(path, encoding="utf-8") as file:
        reader = Reader(file.read(), definitions)
    return reader.events(), reader.settings


# ---- settings of the kernel under test ----

SETTING = re.compile(r"""(?:/proc/sys/)?(net[./]ipv[46][./]\w+)=("[^"]*"|[^\s"`&|;]+)""")


def arithmetic(text):
    """$((256*1024)) as a number, as a shell has it; the rest as it is."""
    def product(found):
        value = 1
        for factor in found.group(1).split("*"):
            value *= int(factor)
        return str(value)
    return re.sub(r"\$\(\(([\d*\s]+)\)\)", product, text)


def settings(command, folder):
    """What a command of a script sets: [(name, value)], sysctls. Shell files that it names by a relative
    path (a suite's defaults) are read for theirs; nothing is run."""
    found = []
    for name in re.findall(r"(?<![\w/])((?:\.\.?/)+[\w./-]+\.sh)\b", command):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                lines = [line for line in file if not line.lstrip().startswith("#")]
            found += settings("".join(lines), os.path.dirname(path))
    for name, value in SETTING.findall(arithmetic(command)):
        found.append((name.replace("/", "."), value.strip('"')))
    return found


def network_commands(command, interface, other):
    """The commands of a script that change the way to the client, for our interface: argument vectors."""
    found = []
    for words in re.findall(r"\bip (?:-6 )?route change \S+ (?:via \S+ )?dev tun0 ([\w ]+)", command):
        found.append(["ip", "route", "change", other, "dev", interface, *words.split()])
    for words in re.findall(r"\btc qdisc replace dev tun0 root ([\w ]+)", command):
        found.append(["tc", "qdisc", "replace", "dev", interface, "root", *words.split()])
    return found
