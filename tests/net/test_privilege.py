# SPDX-License-Identifier: GPL-3.0-or-later
"""CAP_NET_RAW from the file (setcap) and from sudo: enough to work, and given up before the work begins.

Needs real root, because it takes several users; the namespaces of the other tests have one.
"""

import os
import shutil
import signal

import netlib

netlib.enter(real_root=True)

import shake  # noqa: E402
import webservers  # noqa: E402

USER = 65534  # nobody
AS_USER = ["setpriv", "--reuid", str(USER), "--regid", str(USER), "--clear-groups", "--inh-caps", "-all"]
PRIVILEGE = 6

tap = netlib.Tap()
pair = netlib.Pair()
odd = webservers.start("odd", pair.server, None)
folder = netlib.scratch()
os.chown(folder, USER, USER)
os.chmod(folder, 0o755)


def status_of(pid):
    """/proc/PID/status as a dictionary."""
    with open(f"/proc/{pid}/status", encoding="ascii") as lines:
        return dict(line.rstrip("\n").split(":\t", 1) for line in lines)


def check_given_up(title, uid, prefix=(), **options):
    """In mid-transfer nothing is left of the privilege."""
    running = shake.start(pair.client, "get", "--json", shake.url(netlib.SERVER4, odd, "hold"), prefix=prefix,
                          **options)
    if not shake.wait_for(running, '"from":"server"', '"kind":"data"'):
        tap.ok(False, f"{title}: a transfer", shake.finish(running))
        return
    status = status_of(running.pid)
    running.send_signal(signal.SIGINT)
    done = shake.finish(running)
    capabilities = {name: int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")}
    tap.ok(not any(capabilities.values()), f"{title}: no capability is left", capabilities)
    tap.equal(status["Uid"].split(), [str(uid)] * 4, f"{title}: the user is who it should be")
    tap.equal(status["NoNewPrivs"], "1", f"{title}: no_new_privs")
    if netlib.sanitized():
        tap.skip(f"{title}: a seccomp filter", "a sanitizer needs system calls of its own")
    else:
        tap.equal(status["Seccomp"], "2", f"{title}: a seccomp filter")
    tap.equal(done.status, -signal.SIGINT, f"{title}: and SIGINT ends it", done)


def check_output(title, prefix=(), **options):
    """A body kept by whoever asked for it."""
    path = os.path.join(folder, "saved")
    done = shake.run(pair.client, "get", "-q", "-o", path, "-w", path + ".pcap",
                     shake.url(netlib.SERVER4, odd, "chunked/1000/100000"), prefix=prefix, **options)
    good = done.status == 0 and os.path.getsize(path) == 100000
    tap.ok(good, f"{title}: a body is saved", done)
    owners = [os.stat(p).st_uid for p in (path, path + ".pcap") if os.path.exists(p)]
    tap.equal(owners, [USER, USER], f"{title}: body and capture file belong to the user")
    for leftover in (path, path + ".pcap"):
        if os.path.exists(leftover):
            os.unlink(leftover)


def check_setcap():
    path = os.path.join(folder, "tcpshake")
    config = os.path.join(os.path.dirname(netlib.program()), "config.h")
    shutil.copy(netlib.program(), path)
    if os.path.exists(config):
        shutil.copy(config, folder)
    os.chmod(path, 0o755)
    os.environ["TCPSHAKE"] = path  # from now on this copy is run
    done = shake.run(pair.client, "get", shake.url(netlib.SERVER4, odd, "echo"), prefix=AS_USER)
    tap.ok(done.status == PRIVILEGE and done.error_like("setcap"), "before setcap: exit 6", done)
    set_ = pair.client.run(["setcap", "cap_net_raw+ep", path])
    if set_.returncode:
        tap.skip("setcap", set_.stderr.strip())
        return
    # LeakSanitizer cannot look at a process that is not dumpable.
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    check_output("setcap", AS_USER, env=environment)
    check_given_up("setcap", USER, AS_USER, env=environment)
    done = shake.run(pair.client, "demo", "--json", prefix=AS_USER, env=environment)
    tap.equal(done.status, 0, "setcap: demo", done)


def check_sudo():
    environment = {**os.environ, "SUDO_UID": str(USER), "SUDO_GID": str(USER), "SUDO_USER": "nobody"}
    check_output("sudo", env=environment)
    check_given_up("sudo", USER, env=environment)
    done = shake.run(pair.client, "demo", "--json", env=environment)
    tap.equal(done.status, 0, "sudo: demo", done)
    check_given_up("root without sudo", 0, env={k: v for k, v in os.environ.items()
                                                if not k.startswith("SUDO_")})


check_sudo()
check_setcap()
tap.done()
