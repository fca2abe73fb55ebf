"""The state inside the stack during a test, from its metrics, its log and its database."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from subprocess import PIPE
from threading import Event
from typing import IO, Any

from .stack import PROJECT, compose, docker, replicas

PSQL = ("exec", "-T", "postgres", "psql", "-U", "roundtrip", "-At")
OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
READ_METRICS = "from urllib.request import urlopen; print(urlopen('http://localhost:8000/metrics').read().decode())"

# For each line that it reads it prints the time and how many requests are under way in a replica.
TELL = """
import sys, time
from urllib.request import urlopen
for _ in sys.stdin:
    told = urlopen("http://localhost:8000/metrics").read().decode()
    under_way = sum(float(line.split()[1]) for line in told.splitlines() if line.startswith("roundtrip_in_flight"))
    print(time.time(), under_way, flush=True)
"""


@dataclass(frozen=True)
class Noted:
    """A number that was read again and again: the time, in seconds since the epoch, and the value."""

    looks: list[tuple[float, float]] = field(default_factory=list)

    def most(self) -> float:
        return max(value for _, value in self.looks)

    def last_above_zero(self) -> float:
        return max((at for at, value in self.looks if value), default=0.0)


def total(name: str) -> float:
    """Return a metric's sum over all labels and replicas."""
    told = [docker("exec", replica, "python", "-c", READ_METRICS) for replica in replicas()]
    lines = [line for each in told for line in each.splitlines() if line.startswith((f"{name}{{", f"{name} "))]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def logged(agent: str) -> list[dict[str, Any]]:
    """Return what the edge logged of one user agent's requests in the last minutes."""
    log = compose("logs", "--no-log-prefix", "--no-color", "--since", "3m", "edge")
    return [json.loads(line[line.index("{") :]) for line in log.splitlines() if f'"agent":"{agent}"' in line]


def sql(question: str) -> str:
    return compose(*PSQL, "-c", question).strip()


@contextmanager
def connections_noted(which: str = "") -> Iterator[Noted]:
    """Note how many connections PostgreSQL has, other than this one."""
    question = f"SELECT extract(epoch FROM clock_timestamp()) || ' ' || count(*) {OTHERS} {which};\n"
    with _noted([["docker", "compose", *PSQL]], question) as noted:
        yield noted


@contextmanager
def requests_noted() -> Iterator[Noted]:
    """Note how many requests are under way in each replica."""
    with _noted([["docker", "exec", "-i", replica, "python", "-c", TELL] for replica in replicas()], "\n") as noted:
        yield noted


@contextmanager
def _noted(commands: list[list[str]], question: str) -> Iterator[Noted]:
    """Ask each command the question, twenty times a second. The commands end with their input."""
    noted, done = Noted(), Event()

    def keep_asking(asked: IO[str]) -> None:
        with asked:
            while not done.wait(0.05):
                asked.write(question)
                asked.flush()

    with ThreadPoolExecutor(len(commands)) as threads, ExitStack() as stack:
        pipes = [
            stack.enter_context(subprocess.Popen(command, cwd=PROJECT, stdin=PIPE, stdout=PIPE, text=True))
            for command in commands
        ]
        stack.callback(done.set)
        asking = [threads.submit(keep_asking, process.stdin) for process in pipes if process.stdin]
        lines = [process.stdout.readline() for process in pipes if process.stdout]
        yield noted
        done.set()
        for process, each in zip(pipes, asking, strict=True):
            each.result()
            lines += process.stdout.readlines() if process.stdout else []
    for line in lines:
        at, value = line.split()
        noted.looks.append((float(at), float(value)))
