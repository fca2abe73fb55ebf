"""The profile `replica`: reads go to a copy that follows PostgreSQL, and either server may be away."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from .stack import compose, docker, never_asked

ASKED = """
from http.client import HTTPConnection
connection = HTTPConnection("localhost", 8000)
connection.request("GET", "{path}")
answer = connection.getresponse()
print(answer.status, answer.read().decode())
"""


def told(container: str, path: str) -> str:
    """Ask one API past the edge; return the status and the body, or nothing while it starts."""
    command = ["docker", "exec", container, "python", "-c", ASKED.format(path=path)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def says(container: str, *words: str) -> bool:
    said = told(container, "/readyz")
    return all(word in said for word in words)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """One more API beside those of the stack, the only one that reads from the replica."""
    compose("--profile", "replica", "up", "--wait", "--no-recreate", "replica")
    primary = compose("exec", "-T", "api", "printenv", "DATABASE_URL").strip()
    settings = {
        "DATABASE_READ_URL": f"{primary.rpartition('/')[0]}/replica",
        "DATABASE_READ_WAIT": "9000",  # the machine may be busy
        "WORKERS": "1",
    }
    given = [part for name, value in settings.items() for part in ("-e", f"{name}={value}")]
    container = compose("run", "--detach", "--no-deps", *given, "api").split()[-1]
    try:
        until(lambda: says(container, '"status":"ready"'))
        yield container
    finally:
        docker("rm", "--force", container)
        compose("--profile", "replica", "rm", "--stop", "--force", "replica")
        volume = compose("--profile", "replica", "config", "--format", "json")
        docker("volume", "rm", json.loads(volume)["volumes"]["replica"]["name"])


@contextmanager
def stopped(service: str) -> Iterator[None]:
    compose("stop", service)
    try:
        yield
    finally:
        compose("--profile", "replica", "up", "--wait", "--no-recreate", "--no-deps", service)


def test_the_replica_follows_and_reads_go_to_it(api: str) -> None:
    follows = "SELECT state FROM pg_stat_replication WHERE application_name = 'replica'"
    assert "streaming" in compose("exec", "-T", "postgres", "psql", "-U", "roundtrip", "-c", follows)
    assert says(api, '"replica":"ok"')


def test_without_the_primary_reads_go_on(api: str) -> None:
    with stopped("postgres"):
        for _ in range(5):
            assert told(api, never_asked()).startswith("200")
        until(lambda: says(api, '"status":"degraded"', '"replica":"ok"'))


def test_without_the_replica_reads_go_on_and_go_back_to_it(api: str) -> None:
    with stopped("replica"):
        for _ in range(5):
            assert told(api, never_asked()).startswith("200")
        until(lambda: says(api, '"status":"degraded"', '"database":"ok"'))
    until(lambda: says(api, '"status":"ready"'))
