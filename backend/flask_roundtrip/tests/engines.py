"""Real servers for tests, each on a port of its own. A test can kill, pause and restart them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_caching import Cache
from flask_roundtrip.shared.store import SharedStore
from programs import program


@dataclass
class Engine:
    """A server's process. After a restart on the same port it remembers nothing."""

    scheme: str
    arguments: list[str]
    greeting: bytes  # is answered as soon as it is ready
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self) -> None:
        path = program(self.arguments[0], package=self.arguments[0])
        self.port = self.port or free_port()
        command = [path, *(argument.format(port=self.port) for argument in self.arguments[1:])]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(self.greeting)
                if connection.recv(100):
                    return
            assert self.process.poll() is None, f"{self.arguments[0]} ended by itself: {self.process.returncode}"
            time.sleep(0.05)
        raise AssertionError(f"{self.arguments[0]} did not answer in 30 seconds")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Keep the process from running, with its connections open."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


ENGINES: dict[str, Callable[[], Engine]] = {
    "redis": lambda: Engine(
        "redis",
        ["redis-server", "--bind", "127.0.0.1", "--port", "{port}", "--save", "", "--daemonize", "no"],
        b"PING\r\n",
    ),
    "memcached": lambda: Engine(
        "memcached", ["memcached", "-l", "127.0.0.1", "-p", "{port}", "-u", "nobody"], b"version\r\n"
    ),
}


STORES = ["memory", *ENGINES]
MOST_BYTES = 20 * 1024 * 1024
Connect = Callable[[Engine], SharedStore]  # gives a store, as each process has one


def store_at(url: str) -> SharedStore:
    """Make a store as an application does, which has one in each process."""
    place = urlsplit(url)
    if place.scheme == "redis":
        kind = "redis.RedisStore"
        options: dict[str, Any] = {"url": url}
    else:
        kind, options = "memcached.MemcachedStore", {"server": (place.hostname, place.port)}
    app, cache = Flask("test"), Cache()
    options["most_bytes"] = MOST_BYTES
    cache.init_app(app, {"CACHE_TYPE": f"flask_roundtrip.shared.{kind}", "CACHE_OPTIONS": options})
    with app.app_context():
        assert isinstance(cache.cache, SharedStore)
        return cache.cache


@contextmanager
def running(name: str) -> Iterator[Engine]:
    """Run a server that no other test uses."""
    engine = ENGINES[name]()
    engine.start()
    try:
        yield engine
    finally:
        engine.kill()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
