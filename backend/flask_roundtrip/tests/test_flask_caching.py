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

from flask_roundtrip import cached, cached_view, invalidate

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
