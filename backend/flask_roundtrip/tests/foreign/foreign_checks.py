"""Checks for every application that is not ours, after a few lines turn the package's techniques on."""

import gzip
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

import brotli
import pytest
import zstandard
from flask import Flask

CLIENTS = 50


class Checks:
    """Each test class defines `make` (its application), `add` (the added lines) and the URL of the GET to test."""

    url: str
    endpoint: str
    missing: str  # a URL whose answer is a 404
    add: Callable[..., None]

    @pytest.fixture
    def make(self) -> Callable[[], Flask]:
        """Return a function that makes the application anew, with the same data."""
        raise NotImplementedError

    @pytest.fixture
    def app(self, make: Callable[[], Flask]) -> Flask:
        """The application with the added lines."""
        app = make()
        type(self).add(app)
        return app

    def test_bodies_are_those_of_the_application_without_the_package(
        self, make: Callable[[], Flask], app: Flask
    ) -> None:
        plain = make().test_client().get(self.url)
        assert plain.status_code == 200
        client = app.test_client()
        for coding in ("", "gzip", "br", "zstd", "", "gzip", "br", "zstd"):
            got = client.get(self.url, headers={"Accept-Encoding": coding})
            assert got.headers.get("Content-Encoding", "") == coding
            assert decoded(got.data, coding) == plain.data
            assert got.content_type == plain.content_type

    def test_a_client_that_has_the_answer_in_any_coding_gets_304(self, app: Flask) -> None:
        client = app.test_client()
        for coding in ("", "gzip", "br", "zstd"):
            etag = client.get(self.url, headers={"Accept-Encoding": coding}).headers["ETag"]
            for other in ("gzip", "", "br"):
                again = client.get(self.url, headers={"Accept-Encoding": other, "If-None-Match": etag})
                assert (again.status_code, again.data) == (304, b"")
                assert "Content-Encoding" not in again.headers
                assert again.headers["ETag"] == etag

    def test_head_answers_as_get(self, app: Flask) -> None:
        client = app.test_client()
        head, got = client.head(self.url), client.get(self.url)
        assert head.data == b""
        assert [head.headers[name] for name in ("ETag", "Content-Length")] == [
            got.headers[name] for name in ("ETag", "Content-Length")
        ]

    def test_fifty_clients_at_once_make_one_computation(self, make: Callable[[], Flask]) -> None:
        app = make()
        made = watched(app, self.endpoint, lambda: time.sleep(0.3))
        type(self).add(app)
        assert len(set(at_once(app, self.url))) == 1
        assert len(made) == 1

    def test_without_the_package_fifty_clients_make_fifty_computations(self, make: Callable[[], Flask]) -> None:
        app = make()
        made = watched(app, self.endpoint, lambda: None)
        at_once(app, self.url)
        assert len(made) == CLIENTS

    def test_a_stale_answer_is_given_at_once_and_renewed_once(self, make: Callable[[], Flask]) -> None:
        app = make()
        may_end = threading.Event()
        made = watched(app, self.endpoint, lambda: len(made) > 1 and may_end.wait(5))
        type(self).add(app, fresh=0)
        client = app.test_client()
        first = client.get(self.url)
        for _ in range(5):
            assert client.get(self.url).data == first.data  # while the renewal waits
        may_end.set()
        end = time.monotonic() + 5
        while len(made) < 2 and time.monotonic() < end:
            time.sleep(0.01)
        assert len(made) == 2
        assert client.get(self.url).data == first.data

    def test_every_answer_has_server_timing(self, app: Flask) -> None:
        client = app.test_client()
        for answer in (client.get(self.url), client.get(self.url), client.get(self.missing), client.options(self.url)):
            assert answer.headers["Server-Timing"].startswith("rid;desc=")
            assert "app;dur=" in answer.headers["Server-Timing"]
        assert 'desc="hit"' in client.get(self.url).headers["Server-Timing"]

    def test_a_batch_answers_as_its_single_gets(self, app: Flask) -> None:
        client = app.test_client()
        single = client.get(self.url)
        parts = [
            {"id": "whole", "url": self.url},
            {"id": "known", "url": self.url, "headers": {"If-None-Match": single.headers["ETag"]}},
            {"id": "missing", "url": self.missing},
        ]
        answer = client.post("/batch", json={"requests": parts}, headers={"Accept": "application/x-ndjson"})
        lines = {part["id"]: part for part in map(json.loads, answer.text.splitlines())}
        assert {name: line["status"] for name, line in lines.items()} == {"whole": 200, "known": 304, "missing": 404}
        assert lines["known"]["body"] is None
        assert lines["whole"]["body"] == (single.json if single.is_json else single.text)
        assert lines["whole"]["headers"]["etag"] == single.headers["ETag"]

    def test_an_error_is_never_kept(self, make: Callable[[], Flask]) -> None:
        app = make()
        app.config["PROPAGATE_EXCEPTIONS"] = False

        def fail_at_first() -> None:
            if len(made) == 1:
                raise RuntimeError("the first one fails")

        made = watched(app, self.endpoint, fail_at_first)
        type(self).add(app)
        client = app.test_client()
        assert [client.get(self.url).status_code for _ in range(3)] == [500, 200, 200]
        assert len(made) == 2
        for _ in range(2):
            assert client.get(self.missing).status_code == 404
            assert "hit" not in client.get(self.missing).headers.get("Cache-Status", "")


def decoded(body: bytes, coding: str) -> bytes:
    """Return the body without its content coding."""
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[coding](body)


def at_once(app: Flask, url: str) -> list[bytes]:
    """Return the bodies of many clients that ask at the same moment."""
    together = threading.Barrier(CLIENTS)

    def ask(_: int) -> bytes:
        client = app.test_client()
        together.wait()
        answer = client.get(url)
        assert answer.status_code == 200
        return bytes(answer.data)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(ask, range(CLIENTS)))


def watched(app: Flask, endpoint: str, act: Callable[[], Any]) -> list[int]:
    """Run a function before each answer of a view. Return a list that grows by one number with each call."""
    view, made = app.view_functions[endpoint], list[int]()

    @wraps(view)
    def counted(**arguments: Any) -> Any:
        made.append(len(made))
        act()
        return view(**arguments)

    app.view_functions[endpoint] = counted
    return made
