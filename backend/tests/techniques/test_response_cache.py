"""One computation however many ask, stale entries while a new one is made, and a codec that is safe.

What is said of a cache is said of it over each backend: in memory, in Redis and in Memcached.
"""

import pickle
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from engines import BACKENDS, Engine
from hypothesis import given
from hypothesis import strategies as st
from roundtrip.errors import Problem
from roundtrip.techniques import response_cache
from roundtrip.techniques.memory_backend import MemoryBackend
from roundtrip.techniques.response_cache import Entry, Promise, ResponseCache, decode, encode
from roundtrip.techniques.shared_backend import SharedBackend

THREADS = 1000


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Later(Executor):
    """Keeps what it is given until it is told to run it."""

    def __init__(self) -> None:
        self.tasks: list[Callable[[], object]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks.append(lambda: fn(*args, **kwargs))
        return Future()

    def run(self) -> None:
        while self.tasks:
            self.tasks.pop(0)()


def entry(body: bytes = b"[]", stored_at: float = Clock.now) -> Entry:
    return Entry(
        body=body,
        content_type="application/json",
        coding="identity",
        etag='W/"0"',
        last_modified=None,
        cache_control="public, max-age=60, stale-while-revalidate=600",
        link=None,
        fresh_for=60,
        stale_for=600,
        tags=("flight",),
        stored_at=stored_at,
    )


Made = Callable[[], tuple[ResponseCache, Clock]]


@pytest.fixture(params=BACKENDS)
def made(
    request: pytest.FixtureRequest,
    engine: Callable[[str], Engine],
    patient: Callable[[Engine], SharedBackend],
) -> Made:
    """Return a function that makes an empty cache over each of the backends, and the clock that it goes by."""

    def make() -> tuple[ResponseCache, Clock]:
        clock = Clock()
        if request.param == "memory":
            return ResponseCache(MemoryBackend(1_000_000, clock=clock), clock=clock), clock
        backend = patient(engine(request.param))
        assert backend.clear()
        return ResponseCache(backend, clock=clock), clock

    return make


def test_the_first_asks_and_the_second_is_given_it(made: Made) -> None:
    cache, _ = made()
    built = []

    def build() -> Entry:
        built.append(True)
        return entry()

    assert cache.get_or_build("key", build) == (entry(), "miss")
    assert cache.get_or_build("key", build) == (entry(), "hit")
    assert len(built) == 1


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that waits until so many wait for another's computation."""
    arrived = threading.Semaphore(0)

    real = Promise.kept

    def kept(promise: Promise) -> Entry:
        arrived.release()
        return real(promise)

    monkeypatch.setattr(Promise, "kept", kept)

    def until(number: int) -> None:
        assert all(arrived.acquire(timeout=60) for _ in range(number))

    return until


def test_a_thousand_that_miss_at_once_compute_once(made: Made, waiting: Callable[[int], None]) -> None:
    cache, _ = made()
    may_finish = threading.Event()
    built, answers = [], []

    def build() -> Entry:
        built.append(True)
        assert may_finish.wait(60)
        return entry(b"once")

    with _running(lambda: answers.append(cache.get_or_build("key", build)), THREADS):
        waiting(THREADS - 1)
        may_finish.set()
    assert len(built) == 1
    assert {answer.body for answer, _ in answers} == {b"once"}
    assert Counter(how for _, how in answers) == {"miss": 1, "collapsed": THREADS - 1}


def test_an_error_is_shared_by_those_who_wait_and_not_kept(made: Made, waiting: Callable[[int], None]) -> None:
    cache, _ = made()
    building, may_fail = threading.Event(), threading.Event()
    errors = []

    def fail() -> Entry:
        building.set()
        assert may_fail.wait(60)
        raise LookupError("there is none")

    def ask() -> None:
        try:
            cache.get_or_build("key", fail)
        except LookupError as error:
            errors.append(error)

    with _running(ask, 1):
        assert building.wait(60)
        with _running(ask, 20):
            waiting(20)
            may_fail.set()
    assert len(errors) == 21
    assert len({id(error) for error in errors}) == 1
    assert cache.get_or_build("key", entry) == (entry(), "miss")


def test_who_builds_and_is_stuck_holds_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "LONGEST_WAIT", 0.2)
    cache = ResponseCache(MemoryBackend(1000, clock=Clock()), clock=Clock())
    building, may_finish = threading.Event(), threading.Event()

    def stuck() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry()

    with _running(lambda: cache.get_or_build("key", stuck), 1):
        assert building.wait(60)
        for _ in range(100):  # which would be 20 seconds, if each waited anew
            with pytest.raises(Problem) as raised:
                cache.get_or_build("key", stuck)
            assert raised.value.status == 503
            assert ("Retry-After", "1") in raised.value.headers
        assert cache.get_or_build("another key", entry)[1] == "miss"
        may_finish.set()
    assert cache.get_or_build("key", entry)[1] == "hit"


