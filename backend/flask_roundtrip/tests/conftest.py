"""Fixtures that the tests of the techniques share: the servers, and backends that use them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from engines import ENGINES, Connect, Engine, running, store_at
from flask_roundtrip.shared import store
from flask_roundtrip.shared.store import SharedStore


@pytest.fixture(scope="session")
def engine() -> Iterator[Callable[[str], Engine]]:
    """Return a function that returns the server with a name. All tests share the servers and leave them running."""
    started: dict[str, Engine] = {}
    with ExitStack() as stack:

        def named(name: str) -> Engine:
            if name not in started:
                started[name] = stack.enter_context(running(name))
            return started[name]

        yield named


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return a function that makes a backend, one for each simulated process; its connection ends with the test."""
    with ExitStack() as stack:
        yield lambda engine: stack.enter_context(closing(store_at(engine.url)))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch, connect: Connect) -> Connect:
    """Connect with a long time limit, for tests that are not about time, on a busy machine."""
    monkeypatch.setattr(SharedStore, "timeout", 60)
    monkeypatch.setattr(SharedStore, "turn", 60)
    return connect


@pytest.fixture(params=ENGINES)
def server(request: pytest.FixtureRequest, engine: Callable[[str], Engine], patient: Connect) -> Engine:
    """An empty server, which all tests share."""
    shared = engine(request.param)
    assert patient(shared).clear()
    return shared


@pytest.fixture
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the process's own copies off: each get() asks the server."""
    monkeypatch.setattr(store, "COPY", 0)
