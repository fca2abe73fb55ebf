"""Response cache: single flight, stale-while-revalidate, and a safe codec for entries.

A test with the fixture `caches` runs over each backend: in memory, in Redis and in Memcached.
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
from engines import STORES, Engine
from flask_roundtrip.conditional import answer
from flask_roundtrip.response_cache import Entry, MemoryStore, Promise, ResponseCache
from flask_roundtrip.shared.packed import MAGIC, pack, unpack
from flask_roundtrip.shared.store import SharedStore
from flask_roundtrip.wire import IDENTITY, Head
from helpers import body_of, get_or_build
from helpers import entry as entry_now
from hypothesis import given
from hypothesis import strategies as st

from flask_roundtrip import Problem, response_cache

THREADS = 1000
LOADED = "Tue, 01 Jan 2013 12:00:00 GMT"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Later(Executor):
    """An executor that runs its functions when the test calls run()."""

    def __init__(self) -> None:
        self.tasks: list[Callable[[], object]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.tasks.append(lambda: fn(*args, **kwargs))
        return Future()

    def run(self) -> None:
        while self.tasks:
            self.tasks.pop(0)()


def entry(body: bytes = b"[]", stored_at: float = Clock.now) -> Entry:
    return entry_now(body, stored_at)


Made = Callable[[], tuple[ResponseCache, Clock]]


@pytest.fixture(params=STORES)
def made(
    request: pytest.FixtureRequest,
    engine: Callable[[str], Engine],
    patient: Callable[[Engine], SharedStore],
) -> Made:
    """Return a function that makes an empty cache over each of the backends, and the clock of the cache."""

    def make() -> tuple[ResponseCache, Clock]:
        clock = Clock()
        if request.param == "memory":
            return ResponseCache(MemoryStore(1_000_000, clock=clock), clock=clock), clock
        backend = patient(engine(request.param))
        assert backend.clear()
        return ResponseCache(backend, clock=clock), clock

    return make


def test_the_first_request_builds_and_the_second_is_a_hit(made: Made) -> None:
    cache, _ = made()
    built = []

    def build() -> Entry:
        built.append(True)
        return entry()

    assert get_or_build(cache, "key", build) == (entry(), "miss")
    assert get_or_build(cache, "key", build) == (entry(), "hit")
    assert len(built) == 1


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that waits until a number of threads wait for another thread's computation."""
    arrived = threading.Semaphore(0)

    real = Promise.kept

    def kept(promise: Promise) -> Entry:
        arrived.release()
        return real(promise)

    monkeypatch.setattr(Promise, "kept", kept)

    def until(number: int) -> None:
        assert all(arrived.acquire(timeout=60) for _ in range(number))

    return until


def test_a_thousand_misses_at_once_make_one_computation(made: Made, waiting: Callable[[int], None]) -> None:
    cache, _ = made()
    may_finish = threading.Event()
    built, answers = [], []

    def build() -> Entry:
        built.append(True)
        assert may_finish.wait(60)
        return entry(b"once")

    with _running(lambda: answers.append(get_or_build(cache, "key", build)), THREADS):
        waiting(THREADS - 1)
        may_finish.set()
    assert len(built) == 1
    assert {body_of(answer) for answer, _ in answers} == {b"once"}
    assert Counter(how for _, how in answers) == {"miss": 1, "collapsed": THREADS - 1}


def test_an_error_goes_to_all_that_wait_and_is_not_kept(made: Made, waiting: Callable[[int], None]) -> None:
    cache, _ = made()
    building, may_fail = threading.Event(), threading.Event()
    errors = []

    def fail() -> Entry:
        building.set()
        assert may_fail.wait(60)
        raise LookupError("there is none")

    def ask() -> None:
        try:
            get_or_build(cache, "key", fail)
        except LookupError as error:
            errors.append(error)

    with _running(ask, 1):
        assert building.wait(60)
        with _running(ask, 20):
            waiting(20)
            may_fail.set()
    assert len(errors) == 21
    assert len({id(error) for error in errors}) == 1
    assert get_or_build(cache, "key", entry) == (entry(), "miss")


def test_a_builder_that_hangs_holds_the_others_for_one_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "LONGEST_WAIT", 0.2)
    cache = ResponseCache(MemoryStore(10_000, clock=Clock()), clock=Clock())
    building, may_finish = threading.Event(), threading.Event()

    def stuck() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry()

    with _running(lambda: get_or_build(cache, "key", stuck), 1):
        assert building.wait(60)
        for _ in range(100):  # 20 seconds, if each thread had a time limit of its own
            with pytest.raises(Problem) as raised:
                get_or_build(cache, "key", stuck)
            assert raised.value.status == 503
            assert ("Retry-After", "1") in raised.value.headers
        assert get_or_build(cache, "another key", entry)[1] == "miss"
        may_finish.set()
    assert get_or_build(cache, "key", entry)[1] == "hit"


