"""A cache that processes share: one of them computes, none notices for long that it is lost, hostile values are none.

Each test runs against a real Redis and a real Memcached, but for those of one server's own ways.
"""

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import orjson
import pytest
from engines import ENGINES, Engine, running
from hypothesis import given
from hypothesis import strategies as st
from one_of_several import entry
from redis import Redis

from roundtrip.config import BACKEND
from roundtrip.techniques import response_cache, shared_backend
from roundtrip.techniques.lease import UNLEASED
from roundtrip.techniques.response_cache import Entry, ResponseCache
from roundtrip.techniques.shared_backend import LARGEST, SharedBackend, _name

TESTS = BACKEND / "tests"
LIMIT = 0.5  # seconds that a server is waited for
SOON = 10.0  # seconds in which something has to have happened, on a machine of any speed
Connect = Callable[[Engine], SharedBackend]


@pytest.fixture(params=ENGINES)
def server(request: pytest.FixtureRequest, engine: Callable[[str], Engine], patient: Connect) -> Engine:
    """An empty server, which all tests share."""
    shared = engine(request.param)
    assert patient(shared).clear()
    return shared


@pytest.fixture(params=ENGINES)
def own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A server that the test may kill, pause and restart. On a busy machine it may take longer to answer."""
    monkeypatch.setattr(SharedBackend, "timeout", LIMIT)
    monkeypatch.setattr(shared_backend, "PAUSE", 0.2)
    with running(request.param) as engine:
        yield engine


@pytest.fixture
def redis(engine: Callable[[str], Engine], patient: Connect) -> Engine:
    """An empty Redis, which all tests share."""
    shared = engine("redis")
    assert patient(shared).clear()
    return shared


@pytest.fixture
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the server asked each time."""
    monkeypatch.setattr(shared_backend, "COPY", 0)


# Values and names


@pytest.mark.usefixtures("no_copies")
def test_what_one_process_stores_another_finds(server: Engine, connect: Connect) -> None:
    one, other = connect(server), connect(server)
    value = bytes(range(256)) * 100
    assert one.set("a key with spaces, \r\n and \u00fcmlauts", value, timeout=60)
    assert other.get("a key with spaces, \r\n and \u00fcmlauts") == value
    assert other.get("another") is None
    assert other.delete("a key with spaces, \r\n and \u00fcmlauts")
    assert not other.delete("another")
    assert one.get("a key with spaces, \r\n and \u00fcmlauts") is None


@pytest.mark.usefixtures("no_copies")
def test_its_time_passes_at_the_server(server: Engine, connect: Connect) -> None:
    backend = connect(server)
    assert backend.set("key", b"value", timeout=1)
    assert _in_time(lambda: backend.get("key") is None)


@given(st.text(max_size=400))
def test_a_name_is_one_that_every_server_takes(key: str) -> None:
    name = _name(key)
    assert name.isascii()
    assert name.isprintable()
    assert " " not in name
    assert len(name) <= 250


def test_names_tell_keys_codecs_and_purposes_apart() -> None:
    assert len({_name("a"), _name("b"), _name("a", "lease")}) == 3
    assert response_cache.MAGIC.decode() in _name("a")


@pytest.mark.usefixtures("no_copies")
def test_a_value_too_large_is_refused_and_leaves_no_older_one(server: Engine, connect: Connect) -> None:
    backend = connect(server)
    assert backend.set("key", b"old", timeout=60)
    assert not backend.set("key", bytes(LARGEST + 1), timeout=60)
    assert backend.get("key") is None
    assert backend.set("key", bytes(LARGEST), timeout=60)
    assert len(backend.get("key") or b"") == LARGEST


def test_an_answer_too_large_to_be_kept_is_given(server: Engine, connect: Connect) -> None:
    backend = connect(server)
    large = entry(bytes(LARGEST + 1))
    assert ResponseCache(backend).get_or_build("key", lambda: large) == (large, "miss")


