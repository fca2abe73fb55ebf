"""Requests are counted here and added up with all other processes; a store that is away delays no request."""

import time
from contextlib import suppress

import pytest
from engines import ENGINES, Engine, running
from limits.storage import MemoryStorage
from redis import Redis
from redis.exceptions import ResponseError
from support import in_time

from roundtrip.operations import rate_limit
from roundtrip.operations.rate_limit import Ledger, RateLimit, store_at


class Clock:
    now = 1_000_000.0 - 1_000_000 % 60

    def __call__(self) -> float:
        return self.now


def test_a_new_window_starts_from_zero() -> None:
    clock = Clock()
    limit = RateLimit("2/minute", None, clock)
    assert [limit.charge("a", 1).refused for _ in range(3)] == [False, False, True]
    clock.now += 59
    left = limit.charge("a", 1)
    assert (left.refused, left.seconds) == (True, 1)
    clock.now += 1
    assert not limit.charge("a", 1).refused


@pytest.mark.parametrize("name", list(ENGINES))
@pytest.mark.parametrize("client", ["192.0.2.7", "2001:db8::7"])
def test_two_processes_share_one_limit(name: str, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "TIMEOUT", 60)  # the machine may be busy
    clock = Clock()
    with running(name) as engine:
        one, other = (RateLimit("100/day", store_at(engine.url), clock) for _ in range(2))
        one.charge(client, 60)
        other.charge(client, 60)
        assert in_time(lambda: one.charge(client, 0).used == 120)
        assert one.charge(client, 1).refused
        assert in_time(lambda: other.charge(client, 0).refused)


def test_a_store_that_is_away_delays_no_request_and_gets_the_counts_when_it_is_back(redis: Engine) -> None:
    url = f"{redis.url}/2"
    limit = RateLimit("1000/day", store_at(url), Clock())
    redis.kill()
    try:
        began = time.monotonic()
        for _ in range(500):
            limit.charge("192.0.2.8", 1)
        assert time.monotonic() - began < 5
        assert limit.charge("192.0.2.8", 501).refused
    finally:
        redis.start()
    fresh = RateLimit("1000/day", store_at(url), Clock())
    assert in_time(lambda: fresh.charge("192.0.2.8", 0).used >= 1001)


def test_a_store_that_hangs_delays_no_request(redis: Engine) -> None:
    limit = RateLimit("1000/day", store_at(f"{redis.url}/3"), Clock())
    with redis.paused():
        began = time.monotonic()
        for _ in range(500):
            limit.charge("192.0.2.9", 1)
            time.sleep(0.001)
        assert time.monotonic() - began < 5


def test_counts_that_could_not_be_stored_are_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStorage()
    told: dict[tuple[int, str], int] = {}
    ledger = Ledger(store, told.__setitem__)
    monkeypatch.setattr(ledger, "_thread", object())  # nobody settles but this test
    ledger.owe((1, "a"), 2, 60)
    ledger.owe((1, "b"), 3, 60)
    with monkeypatch.context() as patch:
        patch.setattr(store, "incr", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.settle()
    ledger.owe((1, "a"), 1, 60)
    ledger.settle()
    assert told == {(1, "a"): 3, (1, "b"): 3}


def test_a_foreign_value_in_the_store_is_ignored_until_the_window_ends(redis: Engine) -> None:
    url = f"{redis.url}/3"
    store, clock = store_at(url), Clock()
    assert store is not None
    told: dict[tuple[int, str], int] = {}
    ledger = Ledger(store, told.__setitem__)
    window = int(clock()) // 60
    with Redis.from_url(url) as hostile:
        store.incr(f"a/{window}", 60)
        (name,) = hostile.keys()
        hostile.delete(name)
        hostile.rpush(name, "x")
    ledger.owe((window, "a"), 1, 60)
    with pytest.raises(ResponseError):
        ledger.settle()
    ledger.owe((window + 1, "b"), 1, 60)
    for _ in range(3):
        with suppress(ResponseError):
            ledger.settle()
    assert told[window + 1, "b"] == 1
    ledger.settle()


def test_clients_are_forgotten_before_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_CLIENTS", 3)
    limit = RateLimit("1/day", None, Clock())
    for number in range(5):
        limit.charge(f"192.0.2.{number}", 1)
    assert limit.charge("192.0.2.4", 1).refused
    assert not limit.charge("192.0.2.0", 1).refused