def test_a_builder_s_own_timeout_error_is_passed_on_unchanged(waiting: Callable[[int], None]) -> None:
    cache = ResponseCache(MemoryStore(1000))
    building, may_fail = threading.Event(), threading.Event()

    def fail() -> Entry:
        building.set()
        assert may_fail.wait(60)
        raise TimeoutError("the database's")

    def ask() -> None:
        with pytest.raises(TimeoutError, match="the database's"):
            get_or_build(cache, "key", fail)

    with _running(ask, 1):
        assert building.wait(60)
        with _running(ask, 1):
            waiting(1)
            may_fail.set()


def test_no_request_waits_after_the_backend_fails() -> None:
    class Broken(MemoryStore):
        asked = 0

        def get(self, key: str) -> bytes | None:
            self.asked += 1
            if self.asked in (2, 3):  # the second get() of the first request, the first get() of the second
                raise ConnectionError
            return super().get(key)

    cache = ResponseCache(Broken(1000))
    for _ in range(2):
        with pytest.raises(ConnectionError):
            get_or_build(cache, "key", entry)
    assert get_or_build(cache, "key", lambda: entry(stored_at=0))[1] == "miss"


def test_an_entry_stored_just_after_a_look_is_not_computed_again() -> None:
    """One request finds no entry; another stores the entry; then the first asks for the promise."""

    class Late(MemoryStore):
        looked, may_go_on = threading.Event(), threading.Event()

        def get(self, key: str) -> Any:
            found = super().get(key)
            if threading.current_thread().name.startswith("late") and not self.looked.is_set():
                self.looked.set()
                assert self.may_go_on.wait(60)
            return found

    store = Late(10_000)
    cache = ResponseCache(store)
    with ThreadPoolExecutor(1, "late") as executor:
        late = executor.submit(get_or_build, cache, "key", lambda: pytest.fail("it was computed twice"))
        assert store.looked.wait(60)
        assert get_or_build(cache, "key", entry_now)[1] == "miss"
        store.may_go_on.set()
        assert body_of(late.result(60)[0]) == b"[]"


def test_different_keys_do_not_wait_for_each_other(made: Made) -> None:
    cache, _ = made()
    building, may_finish = threading.Event(), threading.Event()

    def slow() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry()

    with _running(lambda: get_or_build(cache, "slow", slow), 1):
        assert building.wait(60)
        assert get_or_build(cache, "quick", entry)[1] == "miss"
        may_finish.set()


def test_a_stale_entry_is_given_at_once_and_renewed_once(made: Made) -> None:
    cache, clock = made()
    executor = Later()
    cache.put("key", entry(b"old"))
    clock.now += 61

    def new() -> Entry:
        return entry(b"new", clock.now)

    for _ in range(3):
        found, how = get_or_build(cache, "key", new)
        assert (body_of(found), how) == (b"old", "stale")
        assert cache.ttl(found) == -1
        cache.renew("key", (), new, executor)
    assert len(executor.tasks) == 1
    executor.run()
    assert get_or_build(cache, "key", new) == (entry(b"new", clock.now), "hit")


def test_a_renewal_that_fails_leaves_the_stale_entry_and_may_be_tried_again(made: Made) -> None:
    cache, clock = made()
    executor = Later()
    cache.put("key", entry(b"old"))
    clock.now += 61

    def fail() -> Entry:
        raise LookupError

    cache.renew("key", (), fail, executor)
    executor.run()
    assert body_of(get_or_build(cache, "key", fail)[0]) == b"old"
    cache.renew("key", (), lambda: entry(b"new", clock.now), executor)
    executor.run()
    assert body_of(get_or_build(cache, "key", fail)[0]) == b"new"


def test_an_entry_is_fresh_then_stale_then_gone(made: Made) -> None:
    cache, clock = made()
    cache.put("key", entry())
    ages = {0: "hit", 59.9: "hit", 60: "stale", 61: "stale", 659: "stale", 660: "miss"}
    for age, how in ages.items():
        clock.now = Clock.now + age
        assert get_or_build(cache, "key", entry)[1] == how, age


def test_an_entry_past_its_time_is_not_kept(made: Made) -> None:
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
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
seconds = st.integers(0, 10**9)
bodies = st.binary(max_size=300)
entries = st.builds(
    Entry,
    etag=texts,
    last_modified=st.none() | texts,
    headers=pairs,
    content_headers=pairs,
    tags=st.lists(texts, max_size=3).map(tuple),
    versions=st.lists(texts, max_size=3).map(tuple),
    fresh_for=seconds,
    stale_for=seconds,
    stored_at=st.floats(0, 2**40),
    bodies=st.dictionaries(st.sampled_from(["br", "zstd", "gzip"]), bodies).flatmap(
        lambda coded: bodies.map(lambda body: {IDENTITY: body, **coded})
    ),
)