def test_a_hot_key_costs_one_question_a_second(
    server: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = connect(server), connect(server)
    one.set("key", b"value", timeout=60)
    asked = _noted(monkeypatch, other, "_fetch")
    for _ in range(100):
        assert other.get("key") == b"value"
    assert len(asked) <= 2  # two, if the second ended in between
    one.set("key", b"new", timeout=60)
    assert _in_time(lambda: other.get("key") == b"new")


# Leases


def test_one_holds_the_lease_and_gives_back_no_others(server: Engine, connect: Connect) -> None:
    one, other = connect(server), connect(server)
    token = one.take("key", 60)
    assert token
    assert other.take("key", 60) is None
    assert other.take("other key", 60)
    other.give_back("key", "not the token")
    other.give_back("key", UNLEASED)
    assert other.take("key", 60) is None
    one.give_back("key", token)
    assert other.take("key", 60)
    one.give_back("key", token)
    assert one.take("key", 60) is None


def test_a_lease_ends_by_itself(server: Engine, connect: Connect) -> None:
    one, other = connect(server), connect(server)
    assert one.take("key", 1)
    assert _in_time(lambda: other.take("key", 1) is not None)


def test_two_processes_that_miss_compute_once(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))
    building, may_finish = threading.Event(), threading.Event()

    def build() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry(b"once")

    with ThreadPoolExecutor(2) as executor:
        first = executor.submit(one.get_or_build, "key", build)
        assert building.wait(60)
        second = executor.submit(other.get_or_build, "key", lambda: pytest.fail("it was computed twice"))
        time.sleep(0.1)
        assert not second.done()
        may_finish.set()
        assert (first.result(60)[1], second.result(60)[1]) == ("miss", "collapsed")
        assert second.result()[0].body == b"once"


def test_an_error_leaves_the_computation_to_the_next_process(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))

    def fail() -> Entry:
        raise LookupError

    with pytest.raises(LookupError):
        one.get_or_build("key", fail)
    assert other.get_or_build("key", entry)[1] == "miss"


def test_who_has_waited_long_enough_computes_all_the_same(
    server: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_cache, "PATIENCE", 0.1)
    assert connect(server).take("key", 60)
    assert ResponseCache(connect(server)).get_or_build("key", entry)[1] == "miss"


def test_a_stale_entry_is_renewed_by_one_process_and_nobody_waits(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))
    one.put("key", entry(b"old", stored_at=time.time() - 61))
    assert other.get_or_build("key", entry)[1] == "stale"  # and has a copy of it now
    building, may_finish = threading.Event(), threading.Event()

    def build() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry(b"new")

    with ThreadPoolExecutor(1) as ones, ThreadPoolExecutor(1) as others:
        one.renew("key", build, ones)
        assert building.wait(60)
        for _ in range(3):
            other.renew("key", lambda: pytest.fail("it was computed twice"), others)
            others.submit(lambda: None).result(60)
            found, how = other.get_or_build("key", lambda: pytest.fail("it was computed twice"))
            assert (found.body, how) == (b"old", "stale")
        may_finish.set()
        ones.submit(lambda: None).result(60)
        # Its copy is the old one still: it looks again before it computes.
        other.renew("key", lambda: pytest.fail("it was computed twice"), others)
        others.submit(lambda: None).result(60)
    found, how = other.get_or_build("key", entry)
    assert (found.body, how) == (b"new", "hit")


# Processes


def test_many_threads_of_many_processes_that_miss_at_once_compute_once(server: Engine) -> None:
    with _processes(server, 4, threads=25, building=0.5) as processes:
        for process in processes:
            _go(process)
        said = [line for process in processes for line in _until_it_ends(process)]
    built = [line["at"] for line in said if line["event"] == "built"]
    answered = [line for line in said if line["event"] == "answered"]
    assert len(built) == 1
    assert len(answered) == 100
    assert {line["body"] for line in answered} == {"once"}
    assert Counter(line["how"] for line in answered)["miss"] == 1
    assert max(line["at"] for line in answered) - built[0] < SOON


def test_another_process_computes_when_the_first_is_killed(server: Engine) -> None:
    with _processes(server, 1, building=600) as (killed,), _processes(server, 1, building=0) as (heir,):
        _go(killed)
        assert _said(killed) == {"event": "building"}
        _go(heir)
        os.kill(killed.pid, signal.SIGKILL)
        said = _until_it_ends(heir)
    assert [line["event"] for line in said] == ["building", "built", "answered"]
    assert said[-1]["how"] == "miss"


# The server is lost


def test_a_server_that_hangs_costs_an_answer_50_ms() -> None:
    assert SharedBackend.timeout <= 0.05
    assert shared_backend.PAUSE <= 2


def _lost(own: Engine, how: str, stack: ExitStack) -> Callable[[], None]:
    """Take the server away; return what brings it back."""
    if how == "killed":
        own.kill()
        return own.start
    paused = ExitStack()
    paused.enter_context(own.paused())
    stack.callback(paused.close)
    return paused.close


