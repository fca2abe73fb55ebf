"""The door answers what the pipeline has answered, as the pipeline would, from the head alone."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from roundtrip.door import LONGEST_SPELLING, MOST_SPELLINGS, Door
from flask_roundtrip.wire import Answer, Head
from flask_roundtrip.response_cache import MemoryStore
from flask_roundtrip.response_cache import ResponseCache
from support import ONE_APP, forget

from roundtrip.api import pipeline_of

pytestmark = pytest.mark.on_both

PATH = "/api/v1/flights"
QUERY = "origin=JFK&limit=20"
URL = f"{PATH}?{QUERY}"
OF_THE_EXCHANGE = ("Server-Timing", "Cache-Status", "Age")


@pytest.fixture
def door(app: Flask) -> Door:
    forget(app)
    return pipeline_of(app).door


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """Return an answer without what belongs to its exchange."""
    headers = {name: value for name, value in answer.headers if name not in OF_THE_EXCHANGE}
    return answer.status, headers, answer.body


def test_a_question_answered_once_is_answered_at_the_door(client: FlaskClient, door: Door) -> None:
    assert door.answer(Head("GET", PATH, QUERY)) is None
    first = client.get(URL)
    answer = door.answer(Head("GET", PATH, QUERY))
    assert answer is not None
    assert told(answer) == (200, _without_exchange(first), first.data)


def test_flask_does_not_wake_for_a_hit(app: Flask, client: FlaskClient, door: Door) -> None:
    client.get(URL)
    woken: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: woken.append("woken"))
    try:
        client.get(URL)
        assert woken == []
        client.get(f"{PATH}?origin=LGA&limit=20")
        assert woken == ["woken"]
    finally:
        app.before_request_funcs[None].pop()


heads = st.builds(
    Head,
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "get", "QUERY"]),
    path=st.sampled_from([PATH, "/api/v1/airlines", "/api/v1/batch", "/", ""]),
    query=st.sampled_from(["", QUERY, "limit=20&origin=JFK", "origin=jfk&limit=20", "limit=0"]),
    accept=st.sampled_from(["", "*/*", "application/msgpack", "text/html", "application/json;q=0"]),
    accept_encoding=st.sampled_from(["", "br", "zstd", "gzip", "gzip, br", "identity", "x"]),
    if_none_match=st.sampled_from(["", "*", '"x"', "junk"]),
    if_modified_since=st.sampled_from(["", "Fri, 01 Jan 2100 00:00:00 GMT", "junk"]),
)


@settings(ONE_APP, max_examples=200)
@given(heads)
def test_the_same_head_has_the_same_answer_and_it_is_the_pipelines(app: Flask, door: Door, head: Head) -> None:
    pipeline = pipeline_of(app)
    with app.test_client() as client:
        client.get(URL)
    at_the_door = door.answer(head)
    if at_the_door is None:
        return
    again = door.answer(head)
    assert again is not None
    assert told(at_the_door) == told(again) == told(pipeline.answer(head))
    assert at_the_door.status in (200, 304)
    assert head.method in ("GET", "HEAD")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "br", "zstd", "gzip"])
@pytest.mark.parametrize("accept", ["application/json", "application/msgpack"])
@pytest.mark.parametrize(
    "condition", [{}, {"If-None-Match": "*"}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}]
)
def test_the_door_and_flask_answer_alike(
    app: Flask, client: FlaskClient, method: str, coding: str, accept: str, condition: dict[str, str]
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": coding, **condition}
    forget(app)
    from_flask = client.open(URL, method=method, headers=headers)
    from_the_door = client.open(URL, method=method, headers=headers)
    assert from_flask.headers["Cache-Status"] == "roundtrip; fwd=uri-miss; stored"
    assert from_the_door.headers["Cache-Status"].startswith("roundtrip; hit; ttl=")
    assert from_flask.status_code == from_the_door.status_code == (304 if condition else 200)
    assert from_flask.data == from_the_door.data
    assert _without_exchange(from_flask) == _without_exchange(from_the_door)


def test_the_door_knows_nothing_of_errors(client: FlaskClient, door: Door) -> None:
    for path, query in [(PATH, "limit=0"), ("/api/v1/airlines/XX", ""), ("/api/v1/nothing", "")]:
        for _ in range(2):
            assert client.get(f"{path}?{query}").status_code in (400, 404)
            assert door.answer(Head("GET", path, query)) is None


def test_the_door_leaves_what_is_stale_to_the_pipeline(
    monkeypatch: pytest.MonkeyPatch, client: FlaskClient, door: Door
) -> None:
    client.get(URL)
    monkeypatch.setattr(ResponseCache, "ttl", lambda self, entry: 0)
    assert door.answer(Head("GET", PATH, QUERY)) is None


def test_the_door_leaves_who_takes_none_of_our_media_types_to_the_pipeline(client: FlaskClient, door: Door) -> None:
    client.get(URL)
    assert door.answer(Head("GET", PATH, QUERY, accept="text/html")) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "DELETE"},
        {"X-HTTP-Method": "HEAD"},
        {"X-Method-Override": "POST"},
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-For": "1.2.3.4", "Forwarded": "host=evil.example"},
        {"X-Original-URL": "/api/v1/airlines", "X-Rewrite-URL": "/api/v1/airlines"},
        {"Cookie": "a=b", "Authorization": "Basic eDp5", "Origin": "https://evil.example"},
        {"Range": "bytes=0-1", "If-Range": '"x"'},
        {"Accept-Language": "de", "User-Agent": "x", "Referer": "https://evil.example"},
    ],
)
@pytest.mark.parametrize("asked_first", [True, False])
def test_no_other_header_changes_what_another_is_served(
    app: Flask, client: FlaskClient, headers: dict[str, str], asked_first: bool
) -> None:
    forget(app)
    plain = client.get(URL)
    forget(app)
    if asked_first:
        hostile = client.get(URL, headers=headers)
        after = client.get(URL)
    else:
        after = client.get(URL)
        hostile = client.get(URL, headers=headers)
    assert plain.status_code == 200
    assert plain.data == hostile.data == after.data
    assert _without_exchange(plain) == _without_exchange(hostile) == _without_exchange(after)
    assert b"evil" not in hostile.data + str(hostile.headers).encode()


def test_a_body_of_a_get_changes_nothing(app: Flask, client: FlaskClient) -> None:
    forget(app)
    answer = client.get(URL, data=b'{"limit": 1}', content_type="application/json")
    assert answer.data == client.get(URL).data
    assert len(answer.get_json()["items"]) == 20


def test_another_method_is_no_hit(client: FlaskClient) -> None:
    client.get(URL)
    for method in ("POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE", "FOO"):
        assert client.open(URL, method=method).status_code == 405


def test_only_so_many_spellings_are_remembered() -> None:
    cache = ResponseCache(MemoryStore(0))
    door = Door(cache)
    for number in range(MOST_SPELLINGS + 10):
        door.learn(Head("GET", "/", str(number)), "key")
    assert len(door._keys) == MOST_SPELLINGS


def test_a_long_spelling_is_not_remembered() -> None:
    door = Door(ResponseCache(MemoryStore(0)))
    door.learn(Head("GET", "/", "x" * (LONGEST_SPELLING + 1)), "key")
    assert len(door._keys) == 0


def _without_exchange(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.headers if name not in OF_THE_EXCHANGE}
