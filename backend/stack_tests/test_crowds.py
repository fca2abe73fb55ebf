"""What the stack survives: many at once, and slow ones."""

import socket
import time
from contextlib import ExitStack

from .stack import PORT, TLS, ask, never_asked


def test_a_thousand_slow_clients_disturb_nobody_and_are_sent_away() -> None:
    with ExitStack() as slow:
        for _ in range(1000):
            slow.enter_context(socket.create_connection(("localhost", PORT)))  # and not a byte of TLS
        plain = slow.enter_context(socket.create_connection(("localhost", PORT)))
        began = time.monotonic()
        slowest = slow.enter_context(TLS.wrap_socket(plain, server_hostname="localhost"))
        slowest.settimeout(30)
        slowest.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")  # and no more
        times = []
        for _ in range(20):
            start = time.monotonic()
            assert ask(never_asked()).status == 200
            times.append(time.monotonic() - start)
        assert sorted(times)[15] < 0.5
        assert slowest.recv(1000) in (b"", b"HTTP/1.1 408 Request Time-out\r\n")
        assert time.monotonic() - began < 25
