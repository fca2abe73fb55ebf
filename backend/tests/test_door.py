"""A hit is answered from the head alone, as the whole way would answer; and neither a hit nor a miss enters Flask."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.respond import LONGEST_SPELLING, MOST_SPELLINGS, Responder
from flask_roundtrip.response_cache import ResponseCache
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Answer, Head
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ONE_APP, forget, responder_of

pytestmark = [pytest.mark.on_both, pytest.mark.at_both_doors]

PATH = "/api/v1/flights"
QUERY = "origin=JFK&limit=20"
URL = f"{PATH}?{QUERY}"
OF_THE_EXCHANGE = ("Server-Timing", "Cache-Status", "Age")


@pytest.fixture
def responder(app: Flask) -> Responder:
    forget(app)
    return responder_of(app)


def at_once(responder: Responder, head: Head) -> Answer | None:
    """Answer from a fresh entry, or not at all."""
    return responder.hit(head, Timing())


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """Return an answer without what belongs to its exchange."""
    headers = {name: value for name, value in answer.headers if name not in OF_THE_EXCHANGE}
    return answer.status, headers, answer.body


def test_a_question_answered_once_is_answered_at_the_door(client: FlaskClient, responder: Responder) -> None:
    assert at_once(responder, Head("GET", PATH, QUERY)) is None
    first = client.get(URL)
    answer = at_once(responder, Head("GET", PATH, QUERY))
    assert answer is not None
    assert told(answer) == (200, _without_exchange(first), first.data)


def test_flask_does_not_wake_for_a_hit_nor_for_a_miss(app: Flask, client: FlaskClient, responder: Responder) -> None:
    woken: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: woken.append("woken"))
    try:
        statuses = [client.get(URL).headers["Cache-Status"] for _ in range(2)]
        assert statuses[0] == "roundtrip; fwd=uri-miss; stored"
        assert statuses[1].startswith("roundtrip; hit")
        assert client.get(f"{PATH}?limit=0").status_code == 400
        assert woken == []
        client.get("/api/v1/openapi.json")
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
def test_a_hit_is_what_the_whole_way_would_answer(app: Flask, responder: Responder, head: Head) -> None:
    with app.test_client() as client:
        client.get(URL)
    at_the_door = at_once(responder, head)
    if at_the_door is None:
        return
    again = at_once(responder, head)
    found = responder.find(head)
    assert again is not None
    assert found is not None
    assert told(at_the_door) == told(again) == told(responder.answer_route(*found, head, Timing()))
    assert at_the_door.status in (200, 304)
    assert head.method in ("GET", "HEAD")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "br", "zstd", "gzip"])
@pytest.mark.parametrize("accept", ["application/json", "application/msgpack"])
@pytest.mark.parametrize(
    "condition", [{}, {"If-None-Match": "*"}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}]
)
def test_a_hit_and_a_miss_answer_alike(
    app: Flask, client: FlaskClient, method: str, coding: str, accept: str, condition: dict[str, str]
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": coding, **condition}
    forget(app)
    missed = client.open(URL, method=method, headers=headers)
    hit = client.open(URL, method=method, headers=headers)
    assert missed.headers["Cache-Status"] == "roundtrip; fwd=uri-miss; stored"
    assert hit.headers["Cache-Status"].startswith("roundtrip; hit; ttl=")
    assert missed.status_code == hit.status_code == (304 if condition else 200)
    assert missed.data == hit.data
    assert _without_exchange(missed) == _without_exchange(hit)


def test_an_error_is_never_a_hit(client: FlaskClient, responder: Responder) -> None:
    for path, query in [(PATH, "limit=0"), ("/api/v1/airlines/XX", ""), ("/api/v1/nothing", "")]:
        for _ in range(2):
            assert client.get(f"{path}?{query}").status_code in (400, 404)
            assert at_once(responder, Head("GET", path, query)) is None


def test_a_stale_entry_is_no_hit(monkeypatch: pytest.MonkeyPatch, client: FlaskClient, responder: Responder) -> None:
    client.get(URL)
    monkeypatch.setattr(ResponseCache, "ttl", lambda self, entry: 0)
    assert at_once(responder, Head("GET", PATH, QUERY)) is None


def test_a_client_that_takes_none_of_our_media_types_has_no_hit(client: FlaskClient, responder: Responder) -> None:
    client.get(URL)
    assert at_once(responder, Head("GET", PATH, QUERY, accept="text/html")) is None


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


def test_only_so_many_spellings_are_remembered(responder: Responder) -> None:
    for number in range(MOST_SPELLINGS + 10):
        head = Head("GET", "/api/v1/airlines/UA", accept=f"application/json;version={number}")
        assert responder.answer_part(head, Timing(), only_short=False) is not None
    assert len(responder._spellings) == MOST_SPELLINGS
    assert at_once(responder, head) is not None


def test_a_long_spelling_is_not_remembered(responder: Responder) -> None:
    head = Head("GET", "/api/v1/flights/1", f"fields={','.join(['origin_airport.name'] * 60)}")
    assert len(head.query) > LONGEST_SPELLING
    for _ in range(2):
        answer = responder.answer_part(head, Timing(), only_short=False)
        assert answer is not None
        assert answer.status == 200
        assert at_once(responder, head) is None


def _without_exchange(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.headers if name not in OF_THE_EXCHANGE}
