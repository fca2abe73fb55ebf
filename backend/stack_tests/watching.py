"""What goes on inside the stack while it is tested: counted by its own metrics, its log and its database."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from .stack import PROJECT, compose, docker, replicas

PSQL = ("exec", "-T", "postgres", "psql", "-U", "roundtrip", "-At")
OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
READ_METRICS = "from urllib.request import urlopen; print(urlopen('http://localhost:8000/metrics').read().decode())"

# Prints again and again the time and how many requests are under way in a replica.
WATCH = """
import time
from urllib.request import urlopen
while True:
    told = urlopen("http://localhost:8000/metrics").read().decode()
    under_way = sum(float(line.split()[1]) for line in told.splitlines() if line.startswith("roundtrip_in_flight"))
    print(time.time(), under_way, flush=True)
    time.sleep(0.05)
"""


@dataclass(frozen=True)
class Noted:
    """Something that was looked at again and again: when, in seconds since the epoch, and how much it was."""

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
    question = f"SELECT extract(epoch FROM clock_timestamp()) || ' ' || count(*) {OTHERS} {which} \\watch 0.05\n"
    with _noted([["docker", "compose", *PSQL]], question) as noted:
        yield noted


@contextmanager
def requests_noted() -> Iterator[Noted]:
    """Note how many requests are under way in each replica."""
    with _noted([["docker", "exec", replica, "python", "-c", WATCH] for replica in replicas()]) as noted:
        yield noted


@contextmanager
def _noted(commands: list[list[str]], question: str = "") -> Iterator[Noted]:
    noted = Noted()
    with ExitStack() as stack:
        watching = [
            stack.enter_context(
                subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for command in commands
        ]
        lines = []
        for process in watching:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(question)
            process.stdin.flush()
            lines.append(process.stdout.readline())
        try:
            yield noted
        finally:
            for process in watching:
                process.terminate()
                lines += process.stdout.read().splitlines() if process.stdout else []
            for line in lines:
                match line.split():
                    case [at, value]:
                        noted.looks.append((float(at), float(value)))
