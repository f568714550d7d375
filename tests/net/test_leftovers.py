# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run takes and what it leaves: memory that does not grow with the body, nothing after kill -9.

Killed in mid-transfer, `get` and `demo` leave no file, no socket name, no firewall rule, no interface and
no process, and the guarded port is free again.
"""

import os
import resource
import socket
import time

import netlib

netlib.enter()

import shake  # noqa: E402
import webservers  # noqa: E402

PORT = "40404"

tap = netlib.Tap()
pair = netlib.Pair()
site = webservers.Site()
site.add("mebi", 1 << 20)
site.add_hole("gibi", 1 << 30)
server = next(name for name in webservers.ORDERLY if webservers.available(name))
webservers.start(server, pair.server, site.path)
odd = webservers.start("odd", pair.server, site.path)


def peak_memory(path):
    """Peak resident memory of a get, in KiB, and the run. Through a process of its own, whose only child
    it is: what is measured is the largest child."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        done = shake.run(pair.client, "get", "-q", "--json",
                         shake.url(netlib.SERVER4, webservers.PORTS[server], path))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        os.write(writer, f"{done.status} {done.summary.get('body_bytes')} {peak}".encode())
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="ascii") as said:
        words = said.read().split()
    os.waitpid(child, 0)
    return words


def check_memory():
    title = "peak memory of 1 GiB is within 10 % of that of 1 MiB"
    if netlib.sanitized():
        tap.skip(title, "a sanitizer's memory is not ours")
        return
    small, large = peak_memory("mebi"), peak_memory("gibi")
    good = small[:2] == ["0", str(1 << 20)] and large[:2] == ["0", str(1 << 30)]
    tap.ok(good and int(large[2]) <= 1.1 * int(small[2]), title,
           "status, bytes and peak in KiB:", small, large)
    tap.note(f"{small[-1]} and {large[-1]} KiB")


def socket_names():
    """The names in /proc/net/unix that are ours."""
    with open(f"/proc/{pair.client.pid}/net/unix", encoding="ascii", errors="replace") as lines:
        return [line.split()[-1] for line in lines if "tcpshake" in line]


def descendants(pid):
    found = []
    for child in pair.client.run(["pgrep", "-P", str(pid)]).stdout.split():
        found += [int(child)] + descendants(int(child))
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_gone(pids, seconds=5):
    until = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.01)
    return not any(map(alive, pids))


def state(folder):
    """All that could be left, of the host and in the folder that the program worked in."""
    commands = (["nft", "list", "ruleset"], ["ip", "-o", "link"], ["ip", "-o", "address"], ["ip", "route"],
                ["ss", "-Hltnp"], ["ss", "-Hanw"])
    return [sorted(os.listdir(folder)), socket_names()] + [pair.client.run(c).stdout for c in commands]


def port_is_free():
    """Whether somebody else can listen on it now."""
    with socket.socket() as listener:
        try:
            listener.bind(("", int(PORT)))
            listener.listen()
        except OSError:
            return False
    return True


def killed(title, until, *arguments, **options):
    """Kill -9 once it has printed the words @until; what is left of it."""
    folder = netlib.scratch()
    environment = {**os.environ, "TMPDIR": folder, "HOME": folder, "XDG_RUNTIME_DIR": folder}
    before = state(folder)
    running = shake.start(pair.client, *arguments, cwd=folder, env=environment, **options)
    going = shake.wait_for(running, *until)
    processes = [running.pid] + descendants(running.pid)
    seen = f"while it lived: names {socket_names()}, files {os.listdir(folder)}"
    held = not port_is_free()
    running.kill()
    done = shake.finish(running)
    tap.ok(going and done.status == -9, f"{title}: killed in mid-transfer", done)
    tap.ok(held or "-p" not in arguments, f"{title}: the port was held while it lived")
    tap.ok(wait_gone(processes), f"{title}: no process is left", processes)
    tap.equal(state(folder), before, f"{title}: nothing is left", seen)
    tap.ok(port_is_free(), f"{title}: the guarded port is free again")


def check_killed():
    pair.client.run(["nft", "add table inet one"])
    for path in ("drip", "flood"):
        killed(f"get /{path}", ['"from":"server"', '"kind":"data"'], "get", "--json", "-p", PORT,
               shake.url(netlib.SERVER4, odd, path))
    # It is over in a millisecond; but not when nobody reads what it prints, and the pipe holds one page.
    killed("demo", ["three-way handshake"], "demo", "-v", pipesize=4096)


check_memory()
check_killed()
tap.done()
