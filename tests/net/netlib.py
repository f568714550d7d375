# SPDX-License-Identifier: GPL-3.0-or-later
"""netlib - what the network tests share: namespaces, processes in them, TAP.

A test begins

    import netlib
    netlib.enter()            # from here on: root in a user and network namespace of its own
    tap = netlib.Tap()
    pair = netlib.Pair()      # pair.client (where we are) and pair.server, joined by a veth cable

and ends with tap.done(). It needs no root, touches nothing of the host, and leaves nothing: the
namespaces end with the processes in them, and those end with the test, however it ends.
Standard library only; unshare(1), nsenter(1), setpriv(1) and ip(8) do the rest.
"""

import atexit
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

INSIDE = "TCPSHAKE_TEST_NAMESPACE"  # set in the environment once we are inside

CLIENT4, SERVER4 = "198.51.100.1", "198.51.100.2"
CLIENT6, SERVER6 = "2001:db8:51::1", "2001:db8:51::2"


def program():
    """The tcpshake to test, as a path."""
    return os.environ.get("TCPSHAKE") or built("tcpshake")


def built(path):
    """A file of the build, by its path below the top."""
    return os.path.join(os.environ.get("top_builddir", os.getcwd()), path)


def sanitized():
    """Whether the program has a sanitizer in it: slower, and it needs more memory."""
    try:
        with open(os.path.join(os.path.dirname(program()), "config.h"), encoding="utf-8") as config:
            return "#define TCPSHAKE_SANITIZED 1" in config.read()
    except OSError:  # an installed one
        return False


def scratch():
    """A new folder, gone when the test ends."""
    path = tempfile.mkdtemp(prefix="tcpshake-test-")
    atexit.register(_remove, path)
    return path


def _remove(path):
    _end_children()  # first, lest they write there still
    shutil.rmtree(path, ignore_errors=True)


def skip_all(why):
    """End the test: not one check could be made."""
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def enter(real_root=False):
    """Run the rest of the script inside namespaces of its own; all of it is skipped where they cannot
    be made. Must be called before anything is printed or started.
    @real_root: for what needs several users: a network namespace alone; skipped for who is not root"""
    if INSIDE in os.environ:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    for tool in ("unshare", "nsenter", "setpriv", "ip"):
        if not shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            skip_all(f"no {tool}(1); it is in util-linux or iproute2")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    # A user namespace even for root, so that both ways are one; root may do without.
    ways = [] if real_root else [["unshare", "--user", "--map-root-user", "--net"]]
    if real_root and os.geteuid() != 0:
        skip_all("needs root: a user namespace made without it has only one user")
    if os.geteuid() == 0:
        ways.append(["unshare", "--net"])
    for way in ways:
        tried = subprocess.run(way + ["true"], capture_output=True, text=True)
        if tried.returncode == 0:
            os.environ[INSIDE] = "1"
            sys.stdout.flush()
            os.execvp(way[0], way + [sys.executable] + sys.argv)
    skip_all(f"no namespaces here: {tried.stderr.strip()}")


