"""A small load generator: a few kept-alive connections, each asking again as soon as it has its answer.

It uses one thread and raw sockets: about 20 us a request, far less than any contender takes, and nothing to install.
(Over TLS it takes more and the edge takes less: there use only the server's own CPU time, not the clock.)
Every answer is read to its end, and its status and marks are checked.
"""

import re
import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

CONNECTIONS = 10  # the server is never idle; a client that is alone may have 11 batches under way
LONGEST_WAIT = 30.0  # seconds
SETTLE = 0.1  # seconds of load before the clock starts
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_LAST = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Ask:
    """A request in its wire form, and a mark in the answer that proves that it came by the measured path."""

    wire: bytes
    status: int = 200
    mark: bytes = b""  # stands in the answer ...
    marks: int = 0  # ... so many times


@dataclass(frozen=True)
class Slice:
    """The measurements of one slice of time."""

    requests: int
    seconds: float
    cpu: float  # seconds of the server's worker
    marked: float  # share of the answers that had their marks


class Contender(Protocol):
    """A server that can be asked, and that reports its CPU time."""

    def connect(self) -> socket.socket:
        """Return a new connection."""

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server has used so far."""


def get(path: str, **headers: str) -> bytes:
    """Return a GET in its wire form."""
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{''.join(lines)}\r\n".encode()


def post(path: str, body: bytes, accept: str) -> bytes:
    """Return a POST of JSON in its wire form."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def one(server: Contender, wire: bytes) -> tuple[int, bytes, bytes]:
    """Ask once. Return the status, the head and the body, with chunks joined."""
    with server.connect() as connection:
        connection.sendall(wire)
        received = b""
        while not _complete(received):
            received += connection.recv(1 << 16)
    head, _, body = received.partition(b"\r\n\r\n")
    if _CHUNKED.search(head):
        pieces = deque[bytes]()
        while body:
            size, _, rest = body.partition(b"\r\n")
            pieces.append(rest[: int(size, 16)])
            body = rest[int(size, 16) + 2 :]
        body = b"".join(pieces)
    return int(head[9:12]), head, body


def header(head: bytes, name: str) -> str:
    """Return the value of a header of an answer."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        known, _, value = line.partition(":")
        if known.lower() == name:
            return value.strip()
    raise ValueError(f"no {name} in {head!r}")


def drive(server: Contender, asks: Iterator[Ask], seconds: float) -> Slice:
    """Keep the server busy for a time. Raises ValueError for an answer with another status than expected."""
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(server) for _ in range(CONNECTIONS)]
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(asks))
        try:
            _ask_until(time.perf_counter() + SETTLE, selector, asks)
            began, cpu_began = time.perf_counter(), server.cpu_seconds()
            requests, marked = _ask_until(began + seconds, selector, asks)
            spent, cpu_spent = time.perf_counter() - began, server.cpu_seconds() - cpu_began
            _drain(selector)  # otherwise the server would work on in the next slice
        finally:
            for connection in connections:
                connection.socket.close()
    return Slice(requests, spent, cpu_spent, marked / max(1, requests))


def _ask_until(deadline: float, selector: selectors.BaseSelector, asks: Iterator[Ask]) -> tuple[int, int]:
    requests = marked = 0
    while time.perf_counter() < deadline:
        for key, _ in selector.select(1.0):
            connection: _Connection = key.data
            if connection.receive():
                requests += 1
                marked += connection.marked()
                if connection.ends():  # nginx lets each connection ask a thousand times
                    selector.unregister(connection.socket)
                    connection.socket.close()
                    connection.open()
                    selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send(next(asks))
    return requests, marked


def _drain(selector: selectors.BaseSelector) -> None:
    waiting = set(selector.get_map())
    while waiting:
        answers = selector.select(LONGEST_WAIT)
        if not answers:
            raise ValueError(f"{len(waiting)} requests had no answer in {LONGEST_WAIT:g} s")
        for key, _ in answers:
            connection: _Connection = key.data
            if connection.receive():
                selector.unregister(connection.socket)
                waiting.discard(key.fd)


class _Connection:
    """One connection, with at most one request under way."""

    def __init__(self, server: Contender) -> None:
        self._server = server
        self.open()

    def open(self) -> None:
        self.socket = self._server.connect()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, ask: Ask) -> None:
        self._ask = ask
        self._received = b""
        self.socket.sendall(ask.wire)

    def receive(self) -> bool:
        """Read the available bytes; return whether the answer is complete."""
        more = self.socket.recv(1 << 18)
        if not more:
            raise ValueError("the server closed a connection that should be kept")
        self._received += more
        while (
            isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
        ):  # decrypted: the selector sees none of it
            self._received += self.socket.recv(1 << 18)
        return _complete(self._received)

    def ends(self) -> bool:
        """Tell whether the server has said that this answer is the connection's last one."""
        return _LAST.search(self._received, 0, self._received.find(b"\r\n\r\n") + 2) is not None

    def marked(self) -> bool:
        status = int(self._received[9:12])
        if status != self._ask.status:
            raise ValueError(f"expected {self._ask.status}, got {self._received[:2000]!r} to {self._ask.wire[:500]!r}")
        return not self._ask.marks or self._received.count(self._ask.mark) == self._ask.marks


def _complete(received: bytes) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(received, 0, end)
    if length:
        return len(received) >= end + 4 + int(length[1])
    if _CHUNKED.search(received, 0, end):
        return received.endswith(b"\r\n0\r\n\r\n")
    return received.startswith(b"HTTP/1.1 304")