def test_an_error_that_is_itself_a_timeout_is_told_as_it_is(waiting: Callable[[int], None]) -> None:
    cache = ResponseCache(MemoryBackend(1000))
    building, may_fail = threading.Event(), threading.Event()

    def fail() -> Entry:
        building.set()
        assert may_fail.wait(60)
        raise TimeoutError("the database's")

    def ask() -> None:
        with pytest.raises(TimeoutError, match="the database's"):
            cache.get_or_build("key", fail)

    with _running(ask, 1):
        assert building.wait(60)
        with _running(ask, 1):
            waiting(1)
            may_fail.set()


def test_a_backend_that_fails_leaves_nobody_waiting() -> None:
    class Broken(MemoryBackend):
        asked = 0

        def get(self, key: str) -> bytes | None:
            self.asked += 1
            if self.asked in (2, 3):  # the second look of the first request, the first of the second
                raise ConnectionError
            return super().get(key)

    cache = ResponseCache(Broken(1000))
    for _ in range(2):
        with pytest.raises(ConnectionError):
            cache.get_or_build("key", entry)
    assert cache.get_or_build("key", lambda: entry(stored_at=0))[1] == "miss"


def test_different_keys_do_not_wait_for_each_other(made: Made) -> None:
    cache, _ = made()
    building, may_finish = threading.Event(), threading.Event()

    def slow() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry()

    with _running(lambda: cache.get_or_build("slow", slow), 1):
        assert building.wait(60)
        assert cache.get_or_build("quick", entry)[1] == "miss"
        may_finish.set()


def test_a_stale_entry_is_given_at_once_and_renewed_once(made: Made) -> None:
    cache, clock = made()
    executor = Later()
    cache.put("key", entry(b"old"))
    clock.now += 61

    def new() -> Entry:
        return entry(b"new", clock.now)

    for _ in range(3):
        found, how = cache.get_or_build("key", new)
        assert (found.body, how) == (b"old", "stale")
        assert cache.ttl(found) == -1
        cache.renew("key", new, executor)
    assert len(executor.tasks) == 1
    executor.run()
    assert cache.get_or_build("key", new) == (entry(b"new", clock.now), "hit")


def test_a_renewal_that_fails_leaves_the_stale_entry_and_may_be_tried_again(made: Made) -> None:
    cache, clock = made()
    executor = Later()
    cache.put("key", entry(b"old"))
    clock.now += 61

    def fail() -> Entry:
        raise LookupError

    cache.renew("key", fail, executor)
    executor.run()
    assert cache.get_or_build("key", fail)[0].body == b"old"
    cache.renew("key", lambda: entry(b"new", clock.now), executor)
    executor.run()
    assert cache.get_or_build("key", fail)[0].body == b"new"


def test_freshness_ends_and_staleness_after_it(made: Made) -> None:
    cache, clock = made()
    cache.put("key", entry())
    ages = {0: "hit", 59.9: "hit", 60: "stale", 61: "stale", 659: "stale", 660: "miss"}
    for age, how in ages.items():
        clock.now = Clock.now + age
        assert cache.get_or_build("key", entry)[1] == how, age


def test_what_may_no_longer_be_given_is_not_kept(made: Made) -> None:
    cache, clock = made()
    clock.now += 660
    cache.put("key", entry())
    assert cache.get("key") is None


def test_an_old_entry_put_again_does_not_live_longer(made: Made) -> None:
    cache, clock = made()
    clock.now += 500
    cache.put("key", entry())
    clock.now += 160
    assert cache.get("key") is None


texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
seconds = st.integers(0, 10**9)
entries = st.builds(
    Entry,
    body=st.binary(max_size=300),
    content_type=texts,
    coding=texts,
    etag=texts,
    last_modified=st.none() | texts,
    cache_control=texts,
    link=st.none() | texts,
    fresh_for=seconds,
    stale_for=seconds,
    tags=st.lists(texts, max_size=3).map(tuple),
    stored_at=st.floats(0, 2**40),
)


@given(entries)
def test_an_entry_comes_back_as_it_was(given_entry: Entry) -> None:
    assert decode(encode(given_entry)) == given_entry


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"RTE1" + rest))
def test_bytes_that_are_not_ours_are_no_entry(stored: bytes) -> None:
    assert decode(stored) is None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(json_values)
def test_a_header_of_another_shape_is_no_entry(header: Any) -> None:
    assert decode(_with_header(header, b"")) is None


SOUND: list[Any] = ["application/json", "identity", 'W/"0"', None, "public", None, 60, 600, [], 1e6, 2]


@given(st.integers(0, len(SOUND) - 1), json_values)
def test_an_entry_with_one_value_changed_is_none_or_one_that_can_be_answered(place: int, value: Any) -> None:
    found = decode(_with_header([*SOUND[:place], value, *SOUND[place + 1 :]], b"[]"))
    if found is None:
        return
    headers = [
        found.content_type,
        found.coding,
        found.etag,
        found.cache_control,
        found.last_modified,
        found.link,
    ]
    assert all(value is None or (isinstance(value, str) and _safe(value)) for value in headers)
    assert isinstance(ResponseCache(MemoryBackend(0)).ttl(found), int)
    assert encode(found)


@given(entries, st.data())
def test_a_truncated_or_longer_entry_is_no_entry(given_entry: Entry, data: st.DataObject) -> None:
    stored = encode(given_entry)
    assert decode(stored[: data.draw(st.integers(0, len(stored) - 1))]) is None
    assert decode(stored + b"x") is None


@given(entries, st.data())
def test_a_changed_byte_never_raises_nor_brings_a_header_of_two_lines(
    given_entry: Entry, data: st.DataObject
) -> None:
    stored = bytearray(encode(given_entry))
    stored[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))
    found = decode(bytes(stored))
    assert found is None or _safe(found.etag + found.content_type + found.cache_control + (found.link or ""))


@pytest.mark.parametrize("name", ["content_type", "coding", "etag", "last_modified", "cache_control", "link"])
@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\x00", "\x7f", "caf\u00e9", "\u65e5\u672c"])
def test_a_header_value_that_cannot_be_sent_is_no_entry(name: str, value: Any) -> None:
    assert decode(encode(entry()._replace(**{name: value}))) is None


@pytest.mark.parametrize("stored", [None, "text", 5, [b"RTE1"], {"body": b""}, entry()])
def test_what_is_not_bytes_is_no_entry(stored: object) -> None:
    assert decode(stored) is None


def test_a_pickle_is_never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return pytest.fail, ("a pickle was run",)

    class Bytes(MemoryBackend):
        def get(self, key: str) -> bytes | None:
            return pickle.dumps(Bomb())

    assert ResponseCache(Bytes(1000)).get("key") is None


def test_nothing_is_pickled_on_the_way_in_or_out(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something was pickled")

    for name in ("dumps", "loads", "dump", "load"):
        monkeypatch.setattr(pickle, name, refuse)
    cache, _ = made()
    cache.put("key", entry())
    assert cache.get("key") == entry()


def _with_header(header: Any, body: bytes) -> bytes:
    encoded = orjson.dumps(header)
    return b"RTE1" + struct.pack(">I", len(encoded)) + encoded + body


def _safe(value: str) -> bool:
    return value.isascii() and value.isprintable()


@contextmanager
def _running(work: Callable[[], object], threads: int) -> Iterator[None]:
    """Run the work in so many threads; at the end of the block wait for all of them."""
    with ThreadPoolExecutor(threads) as executor:
        done = [executor.submit(work) for _ in range(threads)]
        yield
        for future in done:
            future.result(timeout=60)
