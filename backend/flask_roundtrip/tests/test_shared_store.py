"""A cache that processes share: each finds the others' values, and one of them computes a missing value.

Each test runs against a real Redis and a real Memcached, except tests of one server's own behaviour.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from engines import Connect, Engine
from flask_roundtrip.response_cache import Entry, ResponseCache
from flask_roundtrip.shared.leases import UNLEASED
from flask_roundtrip.shared.packed import MAGIC, safe_key
from flask_roundtrip.shared.store import LARGEST
from helpers import SOON, body_of, entry, get_or_build, in_time, noted
from hypothesis import given
from hypothesis import strategies as st

from flask_roundtrip import response_cache

TESTS = Path(__file__).parent


# Values and names


@pytest.mark.usefixtures("no_copies")
def test_a_process_finds_the_value_that_another_stored(server: Engine, connect: Connect) -> None:
    one, other = connect(server), connect(server)
    value = bytes(range(256)) * 100
    assert one.set("a key with spaces, \r\n and \u00fcmlauts", value, timeout=60)
    assert other.get("a key with spaces, \r\n and \u00fcmlauts") == value
    assert other.get("another") is None
    assert other.delete("a key with spaces, \r\n and \u00fcmlauts")
    assert not other.delete("another")
    assert one.get("a key with spaces, \r\n and \u00fcmlauts") is None


@pytest.mark.usefixtures("no_copies")
def test_a_value_expires_at_the_server(server: Engine, connect: Connect) -> None:
    backend = connect(server)
    assert backend.set("key", b"value", timeout=1)
    assert in_time(lambda: backend.get("key") is None)


@given(st.text(max_size=400))
def test_every_server_accepts_the_name_of_a_key(key: str) -> None:
    name = safe_key(key)
    assert name.isascii()
    assert name.isprintable()
    assert " " not in name
    assert len(name) <= 250


def test_names_differ_by_key_codec_and_purpose() -> None:
    assert len({safe_key("a"), safe_key("b"), safe_key("a", "tag")}) == 3
    assert MAGIC.decode() in safe_key("a")


@pytest.mark.usefixtures("no_copies")
def test_a_value_too_large_is_refused_and_removes_the_older_value(server: Engine, connect: Connect) -> None:
    backend = connect(server)
    assert backend.set("key", b"old", timeout=60)
    assert not backend.set("key", bytes(LARGEST + 1), timeout=60)
    assert backend.get("key") is None
    assert backend.set("key", bytes(LARGEST), timeout=60)
    assert len(backend.get("key") or b"") == LARGEST


def test_an_answer_too_large_to_be_kept_is_still_sent(server: Engine, connect: Connect) -> None:
    backend = connect(server)
    large = entry(bytes(LARGEST + 1))
    assert get_or_build(ResponseCache(backend), "key", lambda: large) == (large, "miss")


def test_a_hot_key_costs_one_question_a_second(
    server: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = connect(server), connect(server)
    one.set("key", b"value", timeout=60)
    asked = noted(monkeypatch, other, "_fetch")
    for _ in range(100):
        assert other.get("key") == b"value"
    assert len(asked) <= 2  # 2 if a second ended during the test
    one.set("key", b"new", timeout=60)
    assert in_time(lambda: other.get("key") == b"new")


# Leases


def test_one_process_holds_the_lease_and_gives_back_only_its_own(server: Engine, connect: Connect) -> None:
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
    assert in_time(lambda: other.take("key", 1) is not None)


def test_two_processes_that_miss_make_one_computation(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))
    building, may_finish = threading.Event(), threading.Event()

    def build() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry(b"once")

    with ThreadPoolExecutor(2) as executor:
        first = executor.submit(get_or_build, one, "key", build)
        assert building.wait(60)
        second = executor.submit(get_or_build, other, "key", lambda: pytest.fail("it was computed twice"))
        time.sleep(0.1)
        assert not second.done()
        may_finish.set()
        assert (first.result(60)[1], second.result(60)[1]) == ("miss", "collapsed")
        assert body_of(second.result()[0]) == b"once"


def test_an_error_leaves_the_computation_to_the_next_process(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))

    def fail() -> Entry:
        raise LookupError

    with pytest.raises(LookupError):
        get_or_build(one, "key", fail)
    assert get_or_build(other, "key", entry)[1] == "miss"


def test_a_process_computes_after_it_has_waited_long_enough(
    server: Engine, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_cache, "PATIENCE", 0.1)
    assert connect(server).take("key", 60)
    assert get_or_build(ResponseCache(connect(server)), "key", entry)[1] == "miss"


def test_a_stale_entry_is_renewed_by_one_process_and_nobody_waits(server: Engine, connect: Connect) -> None:
    one, other = ResponseCache(connect(server)), ResponseCache(connect(server))
    one.put("key", entry(b"old", stored_at=time.time() - 61))
    assert get_or_build(other, "key", entry)[1] == "stale"  # and has a copy of the entry now
    building, may_finish = threading.Event(), threading.Event()

    def build() -> Entry:
        building.set()
        assert may_finish.wait(60)
        return entry(b"new")

    with ThreadPoolExecutor(1) as ones, ThreadPoolExecutor(1) as others:
        one.renew("key", (), build, ones)
        assert building.wait(60)
        for _ in range(3):
            other.renew("key", (), lambda: pytest.fail("it was computed twice"), others)
            others.submit(lambda: None).result(60)
            found, how = get_or_build(other, "key", lambda: pytest.fail("it was computed twice"))
            assert (body_of(found), how) == (b"old", "stale")
        may_finish.set()
        ones.submit(lambda: None).result(60)
        # Its copy is still the old entry: it reads the server again before it computes.
        other.renew("key", (), lambda: pytest.fail("it was computed twice"), others)
        others.submit(lambda: None).result(60)
    found, how = get_or_build(other, "key", entry)
    assert (body_of(found), how) == (b"new", "hit")


# Processes


def test_many_threads_of_many_processes_that_miss_at_once_make_one_computation(server: Engine) -> None:
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


Process = subprocess.Popen[bytes]


@contextmanager
def _processes(
    server: Engine, number: int, threads: int = 1, building: float = 0, lease: int = 2
) -> Iterator[list[Process]]:
    """Start processes that share the cache, and wait until they are ready to ask."""
    command = [sys.executable, "-m", "one_of_several", server.url, str(threads), str(building), str(lease)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
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
