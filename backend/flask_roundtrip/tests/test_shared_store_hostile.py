"""A foreign value in a shared cache is not read as an entry, and nothing of it is executed."""

import os
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from engines import Connect, Engine, running
from flask_roundtrip.response_cache import ResponseCache
from flask_roundtrip.shared.packed import MAGIC, safe_key
from flask_roundtrip.shared.store import LARGEST
from helpers import entry, get_or_build, noted
from redis import Redis


@pytest.fixture
def redis(engine: Callable[[str], Engine], patient: Connect) -> Engine:
    """An empty Redis, which all tests share."""
    shared = engine("redis")
    assert patient(shared).clear()
    return shared


def _bomb() -> bytes:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return os._exit, (86,)  # type: ignore[return-value]  # pickle takes it

    return pickle.dumps(Bomb())


HOSTILE = [b"", b"x", b"\x00" * 1000, MAGIC, MAGIC + b"\xff" * 4, MAGIC + b"\x00\x00\x00\x02[]", _bomb()]


@pytest.mark.usefixtures("no_copies")
@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_counts_as_missing_and_is_replaced(server: Engine, connect: Connect, value: bytes) -> None:
    backend = connect(server)
    backend._store(safe_key("key"), value, 60)
    cache = ResponseCache(backend)
    assert cache.get("key") is None
    assert get_or_build(cache, "key", entry)[1] == "miss"
    assert get_or_build(cache, "key", entry)[1] == "hit"


@pytest.mark.usefixtures("no_copies")
def test_a_value_of_another_type_in_redis_counts_as_missing_and_is_replaced(redis: Engine, connect: Connect) -> None:
    with Redis(port=redis.port) as hostile:
        hostile.rpush(safe_key("list"), "x")
        hostile.hset(safe_key("hash"), "x", "y")
        hostile.zadd(safe_key("set"), {"x": 1})
    cache = ResponseCache(connect(redis))
    for key in ("list", "hash", "set"):
        assert get_or_build(cache, key, entry)[1] == "miss"
        assert get_or_build(cache, key, entry)[1] == "hit"


def test_a_giant_value_in_redis_is_read_up_to_the_largest_size_of_an_entry(
    redis: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Redis(port=redis.port) as hostile:
        hostile.setrange(safe_key("key"), 50_000_000, b"x")
    backend: Any = connect(redis)
    read = noted(monkeypatch, backend._redis, "getrange")
    assert ResponseCache(backend).get("key") is None
    assert [len(value) for _, value in read] == [LARGEST + 1]
    assert not backend._breaker.is_open


@pytest.mark.parametrize("kind", ["eternal", "long", "list"])
def test_a_foreign_value_in_the_place_of_a_lease_in_redis_stops_no_build(
    redis: Engine, connect: Connect, kind: str
) -> None:
    with Redis(port=redis.port) as hostile:
        if kind == "list":
            hostile.rpush(safe_key("key"), "x")
        else:
            hostile.set(safe_key("key"), "x", ex=None if kind == "eternal" else 10**6)
    backend = connect(redis)
    token = backend.take("key", 5)
    assert token
    assert connect(redis).take("key", 5) is None
    backend.give_back("key", token)
    assert connect(redis).take("key", 5)


@pytest.mark.usefixtures("patient")
def test_an_answer_is_sent_although_a_full_redis_refuses_it(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with running("redis") as full:
        with Redis(port=full.port) as hostile:
            hostile.config_set("maxmemory", 1)
        backend = connect(full)
        for number in range(10):
            assert get_or_build(ResponseCache(backend), f"key {number}", entry)[1] == "miss"
        assert not backend.set("key", b"value", timeout=60)
        assert not backend._breaker.is_open
    assert sum("refused" in message for message in caplog.messages) == 1
