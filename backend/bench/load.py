"""A small load generator: a few kept-alive connections, each asking again as soon as it has its answer.

One thread and raw sockets: 20 us a request or so, far less than any contender takes, and nothing to install.
Every answer is read to its end, and its status and marks are checked.
"""

import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CONNECTIONS = 16  # so many that the server is never idle while this side is not scheduled
LONGEST_WAIT = 30.0  # seconds
SETTLE = 0.1  # seconds of load before the clock starts
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass(frozen=True)
class Ask:
    """A request as it goes over the wire, and what shows that its answer came the way that is measured."""

    wire: bytes
    status: int = 200
    mark: bytes = b""  # stands in the answer ...
    marks: int = 0  # ... so many times


@dataclass(frozen=True)
class Slice:
    """What was measured in one slice of time."""

    requests: int
    seconds: float
    cpu: float  # seconds of the server's worker
    marked: float  # share of the answers that had their marks


def get(path: str, **headers: str) -> bytes:
    """Return a GET as it goes over the wire."""
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{''.join(lines)}\r\n".encode()


def post(path: str, body: bytes, accept: str) -> bytes:
    """Return a POST of JSON as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def one(port: int, wire: bytes) -> tuple[int, bytes, bytes]:
    """Ask once. Return the status, the head and the body, with chunks joined."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
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


def drive(port: int, asks: Iterator[Ask], seconds: float, cpu: Callable[[], float]) -> Slice:
    """Keep the server busy for so long. Raises ValueError for an answer with another status than expected."""
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(port) for _ in range(CONNECTIONS)]
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(asks))
        try:
            _ask_until(time.perf_counter() + SETTLE, selector, asks)
            began, cpu_began = time.perf_counter(), cpu()
            requests, marked = _ask_until(began + seconds, selector, asks)
            spent, cpu_spent = time.perf_counter() - began, cpu() - cpu_began
            _drain(selector)  # or the server would go on in the next one's slice
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

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, ask: Ask) -> None:
        self._ask = ask
        self._received = b""
        self.socket.sendall(ask.wire)

    def receive(self) -> bool:
        """Read what is there; tell whether the answer is complete."""
        more = self.socket.recv(1 << 18)
        if not more:
            raise ValueError("the server closed a connection that should be kept")
        self._received += more
        return _complete(self._received)

    def marked(self) -> bool:
        status = int(self._received[9:12])
        if status != self._ask.status:
            raise ValueError(
                f"expected {self._ask.status}, got {self._received[:2000]!r} to {self._ask.wire[:500]!r}"
            )
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
