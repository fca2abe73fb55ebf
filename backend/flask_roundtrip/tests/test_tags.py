"""Tags: an invalidated answer is not given again, even after failures of the store or of the next answer."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engines import ENGINES, STORES, Connect, Engine, running
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.response_cache import Entry, MemoryStore, ResponseCache
from flask_roundtrip.shared import store
from flask_roundtrip.shared.store import SharedStore
from flask_roundtrip.tags import LIFETIME
from helpers import body_of, entry, get_or_build, in_time

from flask_roundtrip import cached

TAGS = ("flights", "airlines")
Caches = Callable[[], ResponseCache]


@pytest.fixture(params=STORES)
def caches(request: pytest.FixtureRequest, engine: Callable[[str], Engine], patient: Connect) -> Caches:
    """Return a function that makes caches that share a store: the same in memory, otherwise one for each process."""
    if request.param == "memory":
        shared = MemoryStore(1_000_000)
        return lambda: ResponseCache(shared)
    server = engine(request.param)
    assert patient(server).clear()
    return lambda: ResponseCache(patient(server))


def tagged(body: bytes) -> Callable[[], Entry]:
    return lambda: entry(body, tags=TAGS)


def cannot_build() -> Entry:
    raise LookupError("the database is away")


@pytest.mark.usefixtures("no_copies")
@pytest.mark.parametrize("tag", TAGS)
def test_one_of_its_tags_makes_an_entry_a_miss_for_all(caches: Caches, tag: str) -> None:
    one, other = caches(), caches()
    assert get_or_build(one, "key", tagged(b"old"), TAGS)[1] == "miss"
    assert get_or_build(other, "key", cannot_build, TAGS)[1] == "hit"
    one.invalidate("weather")
    assert get_or_build(other, "key", cannot_build, TAGS)[1] == "hit"
    one.invalidate(tag)
    found, how = get_or_build(other, "key", tagged(b"new"), TAGS)
    assert (body_of(found), how) == (b"new", "miss")
    assert body_of(get_or_build(one, "key", cannot_build, TAGS)[0]) == b"new"


@pytest.mark.usefixtures("no_copies")
def test_a_tag_that_one_store_invalidates_leaves_another_store_alone() -> None:
    one, other = ResponseCache(MemoryStore(100_000)), ResponseCache(MemoryStore(100_000))
    for cache in (one, other):
        get_or_build(cache, "key", tagged(b"old"), TAGS)
    one.invalidate(*TAGS)
    assert (one.get("key", TAGS), body_of(other.get("key", TAGS))) == (None, b"old")


def test_an_answer_that_was_built_during_a_write_is_not_used_after_it(caches: Caches) -> None:
    cache = caches()

    def overtaken() -> Entry:
        cache.invalidate("flights")
        return tagged(b"read before the write")()

    for number in range(2):  # the tag has no version; then it has one
        get_or_build(cache, f"key {number}", overtaken, TAGS)
        assert cache.get(f"key {number}", TAGS) is None


@pytest.mark.usefixtures("no_copies")
def test_the_version_of_a_tag_that_the_store_drops_brings_no_old_entry_back(caches: Caches) -> None:
    cache = caches()
    get_or_build(cache, "key", tagged(b"old"), TAGS)
    cache.invalidate("flights")
    (version,) = cache._version_keys(("flights",))
    cache._store.delete(version)
    found, how = get_or_build(cache, "key", tagged(b"new"), TAGS)
    assert (body_of(found), how) == (b"new", "miss")
    cache._store.delete(version)
    assert cache.get("key", TAGS) is None


def test_an_entry_that_lives_longer_than_the_versions_of_its_tags_does_not_come_back() -> None:
    class Clock:
        now = 1_000_000.0

    cache = ResponseCache(MemoryStore(100_000, clock=lambda: Clock.now), clock=lambda: Clock.now)
    long = entry(b"old", Clock.now)._replace(fresh_for=3 * LIFETIME)
    get_or_build(cache, "key", lambda: long, TAGS)
    cache.invalidate("flights")
    Clock.now += LIFETIME + 1
    assert cache.get("key", TAGS) is None


@pytest.mark.usefixtures("no_copies")
def test_another_process_invalidates(server: Engine, connect: Connect) -> None:
    cache = ResponseCache(connect(server))
    get_or_build(cache, "key", tagged(b"old"), TAGS)
    said = "from engines import store_at; from flask_roundtrip.response_cache import ResponseCache; "
    said += "from flask_roundtrip.shared.store import SharedStore; SharedStore.timeout = 60; "
    said += f"ResponseCache(store_at({server.url!r})).invalidate('flights')"
    subprocess.run([sys.executable, "-c", said], cwd=Path(__file__).parent, check=True, timeout=60)
    assert cache.get("key", TAGS) is None


def test_another_process_sees_an_invalidation_within_a_second(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))
    get_or_build(one, "key", tagged(b"old"), TAGS)
    assert body_of(other.get("key", TAGS)) == b"old"  # it has copies of the entry and of the versions now
    one.invalidate("flights")
    assert one.get("key", TAGS) is None
    assert store.COPY <= 1
    assert in_time(lambda: other.get("key", TAGS) is None)


def test_of_two_processes_that_give_a_tag_its_first_version_the_second_takes_that_of_the_first(
    server: Engine, connect: Connect
) -> None:
    one, other = connect(server), connect(server)
    assert one.add_many({"a": b"1"}, 60) == [b"1"]
    assert other.add_many({"a": b"2", "b": b"2"}, 60) == [b"1", b"2"]
    assert one.add_many({"c": b"3", "b": b"3", "a": b"3"}, 60) == [b"3", b"2", b"1"]
    assert connect(server).get_many("a", "b", "c") == [b"1", b"2", b"3"]
    assert not one.add("a", b"1", 60)
    assert one.add("d", b"4", 60)
    assert other.get("d") == b"4"


# Where no new answer can be built


def test_an_invalidated_answer_is_not_given_for_a_new_one_that_failed(server: Engine, connect: Connect) -> None:
    cache = ResponseCache(connect(server))
    get_or_build(cache, "key", tagged(b"old"), TAGS)
    cache.invalidate("flights")
    with pytest.raises(LookupError):
        get_or_build(cache, "key", cannot_build, TAGS)


@pytest.fixture(params=ENGINES)
def own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A server that the test may kill and pause."""
    monkeypatch.setattr(SharedStore, "timeout", 0.5)
    monkeypatch.setattr(store, "PAUSE", 0.2)
    with running(request.param) as engine:
        yield engine


