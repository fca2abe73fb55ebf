"""A shared cache is killed, hangs or restarts: requests are answered, and each process connects again by itself."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from engines import ENGINES, Connect, Engine, running
from flask_roundtrip.response_cache import Entry, ResponseCache
from flask_roundtrip.shared import store
from flask_roundtrip.shared.leases import UNLEASED
from flask_roundtrip.shared.store import SharedStore
from helpers import body_of, entry, get_or_build, in_time, noted

LIMIT = 0.5  # seconds to wait for a server


@pytest.fixture(params=ENGINES)
def own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A server that the test may kill, pause and restart. On a busy machine it may take longer to answer."""
    monkeypatch.setattr(SharedStore, "timeout", LIMIT)
    monkeypatch.setattr(store, "PAUSE", 0.2)
    with running(request.param) as engine:
        yield engine


def test_a_server_that_hangs_costs_an_answer_50_ms() -> None:
    assert SharedStore.timeout <= 0.05
    assert store.PAUSE <= 2


def _lost(own: Engine, how: str, stack: ExitStack) -> Callable[[], None]:
    """Take the server away; return a function that brings it back."""
    if how == "killed":
        own.kill()
        return own.start
    paused = ExitStack()
    paused.enter_context(own.paused())
    stack.callback(paused.close)
    return paused.close


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_requests_are_answered_while_the_server_is_lost_and_after(own: Engine, connect: Connect, how: str) -> None:
    cache, other = ResponseCache(connect(own)), ResponseCache(connect(own))
    assert get_or_build(cache, "before", entry)[1] == "miss"
    with ExitStack() as stack:
        bring_back = _lost(own, how, stack)
        for number in range(100):
            assert get_or_build(cache, f"new {number}", entry)[1] == "miss"
            assert get_or_build(cache, f"new {number}", entry)[1] == "hit"  # from the process's own copies
        bring_back()
        assert in_time(lambda: _is_back(cache))
        cache.put("after", entry(b"after"))
        assert in_time(lambda: (found := other.get("after")) is not None and body_of(found) == b"after")


def test_a_process_waits_once_for_a_server_that_hangs(own: Engine, connect: Connect) -> None:
    backend = connect(own)
    backend.get("key")
    with own.paused():
        began = time.monotonic()
        for number in range(1000):
            backend.get(f"key {number}")
            backend.set(f"key {number}", b"value", timeout=60)
        assert time.monotonic() - began < 100 * LIMIT


def test_threads_do_not_wait_one_after_the_other_for_a_server_that_hangs(own: Engine, connect: Connect) -> None:
    backend = connect(own)
    backend.get("key")
    waited = []

    def ask(number: int) -> None:
        began = time.monotonic()
        backend.get(f"key {number}")
        waited.append(time.monotonic() - began)

    with own.paused(), ThreadPoolExecutor(200) as executor:
        for asked in [executor.submit(ask, number) for number in range(200)]:
            asked.result(60)
    assert max(waited) < 20 * LIMIT


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_the_background_probe_connects_again_and_no_request_does(
    own: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    backend = connect(own)
    backend.get("key")
    fetched, greeted = noted(monkeypatch, backend, "_fetch"), noted(monkeypatch, backend, "_greet")

    with ExitStack() as stack:
        bring_back = _lost(own, how, stack)
        backend.get("other")
        assert in_time(lambda: len(greeted) >= 2)  # by itself: a process that nobody asks is back as soon
        backend.get("other")
        assert len(fetched) == 1
        bring_back()
        assert in_time(lambda: not backend._breaker.is_open)
    assert {by for by, _ in greeted} == {"circuit breaker"}


def test_an_outage_and_its_end_are_logged_once(own: Engine, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    backend = connect(own)
    backend.get("key")
    with caplog.at_level(logging.INFO):
        own.kill()
        for number in range(100):
            backend.get(f"key {number}")
        own.start()
        assert in_time(lambda: not backend._breaker.is_open)
        assert backend.get("key") is None
        assert in_time(lambda: len(caplog.messages) == 2)
    assert "lost" in caplog.messages[0]
    assert "back" in caplog.messages[1]


def test_a_process_works_with_a_server_that_was_never_there(connect: Connect) -> None:
    nobody = Engine("redis", [], b"", port=1)
    assert get_or_build(ResponseCache(connect(nobody)), "key", entry)[1] == "miss"


def test_copies_made_during_an_outage_are_forgotten_when_the_server_is_back(own: Engine, connect: Connect) -> None:
    backend = connect(own)
    backend.get("key")
    own.kill()
    backend.get("key")
    backend.set("key", b"meanwhile", timeout=60)
    assert backend.get("key") == b"meanwhile"
    own.start()
    assert in_time(lambda: backend.get("key") is None)


def test_a_lease_that_a_hung_server_grants_too_late_is_given_back(own: Engine, connect: Connect) -> None:
    backend, other = connect(own), connect(own)
    backend.get("key")
    with own.paused():
        assert backend.take("key", 600) == UNLEASED
    assert in_time(lambda: bool(other.take("key", 600)))


def test_a_lease_is_given_back_after_an_outage(own: Engine, connect: Connect) -> None:
    backend, other = connect(own), connect(own)
    token = backend.take("key", 600)
    assert token
    with own.paused():
        backend.give_back("key", token)
    assert in_time(lambda: bool(other.take("key", 600)))


def test_a_lease_is_given_back_soon_after_the_server_was_busy(
    own: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, other = connect(own), connect(own)
    token = backend.take("key", 600)
    assert token
    monkeypatch.setattr(backend, "timeout", 0)
    with backend._turn:
        backend.give_back("key", token)
    assert not backend._breaker.is_open
    assert in_time(lambda: bool(other.take("key", 600)))


def cannot_build() -> Entry:
    raise LookupError


@pytest.mark.usefixtures("no_copies")
def test_a_request_that_cannot_build_gets_the_old_copy_of_its_process(own: Engine, connect: Connect) -> None:
    cache = ResponseCache(connect(own))
    kept, _ = get_or_build(cache, "key", entry)
    own.kill()
    assert cache.get("key") is None
    assert get_or_build(cache, "key", cannot_build) == (kept, "hit")
    with pytest.raises(LookupError):
        get_or_build(cache, "another key", cannot_build)


@pytest.mark.usefixtures("no_copies")
def test_a_request_that_cannot_build_waits_for_a_busy_server(own: Engine, connect: Connect) -> None:
    kept, _ = get_or_build(ResponseCache(connect(own)), "key", entry)
    backend = connect(own)
    busy = backend._turn
    assert busy.acquire(timeout=60)

    def fail() -> Entry:
        busy.release()
        raise LookupError

    cache = ResponseCache(backend)
    assert cache.get("key") is None
    assert get_or_build(cache, "key", fail) == (kept, "hit")


def _is_back(cache: ResponseCache) -> bool:
    backend: Any = cache._store
    return not backend._breaker.is_open
