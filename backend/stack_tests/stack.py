"""The running stack for its tests: requests to it, commands to its containers, and a load."""

import json
import os
import random
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PORT = int(os.environ.get("HTTPS_PORT", "8443"))
HTTP_PORT = int(os.environ.get("HTTP_PORT", "8080"))
API = "/api/v1"
SERVICES = ("edge", "varnish", "balancer", "api", "pgbouncer", "postgres", "redis")
TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE  # a certificate of this machine's own making


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes

    def __getitem__(self, name: str) -> str:
        return ", ".join(self.headers.get_all(name) or [])

    def json(self) -> Any:
        return json.loads(self.body)


def ask(path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    connection = HTTPSConnection("localhost", PORT, timeout=40, context=TLS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def batch(urls: list[str]) -> str:
    return json.dumps({"requests": [{"id": str(number), "url": url} for number, url in enumerate(urls)]})


def compose(*arguments: str) -> str:
    command = ["docker", "compose", *arguments]
    return subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout


def wait_until_it_answers() -> None:
    """Wait until a question that was never asked is answered, at most 15 s."""
    deadline = time.monotonic() + 15
    while (answer := ask(never_asked())).status != 200:
        assert time.monotonic() < deadline, answer
        time.sleep(0.5)


def replicas() -> list[str]:
    return compose("ps", "-q", "api").split()


# Makes all entries in Redis expire in four seconds, as if the rest of their time had passed.
EXPIRE_SOON = """
import os, time
from redis import Redis
from flask_roundtrip.response_cache import Entry
from flask_roundtrip.shared.packed import pack, unpack
redis = Redis.from_url(os.environ["CACHE_URL"])
for name in redis.scan_iter("roundtrip:*:entry:*"):
    values = unpack(redis.get(name) or b"")
    if values is not None:
        entry = Entry(*values)
        redis.set(name, pack(entry._replace(stored_at=time.time() - entry.fresh_for + 4)), keepttl=True)
"""

PURGE = """
import os, sys
from http.client import HTTPConnection
from urllib.parse import urlsplit
connection = HTTPConnection(urlsplit(os.environ["EDGE_PURGE_URL"]).netloc, timeout=5)
connection.request("PURGE", "/", headers={"Cache-Group-Invalidation": sys.argv[1]})
response = connection.getresponse()
assert response.status == 200, response.status
print(response.read().decode())
"""


def purge(groups: str) -> int:
    """Purge Varnish from one of the replicas, and return how many entries that made stale."""
    told = docker("exec", replicas()[0], "python", "-c", PURGE, groups)
    return int(json.loads(told)["purged"])


def never_asked() -> str:
    """Return the URL of a flight that is almost certainly in no cache."""
    return f"{API}/flights/{random.randrange(1, 336_776)}?fields=id,{random.choice(['dest', 'origin'])}"


def never_listed() -> str:
    """Return the URL of a list of flights that is almost certainly in no cache."""
    month, day = random.randrange(1, 13), random.randrange(1, 29)
    return f"{API}/flights?limit={random.randrange(100, 200)}&from=2013-{month:02}-{day:02}"


@dataclass
class Load:
    """The answers that the clients of a load got."""

    answered: int = 0
    slowest: float = 0.0
    lost: list[str] = field(default_factory=list)


@contextmanager
def under_load(one: Callable[[], Answer], clients: int = 6) -> Iterator[Load]:
    """Let clients send one request after the other until the block ends, and a moment longer."""
    load, stop, lock = Load(), threading.Event(), threading.Lock()

    def client() -> None:
        while not stop.is_set():
            began = time.monotonic()
            try:
                answer = one()
                said = "" if answer.status == 200 else f"{answer.status} {answer.body[:200]!r}"
            except (OSError, HTTPException) as error:
                said = repr(error)
            with lock:
                load.answered += 1
                load.slowest = max(load.slowest, time.monotonic() - began)
                if said:
                    load.lost.append(said)

    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(client) for _ in range(clients)]
        try:
            time.sleep(0.5)
            yield load
            time.sleep(2)
        finally:
            stop.set()
    for client_ended in asking:
        client_ended.result()


FIGURES: list[tuple[str, str]] = []


def figure(done: str, seen: str) -> None:
    """Record a measurement for the table at the end of `make test-stack`."""
    FIGURES.append((done, seen))