def _is_back(cache: ResponseCache) -> bool:
    backend = cache._store
    return not backend._breaker.is_open and not backend._owed


@pytest.mark.usefixtures("no_copies")
def test_of_a_lost_server_a_process_gives_its_old_copy_until_it_invalidates_it(own: Engine, connect: Connect) -> None:
    cache = ResponseCache(connect(own))
    get_or_build(cache, "key", tagged(b"old"), TAGS)
    own.kill()
    assert body_of(get_or_build(cache, "key", cannot_build, TAGS)[0]) == b"old"
    cache.invalidate("airlines")
    with pytest.raises(LookupError):
        get_or_build(cache, "key", cannot_build, TAGS)


# Where the store is lost


@pytest.mark.usefixtures("no_copies")
def test_an_invalidation_while_the_server_hangs_takes_effect_when_it_is_back(own: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(own)), ResponseCache(connect(own))
    get_or_build(other, "key", tagged(b"old"), TAGS)
    get_or_build(other, "another key", lambda: entry(b"of another tag"), ("weather",))
    with own.paused():
        assert one.get("the server is lost") is None  # from here on nothing is sent
        one.invalidate("flights")
    assert in_time(lambda: _is_back(one))
    assert in_time(lambda: not other._store._breaker.is_open)
    assert other.get("key", TAGS) is None
    assert body_of(other.get("another key", ("weather",))) == b"of another tag"
    assert get_or_build(other, "key", tagged(b"new"), TAGS)[1] == "miss"
    assert body_of(one.get("key", TAGS)) == b"new"


def test_an_invalidation_that_a_busy_server_did_not_take_is_made_soon_after(
    own: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = ResponseCache(connect(own))
    get_or_build(cache, "key", tagged(b"old"), TAGS)
    monkeypatch.setattr(cache._store, "timeout", 0)
    with cache._store._turn:
        cache.invalidate("flights")
        assert cache.get("key", TAGS) is None
    assert in_time(lambda: _is_back(cache))
    assert ResponseCache(connect(own)).get("key", TAGS) is None


@pytest.mark.usefixtures("no_copies")
def test_more_invalidations_than_are_remembered_forget_everything(
    own: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_OWED", 10)
    one, other = ResponseCache(connect(own)), ResponseCache(connect(own))
    for number in range(20):
        get_or_build(other, f"{number}", lambda: entry(), (f"flight:{number}",))
    with own.paused():
        assert one.get("the server is lost") is None
        for number in range(20):
            one.invalidate(f"flight:{number}")
    assert in_time(lambda: _is_back(one))
    assert in_time(lambda: not other._store._breaker.is_open)
    assert [other.get(f"{number}", (f"flight:{number}",)) for number in range(20)] == [None] * 20


# The cost


@pytest.mark.parametrize(("tags", "cold"), [((), 3), (("reports",), 4), (("reports", "flights", "airlines"), 4)])
def test_operations_of_a_shared_store(
    server: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch, tags: tuple[str, ...], cold: int
) -> None:
    """A first compressed miss: look, lease, versions of all tags, store. Another coding: look, store."""
    operations: list[str] = []

    def client_of_a_process() -> FlaskClient:
        app, backend = Flask("process"), connect(server)
        app.extensions["cache"] = {"of flask-caching": backend}
        for name in ("_fetch", "_store", "_forget", "_forget_all", "_add", "_add_many", "_remove", "_greet"):
            calls = getattr(backend, name)
            monkeypatch.setattr(backend, name, lambda *given, n=name, c=calls: (operations.append(n), c(*given))[1])
        app.add_url_rule("/report", view_func=cached(fresh=60, tags=tags)(lambda: "again and again " * 100))
        return app.test_client()

    def ask(client: FlaskClient, coding: str) -> tuple[str, int]:
        operations.clear()
        answer = client.get("/report", headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        return answer.headers["Cache-Status"].split(";")[1].strip(), len(operations)

    one, other = client_of_a_process(), client_of_a_process()
    assert ask(one, "gzip") == ("fwd=uri-miss", cold)
    assert ask(one, "gzip") == ("hit", 0)
    assert ask(other, "br") == ("hit", 2)
    assert ask(client_of_a_process(), "br") == ("hit", 1)
