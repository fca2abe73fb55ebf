"""cached() keeps its entries in any backend of Flask-Caching, the servers' own clients included."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from engines import Engine
from flask import Flask
from flask_caching import Cache
from helpers import in_time
from pymemcache.client.base import PooledClient

from flask_roundtrip import cached, cached_view, invalidate, tags

LONG = "a sentence that is said again and again. " * 50
BACKENDS = ["SimpleCache", "FileSystemCache", "RedisCache", "MemcachedCache"]
Make = Callable[[], Flask]


@pytest.fixture(params=BACKENDS)
def make(request: pytest.FixtureRequest, engine: Callable[[str], Engine], tmp_path: Path) -> Iterator[Make]:
    """Return a function that makes an application with an empty cache, and further ones as other processes have it."""
    config: dict[str, Any] = {"CACHE_TYPE": request.param}
    clients = []
    if request.param == "FileSystemCache":
        config["CACHE_DIR"] = str(tmp_path)
    elif request.param == "RedisCache":
        config["CACHE_REDIS_URL"] = engine("redis").url
    made: list[Flask] = []

    def app() -> Flask:
        if request.param == "MemcachedCache":  # without the library that it looks for, it takes a client
            client = PooledClient(("127.0.0.1", engine("memcached").port), default_noreply=False)
            clients.append(client)
            config["CACHE_MEMCACHED_SERVERS"] = client
        app = Flask(__name__)
        app.extensions["made"] = numbers = iter(range(1, 100))
        cache = Cache(app, config=config)
        if not made:
            cache.clear()
        made.append(app)

        @app.get("/report")
        @cached(fresh=60, stale=600, tags=("reports",))
        def report() -> dict[str, Any]:
            time.sleep(0.05)
            return {"made": next(numbers), "text": LONG}

        @app.get("/tagged/<name>")
        @cached(fresh=60, tags=("reports", "flights", "airlines"))
        def tagged(name: str) -> dict[str, Any]:
            return {"made": next(numbers), "text": LONG}

        @app.get("/fails")
        @cached(fresh=60)
        def fails() -> tuple[str, int]:
            return f"failed {next(numbers)}", 503

        return app

    yield app
    for client in clients:
        client.close()
    for each in made:
        for backend in each.extensions["cache"].values():
            pool = getattr(getattr(backend, "_write_client", None), "connection_pool", None)
            if pool is not None:
                pool.disconnect()


def number(answer: Any) -> Any:
    return answer.json["made"]


def test_one_computes_and_all_get_it(make: Make) -> None:
    app, together = make(), threading.Barrier(20)

    def ask(_: int) -> Any:
        together.wait(20)
        return number(app.test_client().get("/report"))

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(ask, range(20))) == {1}
    assert app.test_client().get("/report").headers["Cache-Status"].startswith("roundtrip; hit; ttl=")


def test_it_is_compressed_and_confirmed_by_304(make: Make) -> None:
    client = make().test_client()
    for _ in range(2):  # made of the entry, and then in it
        answer = client.get("/report", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data) == client.get("/report").data
    etag = answer.headers["ETag"]
    assert client.get("/report", headers={"Accept-Encoding": "gzip", "If-None-Match": etag}).status_code == 304


def test_a_tag_makes_it_old_and_an_error_is_not_kept(make: Make) -> None:
    app = make()
    client = app.test_client()
    assert [number(client.get("/report")) for _ in range(2)] == [1, 1]
    with app.app_context():
        invalidate("others")
        assert number(client.get("/report")) == 1
        invalidate("reports")
    assert [number(client.get("/report")) for _ in range(2)] == [2, 2]
    assert [client.get("/fails").text for _ in range(2)] == ["failed 3", "failed 4"]


def test_a_stale_answer_is_given_while_one_renews_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make().test_client()
    with monkeypatch.context() as patch:
        patch.setattr(cached_view.time, "time", lambda real=time.time: real() - 100)  # it was made 100 s ago
        client.get("/report")
    assert number(client.get("/report")) == 1
    assert in_time(lambda: number(client.get("/report")) == 2)


def test_processes_share_what_the_backend_shares(make: Make) -> None:
    one, other = make(), make()
    (backend,) = one.extensions["cache"].values()
    shared = type(backend).__name__ != "SimpleCache"
    assert number(one.test_client().get("/report")) == 1
    answer = other.test_client().get("/report")
    assert ("hit" in answer.headers["Cache-Status"]) == shared
    with one.app_context():
        invalidate("reports")
    assert "hit" not in one.test_client().get("/report").headers["Cache-Status"]
    assert number(other.test_client().get("/report")) == (2 if shared else 1)


def test_operations_of_a_backend(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first compressed miss: look, lease, versions of all tags, store. (SimpleCache has no lease and looks twice.)"""
    one, other = make(), make()
    operations = operations_of(one, monkeypatch)
    client = one.test_client()

    def ask(coding: str, path: str = "/tagged/one") -> tuple[str, int]:
        operations.clear()
        answer = client.get(path, headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        return answer.headers["Cache-Status"].split(";")[1].strip(), len(operations)

    assert ask("gzip") == ("fwd=uri-miss", 4)
    assert ask("gzip") == ("hit", 1)
    assert ask("br") == ("hit", 2)
    assert ask("gzip", "/tagged/other") == ("fwd=uri-miss", 3)
    if type(next(iter(one.extensions["cache"].values()))).__name__ != "SimpleCache":
        client, operations = other.test_client(), operations_of(other, monkeypatch)
        assert ask("zstd") == ("hit", 2)


def operations_of(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each operation of the application's backend is added, without those inside of it."""
    (backend,) = app.extensions["cache"].values()
    operations: list[str] = []
    inside = threading.local()

    def noted(name: str) -> None:
        real = getattr(backend, name)

        def call(*given: Any, **named: Any) -> Any:
            if getattr(inside, "of", False):
                return real(*given, **named)
            operations.append(name)
            inside.of = True
            try:
                return real(*given, **named)
            finally:
                inside.of = False

        monkeypatch.setattr(backend, name, call)

    for name in ("get", "get_many", "get_dict", "set", "set_many", "add", "delete", "delete_many", "has"):
        noted(name)
    return operations


def test_threads_that_miss_answers_of_one_tag_at_once_keep_them_all(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "MOMENT", 60)
    app, together = make(), threading.Barrier(8)

    def ask(name: int) -> Any:
        together.wait(20)
        return number(app.test_client().get(f"/tagged/{name}"))

    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(ask, range(8)))
    client = app.test_client()
    assert [number(client.get(f"/tagged/{name}")) for name in range(8)] == first


def test_a_version_that_the_backend_drops_brings_no_old_answer_back(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "MOMENT", 0)
    app = make()
    client = app.test_client()
    cache = cached_view.cache_of(app)
    assert number(client.get("/report")) == 1
    (version,) = cache._version_keys(("reports",))
    for expected in (2, 3):
        with app.app_context():
            invalidate("reports")
        cache._store.delete(version)
        assert [number(client.get("/report")) for _ in range(2)] == [expected, expected]
        cache._store.delete(version)
