# SPDX-License-Identifier: GPL-3.0-or-later
"""webservers - the HTTP servers that the tests talk to, each on a namespace's IPv4 and IPv6 addresses.

    site = webservers.Site()                    # a folder of bodies, gone when the test ends
    port = webservers.start("nginx", pair.server, site.path)

A server listens when start() returns, and ends with the test. "odd" is odd_server.py: answers that no
orderly server gives (chunks of any size, a reset in mid-body, ...).
"""

import hashlib
import os
import random
import shutil
import subprocess
import sys

import netlib

PORTS = {"nginx": 8001, "lighttpd": 8002, "busybox": 8003, "http.server": 8004, "odd": 8005}
ORDERLY = ("nginx", "lighttpd", "busybox", "http.server")

NGINX = """user root root; daemon off; master_process off;
pid {work}/nginx.pid; error_log stderr crit;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; default_type text/plain; keepalive_requests 1000;
    client_body_temp_path {work}/body; proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi; uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    server {{ listen {port}; listen [::]:{port}; root {root}; }}
}}
"""

LIGHTTPD = """server.document-root = "{root}"
server.port = {port}
server.bind = "0.0.0.0"
server.upload-dirs = ( "{work}" )
$SERVER["socket"] == "[::]:{port}" {{ }}
"""


class Site:
    """A folder with bodies of chosen sizes; their contents are random, and the same in every run."""

    def __init__(self):
        self.path = netlib.scratch()
        self.sha256 = {}

    def add(self, name, size):
        """A body of @size random bytes."""
        source, digest = random.Random(name), hashlib.sha256()
        with open(os.path.join(self.path, name), "wb") as out:
            for at in range(0, size, 1 << 20):
                piece = source.randbytes(min(1 << 20, size - at))
                digest.update(piece)
                out.write(piece)
        self.sha256[name] = digest.hexdigest()

    def add_hole(self, name, size):
        """A body of zeros that takes no room on the disk."""
        with open(os.path.join(self.path, name), "wb") as out:
            out.truncate(size)


def available(name):
    """Whether this server is installed."""
    return name in ("http.server", "odd") or shutil.which(name) is not None


def _command(name, root, port):
    if name == "busybox":
        return ["busybox", "httpd", "-f", "-p", str(port), "-h", root]
    if name == "http.server":  # HTTP/1.0: it closes first
        return [sys.executable, "-m", "http.server", "--bind", "::", "--directory", root,
                str(port)]
    if name == "odd":
        return [sys.executable, os.path.join(os.path.dirname(__file__), "odd_server.py"), str(port)]
    work = netlib.scratch()
    config = os.path.join(work, "config")
    with open(config, "w", encoding="utf-8") as out:
        template = NGINX if name == "nginx" else LIGHTTPD
        out.write(template.format(work=work, root=root, port=port))
    if name == "nginx":
        return ["nginx", "-e", "stderr", "-c", config]
    return ["lighttpd", "-D", "-f", config]


def start(name, where, root, port=None):
    """Start a server in a namespace; its port."""
    port = port or PORTS[name]
    where.popen(_command(name, root, port), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
    where.wait_for_listen(port)
    return port


def start_odd(where, port, address):
    """odd_server.py on one address only."""
    where.popen(_command("odd", None, port) + [address])
    where.wait_for_listen(port)
    return port
