"""A load on the API that records each answer: its status, its time and its waits."""

import json
import random
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from statistics import median

from .stack import API, Answer, ask, batch, docker, never_asked, replicas, under_load

WORKERS = 2  # of each replica
LIMIT = 50.0  # milliseconds that a worker waits for Redis
CACHED = [f"{API}/flights/{number}?fields=dest,id,origin" for number in range(100, 120)]
PASS = {"Authorization": "Bearer x"}  # past Varnish


@dataclass(frozen=True)
class Seen:
    """An answer, or one part of a batch."""

    at: float  # when the request began, in seconds since the epoch
    kind: str
    status: int
    come_back: str  # Retry-After
    stale: bool
    spans: dict[str, float]  # milliseconds

    @property
    def good(self) -> bool:
        return self.status == 200

    @property
    def told_to_come_back(self) -> bool:
        return self.status == 503 and self.come_back != ""

    @property
    def took(self) -> float:
        """Return the milliseconds in the application."""
        return self.spans.get("app", 0.0)

    @property
    def waited(self) -> float:
        """Return the milliseconds in which neither the database nor an encoder worked."""
        return self.took - sum(self.spans.get(name, 0.0) for name in ("db", "serialize", "compress"))


@dataclass
class Watch:
    """All answers of one test."""

    seen: list[Seen] = field(default_factory=list)

    def between(self, start: float, end: float) -> list[Seen]:
        return [one for one in self.seen if start <= one.at < end]

    def failed(self) -> list[Seen]:
        return [one for one in self.seen if not one.good]

    def told(self) -> str:
        """Say how many were answered, and how many failed of which kind."""
        failed = Counter(f"{one.kind} ones {one.status}" for one in self.failed())
        return ", ".join([f"{len(self.seen):,} answers", *(f"{number} {what}" for what, number in failed.items())])


@contextmanager
def asked(clients: int = 4) -> Iterator[Watch]:
    """Send requests until the block ends. Before it, each worker gets one."""
    watch = Watch()
    for url in CACHED * 2:
        ask(url, **PASS)
    with under_load(lambda: one(watch), clients) as load:
        yield watch
    assert [said for said in load.lost if not said.startswith("503")] == []


def one(watch: Watch) -> Answer:
    """Ask for a new URL, for a cached one, or for both in a batch."""
    time.sleep(0.01)  # the clients need processor time, too
    at, how = time.time(), random.choice(["new", "cached", "batch"])
    if how != "batch":
        answer = ask(never_asked() if how == "new" else random.choice(CACHED), **PASS)
        spans = {name: float(spent) for name, spent in re.findall(r"(\w+);dur=([\d.]+)", answer["Server-Timing"])}
        watch.seen.append(Seen(at, how, answer.status, answer["Retry-After"], "ttl=-" in answer["Cache-Status"], spans))
        return answer
    urls = [never_asked(), never_asked(), *random.sample(CACHED, 3)]
    answer = ask(f"{API}/batch", "POST", batch(urls), Content_Type="application/json")
    if answer.status != 200:
        watch.seen.append(Seen(at, how, answer.status, answer["Retry-After"], False, {}))
        return answer
    for url, part in zip(urls, answer.json()["responses"], strict=True):
        kind, told = "cached" if url in CACHED else "new", part["headers"]
        stale = "ttl=-" in told.get("cache-status", "")
        watch.seen.append(Seen(at, kind, part["status"], told.get("retry-after", ""), stale, part["timing"]))
    return answer


def slow_of(seen: list[Seen]) -> list[Seen]:
    """Return the answers that waited as long as the time-out of Redis. A batch counts once, as its slowest part."""
    slowest: dict[float, Seen] = {}
    for part in seen:
        if part.waited >= LIMIT - 5:
            slowest[part.at] = max(part, slowest.get(part.at, part), key=lambda one: one.waited)
    return list(slowest.values())


def by_chance(before: list[Seen], now: list[Seen]) -> int:
    """Return how many of these answers would be slow on a busy machine without any failure."""
    return 3 + round(3 * len(now) * len(slow_of(before)) / max(1, len(before)))


def typical(seen: list[Seen]) -> float:
    return median(part.waited for part in seen) if seen else 0.0


def told(what: str, since: float, until: float = inf) -> list[float]:
    """Return when the replicas logged this, in seconds since the epoch."""
    return [
        at
        for replica in replicas()
        for line in docker("logs", "--since", str(since), replica).splitlines()
        if line.startswith("{")
        for said in [json.loads(line)]
        if what in said.get("message", "") and since <= (at := datetime.fromisoformat(said["time"]).timestamp()) < until
    ]


def workers_now() -> int:
    return WORKERS * len(replicas())


def inside(replica: str, program: str, *arguments: str) -> str:
    """Run a program in a replica; return what it prints."""
    command = ["docker", "exec", "-i", replica, "python", "-", *arguments]
    return subprocess.run(command, input=program, check=True, capture_output=True, text=True).stdout


def shares_again() -> bool:
    """Tell whether one replica answers with an entry that another one has made."""
    url = never_asked()
    program = f"""
from urllib.request import Request, urlopen
print(urlopen(Request("http://localhost:8000{url}", headers={{"Host": "localhost"}})).headers["Cache-Status"])
"""
    first, second = (inside(replica, program) for replica in replicas())
    return "stored" in first and "hit" in second


def is_ready(postgres: str) -> bool:
    command = ["docker", "exec", postgres, "pg_isready", "-q", "-U", "roundtrip", "-h", "127.0.0.1"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
