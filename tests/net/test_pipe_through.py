# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs through `pipe`: ssh by ProxyCommand into an sshd of the test's own (a login, copies each
way), and openssl s_client over TLS.
"""

import os
import shlex
import shutil
import socket
import subprocess

import netlib

netlib.enter()

import piping  # noqa: E402

SSH_PORT, TLS_PORT = 2222, 4433
USER, UID = "tester", "1000"
SIZE = 20 << 20 if netlib.sanitized() else 100 << 20
TLS_SIZE = 20 << 20
PASSWD = "root:x:0:0::/:/bin/sh\n{user}:x:{uid}:{uid}::{home}:/bin/sh\n"
SSHD = """Port {port}
ListenAddress 0.0.0.0
ListenAddress ::
HostKey {home}/host_key
AuthorizedKeysFile {home}/key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
"""

tap = netlib.Tap()
pair = netlib.Pair()
home = netlib.scratch()
big = os.path.join(home, "big")


def at(name):
    return os.path.join(home, name)


def write(name, text):
    with open(at(name), "w", encoding="ascii") as out:
        out.write(text)
    return at(name)


# ---- ssh ---------------------------------------------------------------------------------------------

def start_sshd():
    """None, or why it cannot be had. sshd wants several users when it is root, and a namespace made by a
    plain user has one: so it runs as another one, in a namespace below, with an /etc/passwd that has it."""
    sshd = shutil.which("sshd")  # it asks for its own absolute path
    if not sshd or not shutil.which("ssh"):
        return f"no {'ssh' if sshd else 'sshd'}(1)"
    for name in ("host_key", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at(name)], check=True)
    passwd = write("passwd", PASSWD.format(user=USER, uid=UID, home=home))
    config = write("sshd_config", SSHD.format(port=SSH_PORT, home=home))
    prefix = ["unshare", "--mount", "sh", "-c", f"mount --bind {passwd} /etc/passwd && exec \"$@\"", "sh",
              "unshare", "--user", f"--map-user={UID}", f"--map-group={UID}"]
    tried = pair.server.run([*prefix, sshd, "-t", "-f", config])
    if tried.returncode:
        return f"no sshd of our own: {tried.stderr.strip()}"
    with open(at("sshd.log"), "wb") as log:
        pair.server.popen([*prefix, sshd, "-D", "-e", "-f", config], stdin=subprocess.DEVNULL, stdout=log,
                          stderr=log)
    pair.server.wait_for_listen(SSH_PORT)
    return None


def ssh(address, command, port=SSH_PORT, **popen):
    """A command over there: what ssh says, as a subprocess.CompletedProcess."""
    proxy = f"{shlex.quote(netlib.program())} pipe %h %p"
    return pair.client.run(
        ["ssh", "-F", "none", "-i", at("key"), "-p", str(port), "-o", "IdentitiesOnly=yes",
         "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
         "-o", f"UserKnownHostsFile={at('known_hosts')}", "-o", "GlobalKnownHostsFile=none",
         "-o", "LogLevel=ERROR", "-o", f"ProxyCommand={proxy}", f"{USER}@{address}", command],
        env={**os.environ, "SHELL": "/bin/sh"}, **popen)


def say(done):
    with open(at("sshd.log"), encoding="utf-8", errors="replace") as log:
        return f"status {done.returncode}\n{done.stderr}\nsshd:\n{log.read()[-1500:]}"


def same(name):
    """Whether this file is the big one."""
    return subprocess.run(["cmp", big, at(name)], check=False).returncode == 0


def check_ssh():
    missing = start_sshd()
    if missing:
        tap.skip("ssh through pipe", missing)
        return
    with open(at("host_key.pub"), encoding="ascii") as key:
        write("known_hosts", "".join(f"[{address}]:{SSH_PORT} {line}" for line in key for address in
                                     (netlib.SERVER4, netlib.SERVER6)))
    for address in (netlib.SERVER4, netlib.SERVER6):
        done = ssh(address, "id -un; echo $SSH_CONNECTION", stdin=subprocess.DEVNULL)
        words = done.stdout.split()
        tap.ok(done.returncode == 0 and words[:1] == [USER] and words[3:] == [address, str(SSH_PORT)] and
               not done.stderr, f"ssh: a login at {address}", done.stdout, say(done))
    done = ssh(netlib.SERVER4, "exit 42", stdin=subprocess.DEVNULL)
    tap.equal(done.returncode, 42, "ssh: the status of the command comes back", say(done))

    mebi = SIZE >> 20
    with open(big, "rb") as data:
        done = ssh(netlib.SERVER4, f"cat >{at('there')}", stdin=data)
    tap.ok(done.returncode == 0 and same("there"), f"ssh: {mebi} MiB there, exact", say(done))
    with open(at("back"), "wb") as out:
        done = ssh(netlib.SERVER4, f"cat {big}", stdin=subprocess.DEVNULL, stdout=out,
                   stderr=subprocess.PIPE)
    tap.ok(done.returncode == 0 and same("back"), f"ssh: {mebi} MiB back, exact", say(done))
    with open(big, "rb") as data, open(at("both"), "wb") as out:
        done = ssh(netlib.SERVER6, "cat", stdin=data, stdout=out, stderr=subprocess.PIPE)
    tap.ok(done.returncode == 0 and same("both"), f"ssh: {mebi} MiB both ways at once, IPv6, exact", say(done))

    done = ssh(netlib.SERVER4, "true", port=81, stdin=subprocess.DEVNULL)
    tap.ok(done.returncode == 255 and "tcpshake: cannot connect" in done.stderr and "refused" in done.stderr,
           "ssh: a refused port is told", say(done))


# ---- TLS ---------------------------------------------------------------------------------------------

def start_tls():
    """s_server with a certificate of its own for the server's address; it serves the files of home."""
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=peer",
         "-addext", f"subjectAltName=IP:{netlib.SERVER4}", "-keyout", at("tls.key"), "-out", at("tls.crt")],
        capture_output=True, text=True, check=False)
    if made.returncode:
        return f"no certificate: {made.stderr.strip()}"
    pair.server.popen(["openssl", "s_server", "-accept", str(TLS_PORT), "-key", at("tls.key"), "-cert",
                       at("tls.crt"), "-WWW", "-quiet"], cwd=home, stdin=subprocess.DEVNULL,
                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pair.server.wait_for_listen(TLS_PORT)
    return None


def check_tls(version):
    """s_client connects to a Unix socket, which is standard input and output of the pipe."""
    door = socket.socket(socket.AF_UNIX)
    path = at(f"door-{version}")
    door.bind(path)
    door.listen()
    door.settimeout(piping.PATIENCE)
    with open(at("fetched"), "wb") as out:
        client = pair.client.popen(
            ["openssl", "s_client", "-unix", path, "-quiet", "-ign_eof", "-CAfile", at("tls.crt"),
             "-verify_return_error", "-verify_ip", netlib.SERVER4, f"-{version}"],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE)
    with door.accept()[0] as inner:
        running = pair.client.popen([netlib.program(), "pipe", netlib.SERVER4, str(TLS_PORT)], stdin=inner,
                                    stdout=inner, stderr=subprocess.PIPE)
    _, told = client.communicate(b"GET /some HTTP/1.0\r\n\r\n", timeout=2 * piping.PATIENCE)
    _, err = running.communicate(timeout=piping.PATIENCE)
    with open(at("fetched"), "rb") as fetched, open(at("some"), "rb") as data:
        _, _, body = fetched.read().partition(b"\r\n\r\n")
        exact = body == data.read()
    tap.ok(client.returncode == 0 and exact, f"openssl s_client, {version}: {TLS_SIZE >> 20} MiB, exact",
           f"status {client.returncode}, {len(body)} bytes", told.decode(errors="replace")[-1000:])
    tap.ok(running.returncode == 0 and not err, f"openssl s_client, {version}: and pipe ends well",
           running.returncode, err.decode())


def check_openssl():
    missing = start_tls() if shutil.which("openssl") else "no openssl(1)"
    if missing:
        tap.skip("openssl s_client through pipe", missing)
        return
    for version in ("tls1_2", "tls1_3"):
        check_tls(version)


for name, size in (("big", SIZE), ("some", TLS_SIZE)):
    with open(at(name), "wb") as made:
        for number in range(size >> 20):
            made.write(piping.noise(number, 1 << 20))
check_ssh()
check_openssl()
tap.done()