class Tap:
    """TAP with the plan at the end."""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, *details):
        """One check; the details are printed when it failed. Returns whether it is good."""
        self.count += 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if not good:
            self.failed += 1
            self.note(*details)
        sys.stdout.flush()
        return bool(good)

    def equal(self, got, expected, name, *details):
        return self.ok(got == expected, name, f"got      {got!r}", f"expected {expected!r}", *details)

    def skip(self, name, why):
        """One check that cannot be made here: counted as such, never silent."""
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    @staticmethod
    def note(*details):
        for detail in details:
            for line in str(detail).splitlines():
                print(f"# {line}")
        sys.stdout.flush()

    def done(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


_children = []


@atexit.register
def _end_children():
    for child in _children:
        if child.poll() is None:
            child.kill()
            child.wait()


# SIGTERM (a test driver's patience is over) is to run the exit handlers, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Namespace:
    """A network namespace: ours, or one that a sleeping process holds open."""

    def __init__(self, new=True):
        self.pid, self.prefix = os.getpid(), []
        if new:
            holder = self.popen(["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"],
                                stdout=subprocess.PIPE)
            if not holder.stdout.readline():
                raise RuntimeError("cannot make a network namespace")
            self.pid = holder.pid
            self.prefix = ["nsenter", f"--net=/proc/{self.pid}/ns/net"]
            self.run(["ip", "link", "set", "lo", "up"], check=True)

    def run(self, command, **options):
        """subprocess.run() in the namespace: captures text and gives up after a minute, unless told
        otherwise."""
        defaults = {"timeout": 60}
        if not {"stdout", "stderr"} & options.keys():
            defaults["capture_output"] = True
        if options.get("text") is None:
            defaults["text"] = True
        return subprocess.run(self.prefix + command, **{**defaults, **options})

    def popen(self, command, **options):
        """subprocess.Popen() in the namespace; the process is killed when the test ends, and even
        when the test is."""
        child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL"] + self.prefix + command, **options)
        _children.append(child)
        return child

    def ip(self, *words):
        """ip(8); raises with its message when it fails."""
        done = self.run(["ip", *words])
        if done.returncode:
            raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def sysctl(self, name, value):
        """Set net.*; False where /proc/sys is read-only (containers)."""
        path = "/proc/sys/" + name.replace(".", "/")
        return self.run(["sh", "-c", f"echo {value} >{path}"]).returncode == 0

    def listens(self, port):
        """Whether a TCP socket listens on the port."""
        for table in ("tcp", "tcp6"):
            try:
                with open(f"/proc/{self.pid}/net/{table}", encoding="ascii") as lines:
                    for line in list(lines)[1:]:
                        _, local, _, state = line.split()[:4]
                        if state == "0A" and int(local.rsplit(":", 1)[1], 16) == port:
                            return True
            except FileNotFoundError:  # a kernel without IPv6
                pass
        return False

    def wait_for_listen(self, port, seconds=10):
        """Return once somebody listens on the port; raise when nobody does in time."""
        until = time.monotonic() + seconds
        while not self.listens(port):
            if time.monotonic() > until:
                raise TimeoutError(f"nothing listens on port {port} after {seconds} s")
            time.sleep(0.01)

    def wait_for_ipv6(self, interface, seconds=5):
        """Return once the kernel has noticed the cable, which takes it up to a second, and has made its
        link-local address: before that a neighbour's first question is lost."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with open(f"/proc/{self.pid}/net/if_inet6", encoding="ascii") as lines:
                if any(line.startswith("fe80") and line.split()[5] == interface for line in lines):
                    return
            time.sleep(0.01)


class Pair:
    """Two hosts and a cable: we are the client, interface c0; the server is behind s0."""

    def __init__(self, mtu=1500):
        self.client, self.server = Namespace(new=False), Namespace()
        self.client.ip("link", "add", "c0", "mtu", str(mtu), "type", "veth",
                       "peer", "name", "s0", "mtu", str(mtu), "netns", str(self.server.pid))
        for end, name, v4, v6 in ((self.client, "c0", CLIENT4, CLIENT6),
                                  (self.server, "s0", SERVER4, SERVER6)):
            end.ip("address", "add", f"{v4}/24", "dev", name)
            # Usable at once, without the second of duplicate address detection: nodad for this address,
            # accept_dad for the link-local one that the kernel makes.
            end.ip("address", "add", f"{v6}/64", "dev", name, "nodad")
            end.sysctl(f"net.ipv6.conf.{name}.accept_dad", 0)
            end.ip("link", "set", name, "up")
        self.client.wait_for_ipv6("c0")
        self.server.wait_for_ipv6("s0")


def with_capabilities(*names):
    """A command prefix: run with these capabilities only, as in with_capabilities("net_raw")."""
    keep = ",".join(["-all"] + [f"+{name}" for name in names])
    return ["setpriv", "--inh-caps", "-all", "--ambient-caps", "-all", "--bounding-set", keep]


@contextlib.contextmanager
def inside(namespace):
    """Sockets that this thread opens in the block are the namespace's."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(fd):
        if libc.setns(fd, 0x40000000):  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "setns")

    with open("/proc/thread-self/ns/net", "rb") as home, \
            open(f"/proc/{namespace.pid}/ns/net", "rb") as there:
        enter(there.fileno())
        try:
            yield
        finally:
            enter(home.fileno())