def unpacked(stored: bytes) -> Entry | None:
    values = unpack(stored)
    return None if values is None else Entry(*values)


@given(entries)
def test_an_unpacked_entry_equals_the_packed_entry(given_entry: Entry) -> None:
    assert unpacked(pack(given_entry)) == given_entry


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: MAGIC + rest))
def test_foreign_bytes_are_no_entry(stored: bytes) -> None:
    assert unpacked(stored) is None


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
    assert unpacked(_with_header(header, b"")) is None


SOUND: list[Any] = [
    *('W/"0"', None, [["ETag", 'W/"0"']], [["Content-Type", "application/json"]], [], [], 60, 600, 1e6),
    [[IDENTITY, 2]],
]


def test_a_sound_header_is_an_entry() -> None:
    assert unpacked(_with_header(SOUND, b"[]")) is not None


@given(st.integers(0, len(SOUND) - 1), json_values)
def test_an_entry_with_one_changed_value_is_refused_or_can_be_sent(place: int, value: Any) -> None:
    found = unpacked(_with_header([*SOUND[:place], value, *SOUND[place + 1 :]], b"[]"))
    if found is None:
        return
    assert all(_safe(text) for text in _texts(found))
    assert isinstance(ResponseCache(MemoryStore(0)).ttl(found), int)
    assert all(isinstance(tag, str) for tag in (*found.tags, *found.versions))
    assert answer(found, "gzip", 1, "hit", Head("GET", "/", if_modified_since=LOADED)).status in (200, 304)
    assert pack(found)


@pytest.mark.parametrize("sizes", [[], [["gzip", 2]], [[IDENTITY, 3]], [[IDENTITY, 1]], [[IDENTITY, -1], ["gzip", 3]]])
def test_bodies_of_other_sizes_than_the_header_says_are_no_entry(sizes: list[Any]) -> None:
    assert unpacked(_with_header([*SOUND[:-1], sizes], b"[]")) is None


@given(entries, st.data())
def test_a_truncated_or_longer_entry_is_no_entry(given_entry: Entry, data: st.DataObject) -> None:
    stored = pack(given_entry)
    assert unpacked(stored[: data.draw(st.integers(0, len(stored) - 1))]) is None
    assert unpacked(stored + b"x") is None


@given(entries, st.data())
def test_a_changed_byte_never_raises_or_makes_a_header_of_two_lines(given_entry: Entry, data: st.DataObject) -> None:
    stored = bytearray(pack(given_entry))
    stored[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))
    found = unpacked(bytes(stored))
    assert found is None or all(_safe(text) for text in _texts(found))


@pytest.mark.parametrize("name", ["etag", "last_modified", "headers", "content_headers", "coding"])
@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\x00", "\x7f", "caf\u00e9", "\u65e5\u672c"])
def test_a_header_value_that_cannot_be_sent_is_no_entry(name: str, value: str) -> None:
    if name == "coding":
        changed = entry()._replace(bodies={IDENTITY: b"[]", value: b""})
    else:
        given_value: Any = (("Name", value),) if "headers" in name else value
        changed = entry()._replace(**{name: given_value})
    assert unpacked(pack(changed)) is None


@pytest.mark.parametrize("stored", [None, "text", 5, [MAGIC], {"body": b""}, entry()])
def test_a_value_of_another_type_is_no_entry(stored: object) -> None:
    class Foreign:
        def get(self, key: str) -> object:
            return stored

    assert ResponseCache(Foreign()).get("key") is None


def test_a_pickle_is_never_run() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return pytest.fail, ("a pickle was run",)

    class Bytes:
        def get(self, key: str) -> bytes:
            return pickle.dumps(Bomb())

    assert ResponseCache(Bytes()).get("key") is None


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
    return MAGIC + struct.pack(">I", len(encoded)) + encoded + body


def _texts(found: Entry) -> list[str]:
    """Return all texts that an answer's headers are made of."""
    pairs = [text for pair in (*found.headers, *found.content_headers) for text in pair]
    return [found.etag, found.last_modified or "", *pairs, *found.bodies]


def _safe(value: str) -> bool:
    return value.isascii() and value.isprintable()


@contextmanager
def _running(work: Callable[[], object], threads: int) -> Iterator[None]:
    """Run the work in a number of threads; at the end of the block wait for all of them."""
    with ThreadPoolExecutor(threads) as executor:
        done = [executor.submit(work) for _ in range(threads)]
        yield
        for future in done:
            future.result(timeout=60)
