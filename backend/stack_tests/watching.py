"""What goes on inside the stack while it is tested: counted by its own metrics, its log and its database."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .stack import PROJECT, compose, docker, replicas

PSQL = ("exec", "-T", "postgres", "psql", "-U", "roundtrip", "-At")
READ_METRICS = "from urllib.request import urlopen; print(urlopen('http://localhost:8000/metrics').read().decode())"

OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


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


def busy_connections() -> int:
    """Return how many connections PostgreSQL works for."""
    return int(sql(f"SELECT count(*) {OTHERS} AND state = 'active'"))


@contextmanager
def connections_counted() -> Iterator[list[int]]:
    """Note ten times a second how many connections PostgreSQL has, other than this one."""
    noted: list[int] = []
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    command = ["docker", "compose", *PSQL]
    with subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=0
    ) as psql:
        assert psql.stdin is not None
        assert psql.stdout is not None
        psql.stdin.write(f"{question} \\watch 0.1\n")
        psql.stdin.flush()
        psql.stdout.readline()
        try:
            yield noted
        finally:
            psql.terminate()
            noted += [int(line) for line in psql.stdout.read().split() if line.isdigit()]
