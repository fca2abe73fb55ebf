"""What the tests of the techniques share: the servers, and backends that speak to them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from engines import Engine, backend_at, running

from roundtrip.techniques.shared_backend import SharedBackend


@pytest.fixture(scope="session")
def engine() -> Iterator[Callable[[str], Engine]]:
    """Return a function that gives the server of a name. All tests share it: they leave it running."""
    started: dict[str, Engine] = {}
    with ExitStack() as stack:

        def named(name: str) -> Engine:
            if name not in started:
                started[name] = stack.enter_context(running(name))
            return started[name]

        yield named


@pytest.fixture
def connect() -> Iterator[Callable[[Engine], SharedBackend]]:
    """Return a function that makes a backend, as each process has one; its connection ends with the test."""
    with ExitStack() as stack:
        yield lambda engine: stack.enter_context(closing(backend_at(engine.url)))


@pytest.fixture
def patient(
    monkeypatch: pytest.MonkeyPatch, connect: Callable[[Engine], SharedBackend]
) -> Callable[[Engine], SharedBackend]:
    """Do the same, and wait for a server as long as a busy machine needs: the test is not about that."""
    monkeypatch.setattr(SharedBackend, "timeout", 60)
    monkeypatch.setattr(SharedBackend, "turn", 60)
    return connect
