"""Every error, the router's too, is application/problem+json, is kept by nobody, and says what would be right."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.respond import Responder
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Head
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import ONE_APP, ROUTES, forget, responder_of

from flask_roundtrip import Fault, Problem

pytestmark = [pytest.mark.on_both, pytest.mark.at_both_doors]


def is_a_problem(answer: Any, status: int) -> bool:
    body = answer.get_json()
    assert answer.status_code == status == body["status"], (answer.status_code, body)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Server-Timing"].startswith("rid;desc=")
    assert "app;dur=" in answer.headers["Server-Timing"]
    assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert len(answer.data) < 4000
    return True


def test_a_problem_has_a_title_and_a_detail(client: FlaskClient) -> None:
    answer = client.get("/api/v1/flights?status=late")
    assert is_a_problem(answer, 400)
    assert answer.get_json() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": answer.get_json()["detail"],
        "errors": [
            {
                "parameter": "status",
                "detail": answer.get_json()["errors"][0]["detail"],
                "allowed": ["on_time", "delayed", "cancelled", "diverted"],
            }
        ],
    }


def test_a_fault_without_a_list_has_no_allowed_values() -> None:
    assert Fault("limit", "too large").as_dict() == {"parameter": "limit", "detail": "too large"}
    assert Problem(404, "none").body == b'{"type":"about:blank","title":"Not Found","status":404,"detail":"none"}'


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v1",
        "/api/v1/",
        "/api/v1/flights/",
        "/api/v1//flights",
        "//api/v1/flights",
        "/api/v1/flights/1/airline",
        "/api/v1/flights/abc",
        "/api/v1/flights/-1",
        "/api/v1/flights/0",
        "/api/v1/flights/336777",
        "/api/v1/flights/1.0",
        "/api/v1/flights/1e3",
        "/api/v1/flights/2147483648",
        "/api/v1/flights/9223372036854775808",
        f"/api/v1/flights/{'9' * 1000}",
        "/api/v1/flights/%D9%A1%D9%A2",
        "/api/v1/flights/%00",
        "/api/v1/airlines/XX",
        "/api/v1/airlines/U",
        "/api/v1/airlines/%00",
        "/api/v1/airlines/UA%00",
        "/api/v1/airlines/%FF",
        "/api/v1/airlines/UA%0A",
        "/api/v1/airlines/%27%20OR%201=1",
        "/api/v1/airlines/..",
        "/api/v1/airlines/%2e%2e/planes",
        f"/api/v1/planes/{'x' * 3000}",
        "/api/v1/airports/%F0%9F%92%A9",
        "/api/v1/planes/None",
        "/API/V1/flights",
        "/nothing",
        "/flights/abc",
    ],
)
def test_a_missing_resource_is_404(client: FlaskClient, path: str) -> None:
    assert is_a_problem(client.get(path), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "PROPFIND"])
@pytest.mark.parametrize("path", ["/flights", "/flights/1", "/airlines", "/delays", "/openapi.json"])
def test_another_method_is_405_with_the_allowed_ones(client: FlaskClient, method: str, path: str) -> None:
    environ = {"REQUEST_METHOD": method}
    answer = client.open(f"/api/v1{path}", environ_overrides=environ)
    assert is_a_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "colour=red",
        "limit=1&limit=1",
        "a;b",
        "limit=5;sort=delay",
        "carrier=%00",
        "flight=%D9%A1%D9%A2",
        "flight=99999999999999999999",
        "after=forged",
        "fields=",
        "fields=colour",
        "fields=airline.name.first",
        f"fields={','.join(['id'] * 65)}",
        f"fields={'.'.join('a' * 900)}",
        "date=2013-02-30",
    ],
)
def test_a_wrong_parameter_is_400(client: FlaskClient, query: str) -> None:
    assert is_a_problem(client.get(f"/api/v1/flights?{query}"), 400)


def test_a_very_long_query_is_414(client: FlaskClient) -> None:
    assert is_a_problem(client.get(f"/api/v1/airlines?q={'x' * 5000}"), 414)


def test_a_client_without_an_offered_media_type_gets_406(client: FlaskClient) -> None:
    assert is_a_problem(client.get("/api/v1/flights", headers={"Accept": "text/html"}), 406)


def test_head_of_an_error_has_no_body(client: FlaskClient) -> None:
    answer = client.head("/api/v1/flights?limit=0")
    assert (answer.status_code, answer.data) == (400, b"")
    assert answer.content_type == "application/problem+json"


def test_a_bug_is_a_500_with_only_its_rid(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("the secret is xyzzy")

    monkeypatch.setattr(Responder, "build", fail)
    answer = client.get("/api/v1/flights?dest=XNA")
    assert is_a_problem(answer, 500)
    assert b"xyzzy" not in answer.data
    (record,) = caplog.records
    assert answer.headers["Server-Timing"].split('"')[1] in record.getMessage()
    monkeypatch.undo()
    assert client.get("/api/v1/flights?dest=XNA").status_code == 200


# Any request

names = st.sampled_from(
    ["origin", "dest", "limit", "fields", "after", "date", "from", "to", "q", "by", "sort", "flight", "x"]
)
values = st.text(max_size=12) | st.sampled_from(
    ["JFK", "5", "id", "2013-05-05", "carrier", "-delay", "%", "\x00", "\u0665"]
)
queries = st.lists(st.tuples(names, values), max_size=4).map(
    lambda pairs: "&".join(f"{name}={quote(value, errors='replace')}" for name, value in pairs)
) | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40)
paths = st.sampled_from([f"/api/v1{route.path}" for route in ROUTES if "<" not in route.path]) | st.builds(
    lambda resource, key: f"/api/v1/{resource}/{quote(key, safe='')}",
    st.sampled_from(["flights", "airlines", "airports", "planes", "batch", "nothing"]),
    st.text(max_size=8) | st.sampled_from(["1", "UA", "JFK", "N14228", "99999999999999999999"]),
)
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
headers = st.dictionaries(
    st.sampled_from(
        ["Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Host", "Range", "Content-Type"]
    ),
    header_values | st.sampled_from(["*/*", "*", "br", "gzip;q=0", "application/msgpack", 'W/"x"', "localhost"]),
    max_size=4,
)
methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "QUERY", "DELETE", "OPTIONS"])


@settings(ONE_APP, max_examples=300)
@given(methods, paths, queries, headers)
@example("GET", "/api/v1/flights", "limit=5", {"Host": "a" * 70 + ".example"})
@example("GET", "/api/v1/flights", "limit=5", {"Host": "[::1"})
def test_no_request_causes_a_500(
    client: FlaskClient, method: str, path: str, query: str, headers: dict[str, str]
) -> None:
    answer = client.open(path, method=method, query_string=query, headers=headers)
    assert answer.status_code < 500, answer.data
    if answer.status_code >= 400 and method != "HEAD":
        assert is_a_problem(answer, answer.status_code)


@settings(ONE_APP, max_examples=300)
@given(st.lists(st.tuples(paths, queries, headers), min_size=1, max_size=6))
def test_no_request_changes_the_answer_to_the_next(
    app: Flask, client: FlaskClient, requests: list[tuple[str, str, dict[str, str]]]
) -> None:
    """After any requests the cache gives the same answers as a fresh start."""
    for path, query, given_headers in requests:
        client.get(path, query_string=query, headers=given_headers)
    warm = [_plainly(client, path, query) for path, query, _ in requests]
    for (path, query, _), (status, _) in zip(requests, warm, strict=True):
        if status != 200:
            assert responder_of(app).hit(Head("GET", path, query), Timing()) is None
    forget(app)
    assert [_plainly(client, path, query) for path, query, _ in requests] == warm


def _plainly(client: FlaskClient, path: str, query: str) -> tuple[int, bytes]:
    answer = client.get(path, query_string=query)
    return answer.status_code, answer.data
