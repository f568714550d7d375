#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""packetdrill_suite - play packetdrill's scripts of a server, and say of each what became of it.

    git clone https://github.com/google/packetdrill
    make tcpshake && tests/net/packetdrill_suite.py packetdrill/gtests/net/tcp

Each *.pkt below FOLDER is played by `tcpshake run` against this machine's kernel, in namespaces made for
it; a server of the tests makes the script's system calls (pd_server.py). The table has a line for each:
passed; failed, with the line of the script and what differed; refused, with the reason. No script of
packetdrill's is part of this project; those that were published with it are under GPL-2.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import sys

import netlib

# What packetdrill's own runner defines; the cookies are of its addresses and its suite's key.
DEFINITIONS = {
    4: {"TFO_COOKIE": "3021b9d889017eeb", "CODE": "host_unreachable", "CMSG_LEVEL_IP": "SOL_IP",
        "CMSG_TYPE_RECVERR": "IP_RECVERR"},
    6: {"TFO_COOKIE": "c1d1e9742a47a9bc", "CODE": "address_unreachable", "CMSG_LEVEL_IP": "SOL_IPV6",
        "CMSG_TYPE_RECVERR": "IPV6_RECVERR"},
}


def arguments():
    parser = argparse.ArgumentParser(description="Play packetdrill's scripts of a server under test.")
    parser.add_argument("folder", help="with *.pkt in it or below it; or one such file")
    parser.add_argument("-6", "--ipv6", action="store_true", help="over IPv6; scripts named *v4.pkt are left out")
    parser.add_argument("-j", "--jobs", type=int, default=1,
                        help="so many at once (1); calls of a server that has to wait for a processor come late")
    parser.add_argument("-D", "--define", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("-v", "--verbose", action="store_true", help="with all that was said of those that failed")
    parser.add_argument("--json", metavar="FILE", help="the outcomes as JSON, too")
    return parser.parse_args()


def scripts(folder):
    if os.path.isfile(folder):
        return [folder]
    return sorted(os.path.join(path, name) for path, _, names in os.walk(folder) for name in names
                  if name.endswith(".pkt"))


def reason(why):
    """Of a refusal, so that equal ones are counted together."""
    return re.sub(r"\d+", "N", why.split(":")[0]) if ":" in why else why


def told(name, outcome):
    line = f"{outcome.verdict:8} {name}"
    if outcome.verdict != "passed":
        line += f":{outcome.line}: {outcome.why}" if outcome.line else f": {outcome.why}"
    if outcome.verdict == "passed":
        for where, difference in outcome.server.get("differences", ()):
            line += f"\n         but on the server, line {where}: {difference}"
    return line


def main():
    options = arguments()
    family = 6 if options.ipv6 else 4
    given = dict(word.split("=", 1) for word in options.define)
    found = [path for path in scripts(options.folder) if not options.ipv6 or not path.endswith("v4.pkt")]
    if not found:
        sys.exit(f"packetdrill_suite: {options.folder}: no *.pkt in it")
    if not os.access(netlib.program(), os.X_OK):
        sys.exit(f"packetdrill_suite: no {netlib.program()}; build it, and set top_builddir where it is not here")
    import pd_bench

    def one(path):
        over = family if options.ipv6 else pd_bench.family_of(path)
        return pd_bench.play(path, {**DEFINITIONS[over], **given}, over)

    counts, reasons, outcomes = collections.Counter(), collections.Counter(), {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, outcome in zip(found, pool.map(one, found)):
            name = os.path.relpath(path, options.folder) if os.path.isdir(options.folder) else path
            print(told(name, outcome), flush=True)
            if options.verbose and outcome.verdict == "failed":
                print(outcome)
            counts[outcome.verdict] += 1
            if outcome.verdict == "refused":
                reasons[reason(outcome.why)] += 1
            outcomes[name] = {"verdict": outcome.verdict, "line": outcome.line, "why": outcome.why,
                              "server": outcome.server}
    print(f"\n{len(found)} scripts: " + ", ".join(f"{counts[what]} {what}" for what in ("passed", "failed", "refused")))
    for why, count in reasons.most_common():
        print(f"{count:5} refused: {why}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(outcomes, file, indent=1)


netlib.enter()
if __name__ == "__main__":
    main()