@pytest.mark.parametrize("how", ["killed", "paused"])
def test_who_asks_is_answered_while_the_server_is_lost_and_after(own: Engine, connect: Connect, how: str) -> None:
    cache, other = ResponseCache(connect(own)), ResponseCache(connect(own))
    assert cache.get_or_build("before", entry)[1] == "miss"
    with ExitStack() as stack:
        bring_back = _lost(own, how, stack)
        for number in range(100):
            assert cache.get_or_build(f"new {number}", entry)[1] == "miss"
            assert cache.get_or_build(f"new {number}", entry)[1] == "hit"  # from the process's own
        bring_back()
        assert _in_time(lambda: _is_back(cache))
        cache.put("after", entry(b"after"))
        assert _in_time(lambda: (found := other.get("after")) is not None and found.body == b"after")


def test_a_server_that_hangs_is_waited_for_once(own: Engine, connect: Connect) -> None:
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
def test_no_request_connects_again_by_itself(
    own: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    backend = connect(own)
    backend.get("key")
    fetched, greeted = _noted(monkeypatch, backend, "_fetch"), _noted(monkeypatch, backend, "_greet")

    with ExitStack() as stack:
        bring_back = _lost(own, how, stack)
        backend.get("other")
        assert _in_time(lambda: len(greeted) >= 2)  # by itself: a process that nobody asks is back as soon
        backend.get("other")
        assert len(fetched) == 1
        bring_back()
        assert _in_time(lambda: not backend._is_lost())
    assert {by for by, _ in greeted} == {"look for the cache"}


def test_an_outage_is_told_once_and_its_end(own: Engine, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    backend = connect(own)
    backend.get("key")
    with caplog.at_level(logging.INFO):
        own.kill()
        for number in range(100):
            backend.get(f"key {number}")
        own.start()
        assert _in_time(lambda: not backend._is_lost())
        assert backend.get("key") is None
        assert _in_time(lambda: len(caplog.messages) == 2)
    assert "lost" in caplog.messages[0]
    assert "back" in caplog.messages[1]


def test_a_server_that_is_lost_from_the_start_costs_nothing_but_its_use(connect: Connect) -> None:
    nobody = Engine("redis", [], b"", port=1)
    assert ResponseCache(connect(nobody)).get_or_build("key", entry)[1] == "miss"


def test_what_a_process_kept_meanwhile_is_forgotten_when_the_server_is_back(own: Engine, connect: Connect) -> None:
    backend = connect(own)
    backend.get("key")
    own.kill()
    backend.get("key")
    backend.set("key", b"meanwhile", timeout=60)
    assert backend.get("key") == b"meanwhile"
    own.start()
    assert _in_time(lambda: backend.get("key") is None)


def test_a_lease_that_a_hung_server_grants_too_late_keeps_nobody_waiting(own: Engine, connect: Connect) -> None:
    backend, other = connect(own), connect(own)
    backend.get("key")
    with own.paused():
        assert backend.take("key", 600) == UNLEASED
    assert _in_time(lambda: bool(other.take("key", 600)))


def test_a_lease_that_could_not_be_given_back_is_once_the_server_is_back(own: Engine, connect: Connect) -> None:
    backend, other = connect(own), connect(own)
    token = backend.take("key", 600)
    assert token
    with own.paused():
        backend.give_back("key", token)
    assert _in_time(lambda: bool(other.take("key", 600)))


def test_a_lease_that_could_not_be_given_back_to_a_busy_server_is_soon_after(
    own: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, other = connect(own), connect(own)
    token = backend.take("key", 600)
    assert token
    monkeypatch.setattr(backend, "timeout", 0)
    with backend._turn:
        backend.give_back("key", token)
    assert not backend._is_lost()
    assert _in_time(lambda: bool(other.take("key", 600)))


def cannot_build() -> Entry:
    raise LookupError


@pytest.mark.usefixtures("no_copies")
def test_who_cannot_build_either_is_given_the_old_copy_of_its_process(own: Engine, connect: Connect) -> None:
    cache = ResponseCache(connect(own))
    kept, _ = cache.get_or_build("key", entry)
    own.kill()
    assert cache.get("key") is None
    assert cache.get_or_build("key", cannot_build) == (kept, "hit")
    with pytest.raises(LookupError):
        cache.get_or_build("another key", cannot_build)


@pytest.mark.usefixtures("no_copies")
def test_who_cannot_build_waits_for_a_server_that_has_much_to_do(own: Engine, connect: Connect) -> None:
    kept, _ = ResponseCache(connect(own)).get_or_build("key", entry)
    backend = connect(own)
    busy = backend._turn
    assert busy.acquire(timeout=60)

    def fail() -> Entry:
        busy.release()
        raise LookupError

    cache = ResponseCache(backend)
    assert cache.get("key") is None
    assert cache.get_or_build("key", fail) == (kept, "hit")


# Hostile values


def _bomb() -> bytes:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
            return os._exit, (86,)  # type: ignore[return-value]  # pickle takes it

    return pickle.dumps(Bomb())


HOSTILE = [b"", b"x", b"\x00" * 1000, b"RTE1", b"RTE1\xff\xff\xff\xff", b"RTE1\x00\x00\x00\x02[]", _bomb()]


@pytest.mark.usefixtures("no_copies")
@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_none_and_is_replaced(server: Engine, connect: Connect, value: bytes) -> None:
    backend = connect(server)
    backend._store(_name("key"), value, 60)
    cache = ResponseCache(backend)
    assert cache.get("key") is None
    assert cache.get_or_build("key", entry)[1] == "miss"
    assert cache.get_or_build("key", entry)[1] == "hit"


@pytest.mark.usefixtures("no_copies")
def test_another_type_in_redis_is_none_and_is_replaced(redis: Engine, connect: Connect) -> None:
    with Redis(port=redis.port) as hostile:
        hostile.rpush(_name("list"), "x")
        hostile.hset(_name("hash"), "x", "y")
        hostile.zadd(_name("set"), {"x": 1})
    cache = ResponseCache(connect(redis))
    for key in ("list", "hash", "set"):
        assert cache.get_or_build(key, entry)[1] == "miss"
        assert cache.get_or_build(key, entry)[1] == "hit"


def test_no_more_is_read_of_a_giant_in_redis_than_an_entry_of_ours_can_have(
    redis: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Redis(port=redis.port) as hostile:
        hostile.setrange(_name("key"), 50_000_000, b"x")
    backend: Any = connect(redis)
    read = _noted(monkeypatch, backend._redis, "getrange")
    assert backend.get("key") is None
    assert [len(value) for _, value in read] == [LARGEST + 1]
    assert not backend._is_lost()


@pytest.mark.parametrize("kind", ["eternal", "long", "list"])
def test_what_is_no_lease_of_ours_keeps_nobody_in_redis_from_building(
    redis: Engine, connect: Connect, kind: str
) -> None:
    with Redis(port=redis.port) as hostile:
        if kind == "list":
            hostile.rpush(_name("key", "lease"), "x")
        else:
            hostile.set(_name("key", "lease"), "x", ex=None if kind == "eternal" else 10**6)
    backend = connect(redis)
    token = backend.take("key", 5)
    assert token
    assert connect(redis).take("key", 5) is None
    backend.give_back("key", token)
    assert connect(redis).take("key", 5)


@pytest.mark.usefixtures("patient")
def test_a_full_redis_refuses_and_the_answer_is_given(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with running("redis") as full:
        with Redis(port=full.port) as hostile:
            hostile.config_set("maxmemory", 1)
        backend = connect(full)
        for number in range(10):
            assert ResponseCache(backend).get_or_build(f"key {number}", entry)[1] == "miss"
        assert not backend.set("key", b"value", timeout=60)
        assert not backend._is_lost()
    assert sum("refused" in message for message in caplog.messages) == 1


def _noted(monkeypatch: pytest.MonkeyPatch, whose: object, method: str) -> list[tuple[str, Any]]:
    """Return a list that grows with each call of the method: the name of the thread, and what came of it."""
    calls: list[tuple[str, Any]] = []
    real = getattr(whose, method)

    def note(*arguments: Any) -> Any:
        came = None
        try:
            came = real(*arguments)
        finally:
            calls.append((threading.current_thread().name, came))
        return came

    monkeypatch.setattr(whose, method, note)
    return calls


def _is_back(cache: ResponseCache) -> bool:
    backend: Any = cache._backend
    return not backend._is_lost()


def _in_time(done: Callable[[], bool]) -> bool:
    end = time.monotonic() + SOON
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


Process = subprocess.Popen[bytes]


@contextmanager
def _processes(
    server: Engine, number: int, threads: int = 1, building: float = 0, lease: int = 2
) -> Iterator[list[Process]]:
    """Start processes that share the cache, and wait until they are ready to ask."""
    command = [sys.executable, "-m", "one_of_several", server.url, str(threads), str(building), str(lease)]
    environment = {**os.environ, "PYTHONPATH": f"{BACKEND}{os.pathsep}{TESTS}"}
    with ExitStack() as stack:
        processes = []
        for _ in range(number):
            process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            stack.enter_context(process)
            stack.callback(process.kill)
            processes.append(process)
        for process in processes:
            assert _said(process) == {"event": "ready"}
        yield processes


def _go(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.flush()


def _said(process: Process) -> Any:
    assert process.stdout is not None
    return orjson.loads(process.stdout.readline())


def _until_it_ends(process: Process) -> list[Any]:
    assert process.stdout is not None
    said = [orjson.loads(line) for line in process.stdout]
    assert process.wait(60) == 0
    return said
