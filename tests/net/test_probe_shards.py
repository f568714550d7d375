# SPDX-License-Identifier: GPL-3.0-or-later
"""Shards: GNU parallel runs the line of doc/PROBE-AT-SCALE.md, and the results concatenate."""

import csv
import json
import os
import shutil
import subprocess

import netlib

netlib.enter()

import probing  # noqa: E402
import webservers  # noqa: E402

SHARDS, HOSTS = 4, 1024

tap = netlib.Tap()
pair = netlib.Pair()
probing.networks(pair)
site = webservers.Site()
SERVER = "nginx" if webservers.available("nginx") else "http.server"
PORT = webservers.start(SERVER, pair.server, site.path)


def gnu_parallel():
    """GNU parallel; moreutils has another program of that name."""
    found = shutil.which("parallel")
    if not found:
        return None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False,
                          env={**os.environ, "HOME": folder}).stdout
    return found if told.startswith("GNU parallel") else None


def shards(kind):
    line = (f"{netlib.program()} probe {probing.NETWORK4} --ports {PORT} --seed 7 --shard {{}}/{SHARDS} "
            f"--rate 2500 --{kind} -o {folder}/shard-{{}}.{kind}")
    return pair.client.run([parallel, "--will-cite", "-j", str(SHARDS), line, ":::",
                            *map(str, range(1, SHARDS + 1))],
                           env={**os.environ, "HOME": folder}, capture_output=True, text=True, check=False)


def check_json():
    done = shards("json")
    results = []
    for number in range(1, SHARDS + 1):
        with open(f"{folder}/shard-{number}.json", encoding="ascii") as file:
            results.append([r for r in map(json.loads, file) if r["type"] == "probe"])
    together = [r["target"] for shard in results for r in shard]
    tap.equal((done.returncode, len(together), len(set(together))), (0, HOSTS, HOSTS),
              "four shards by GNU parallel: each host once", done.stderr)
    tap.ok(all(r["state"] == "open" and r["close"] in ("orderly", "merged") for shard in results for r in shard),
           "four shards: all open, and closed in order")
    tap.ok(max(map(len, results)) - min(map(len, results)) <= 1, "four shards: of the same size",
           list(map(len, results)))
    spread = [len({r["target"].split(".")[2] for r in shard}) for shard in results]
    tap.equal(spread, [4] * SHARDS, "four shards: each is spread over the whole network")


def check_csv():
    done = shards("csv")
    whole = subprocess.run("(head -n 1 shard-1.csv; tail -q -n +2 shard-*.csv)", shell=True, cwd=folder,
                           capture_output=True, text=True, check=True).stdout
    rows = list(csv.DictReader(whole.splitlines()))
    tap.equal((done.returncode, len(rows), {row["state"] for row in rows}), (0, HOSTS, {"open"}),
              "CSV of four shards concatenates", done.stderr)


folder = netlib.scratch()
parallel = gnu_parallel()
if parallel:
    check_json()
    check_csv()
else:
    tap.skip("shards by GNU parallel", "no GNU parallel; the Debian package is parallel")
tap.done()
