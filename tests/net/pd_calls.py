# SPDX-License-Identifier: GPL-3.0-or-later
"""pd_calls - the system calls of a packetdrill script, made on real sockets.

    machine = pd_calls.Machine(("192.168.0.1", 8080))
    machine.make(event.call)      # None, or in words what came instead of what the script says

What a call does to the connection is done: what is sent, read, closed, set. What it tells the program
alone (poll, epoll, getsockopt, the error queue) is not asked for: no packet depends on it.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import socket
import struct
import time

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.send.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
LIBC.send.restype = ctypes.c_ssize_t
LIBC.recv.argtypes = LIBC.send.argtypes
LIBC.recv.restype = ctypes.c_ssize_t
LIBC.write.argtypes = LIBC.read.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
LIBC.write.restype = LIBC.read.restype = ctypes.c_ssize_t
LIBC.setsockopt.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint]

# What Python's socket module has no name for.
NAMES = {"SOL_TCP": 6, "SOL_IP": 0, "SOL_IPV6": 41, "SO_ZEROCOPY": 60, "SO_TIMESTAMPING": 37, "SO_MARK": 36,
         "SO_MAX_PACING_RATE": 47, "SO_SNDBUFFORCE": 32, "SO_RCVBUFFORCE": 33, "SO_BUSY_POLL": 46,
         "TCP_INQ": 36, "TCP_FASTOPEN_KEY": 33, "TCP_NOTSENT_LOWAT": 25, "TCP_USER_TIMEOUT": 18,
         "TCP_THIN_LINEAR_TIMEOUTS": 16, "TCP_THIN_DUPACK": 17, "TCP_TIMESTAMP": 24, "TCP_SAVE_SYN": 27,
         "TCP_FASTOPEN_NO_COOKIE": 34, "TCP_MD5SIG": 14, "TCP_ULP": 31, "IP_FREEBIND": 15, "MSG_EOR": 0x80,
         "MSG_ZEROCOPY": 0x4000000, "MSG_FASTOPEN": 0x20000000, "MSG_MORE": 0x8000, "NULL": 0,
         "SOF_TIMESTAMPING_TX_HARDWARE": 1, "SOF_TIMESTAMPING_TX_SOFTWARE": 2, "SOF_TIMESTAMPING_RX_HARDWARE": 4,
         "SOF_TIMESTAMPING_RX_SOFTWARE": 8, "SOF_TIMESTAMPING_SOFTWARE": 16, "SOF_TIMESTAMPING_RAW_HARDWARE": 64,
         "SOF_TIMESTAMPING_OPT_ID": 128, "SOF_TIMESTAMPING_TX_SCHED": 256, "SOF_TIMESTAMPING_TX_ACK": 512,
         "SOF_TIMESTAMPING_OPT_CMSG": 1024, "SOF_TIMESTAMPING_OPT_TSONLY": 2048}

RETRY_SECONDS = 0.5  # for what the script says is there, and is on its way through the kernel still
TELLS_ONLY = {"poll", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "getsockopt", "ioctl",
              "getsockname", "getpeername", "cap_set"}


class Unknown(Exception):
    """A call or a name that is not known here."""


def number(value):
    """Names joined by | as a number."""
    if not isinstance(value, str):
        return value
    total = 0
    for name in value.split("|"):
        found = NAMES.get(name, getattr(socket, name, getattr(fcntl, name, getattr(os, name, None))))
        if found is None:
            raise Unknown(f"{name} is not known")
        total |= int(found)
    return total


def option_bytes(value):
    """The value of a socket option as the kernel wants it; None is a null pointer."""
    if value is ... or value is None:
        return struct.pack("i", 0)
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):  # {onoff=1, linger=0}
        return b"".join(struct.pack("i", number(member)) for member in value.values())
    if isinstance(value, list):
        return b"".join(struct.pack("I", number(member) & 0xffffffff) for member in value)
    return None if number(value) == 0 else struct.pack("i", number(value))


def whole_length(message):
    """Of a struct msghdr, the bytes in its vectors."""
    return sum(number(part[-1]) for part in message["msg_iov"])


class Machine:
    """The sockets of one script, by the script's numbers."""

    def __init__(self, address, congestion=None):
        self.address, self.congestion = address, congestion
        self.family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.files = {}
        self.not_made = []

    def file(self, value):
        if value not in self.files:
            raise Unknown(f"no file {value}: the call that makes it did not succeed")
        return self.files[value]

    def make(self, call):
        """Make it. Return None or what differs, in words."""
        act = getattr(self, "call_" + call.name, None)
        if call.name in TELLS_ONLY or not act or "MSG_ERRQUEUE" in map(str, call.arguments[2:]):
            self.not_made.append(call.name)
            return None
        until = time.monotonic() + RETRY_SECONDS
        expected = call.result
        while True:
            ctypes.set_errno(0)
            try:
                result = act(call, *call.arguments)
            except OSError as error:
                result = -1
                ctypes.set_errno(error.errno)
            why = errno.errorcode.get(ctypes.get_errno(), "") if result == -1 else ""
            if why not in ("EAGAIN", "EINPROGRESS") or expected == -1 or time.monotonic() > until:
                break
            time.sleep(0.001)
        if expected is ... or call.name in ("socket", "accept", "accept4", "open"):
            differs = (result == -1) != (expected == -1)
        else:
            differs = result != number(expected)
        if call.error and call.error != why:
            differs = True
        return f"{call.name}() returned {result} {why}".rstrip() if differs else None

    # ---- sockets ----

    def call_socket(self, call, *_):
        self.files[call.result] = socket.socket(self.family, socket.SOCK_STREAM).detach()
        return self.files[call.result]

    def call_bind(self, _call, fd, *_):
        there = socket.socket(fileno=os.dup(self.file(fd)))
        there.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # of a connection before
        with there:
            there.bind(self.address)
        return 0

    def call_listen(self, _call, fd, backlog):
        if self.congestion:
            LIBC.setsockopt(self.file(fd), 6, socket.TCP_CONGESTION, self.congestion, len(self.congestion))
        return LIBC.listen(self.file(fd), number(backlog))

    def call_accept(self, call, fd, *_):
        made = LIBC.accept(self.file(fd), None, None)
        if made >= 0:
            self.files[call.result] = made
        return made

    call_accept4 = call_accept

    def call_close(self, _call, fd):
        return LIBC.close(self.files.pop(fd)) if fd in self.files else -1

    def call_shutdown(self, _call, fd, how):
        return LIBC.shutdown(self.file(fd), number(how))

    def call_setsockopt(self, _call, fd, level, option, value, length=4):
        data = option_bytes(value)
        return LIBC.setsockopt(self.file(fd), number(level), number(option), data, number(length))

    def call_fcntl(self, _call, fd, command, value=0):
        return fcntl.fcntl(self.file(fd), number(command), number(value))

    # ---- text ----

    @staticmethod
    def buffer(value, length):
        return None if value == "NULL" else ctypes.create_string_buffer(max(1, length))

    def call_write(self, _call, fd, data, length):
        return LIBC.write(self.file(fd), self.buffer(data, length), length)

    def call_read(self, _call, fd, data, length):
        return LIBC.read(self.file(fd), self.buffer(data, length), length)

    def call_send(self, _call, fd, data, length, flags=0, *_):
        flags = number(flags) | socket.MSG_NOSIGNAL
        return LIBC.send(self.file(fd), self.buffer(data, length), length, flags)

    def call_recv(self, _call, fd, data, length, flags=0, *_):
        return LIBC.recv(self.file(fd), self.buffer(data, length), length, number(flags))

    call_sendto, call_recvfrom = call_send, call_recv

    def call_sendmsg(self, _call, fd, message, flags=0):
        # Each part on a page of its own: the kernel joins what lies side by side.
        parts = [memoryview(mmap.mmap(-1, max(1, number(part[-1]))))[:number(part[-1])] for part in message["msg_iov"]]
        with socket.socket(fileno=os.dup(self.file(fd))) as there:
            return there.sendmsg(parts, [], number(flags) | socket.MSG_NOSIGNAL)

    def call_recvmsg(self, call, fd, message, flags=0):
        return self.call_recv(call, fd, ..., whole_length(message), flags)

    def call_writev(self, call, fd, parts, *_):
        return self.call_write(call, fd, ..., sum(number(part[-1]) for part in parts))

    # ---- files and pipes, from which text comes and to which it goes ----

    def call_open(self, call, *_):
        self.files[call.result] = os.memfd_create("text")
        os.write(self.files[call.result], bytes(1 << 20))
        os.lseek(self.files[call.result], 0, os.SEEK_SET)
        return call.result

    def call_pipe(self, _call, numbers):
        self.files[numbers[0]], self.files[numbers[1]] = os.pipe()
        return 0

    def call_sendfile(self, _call, out, into, offset, length):
        return os.sendfile(self.file(out), self.file(into), number(offset[0]), length)

    def call_splice(self, _call, out, _here, into, _there, length, _flags=0):
        return os.splice(self.file(out), self.file(into), length)
