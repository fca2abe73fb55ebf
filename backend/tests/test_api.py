"""The batch over HTTP: its parts equal the single GETs, and each line can be read as soon as it arrives."""

import gzip
import json
import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.batch import MOST_BYTES, SIDE_BY_SIDE
from flask_roundtrip.respond import Responder
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Answer, Head, NotNow
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ARRIVING, ONE_APP, forget, in_time

pytestmark = [pytest.mark.on_both, pytest.mark.at_both_doors]

BATCH = "/api/v1/batch"
NDJSON = "application/x-ndjson"
TOLD = ("content-type", "etag", "last-modified", "cache-control", "vary", "link")


def batch(client: FlaskClient, *requests: dict[str, Any], **headers: str) -> Any:
    return client.post(BATCH, json={"requests": requests}, headers=headers)


def parts_of(client: FlaskClient, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    answer = batch(client, *requests, Accept=NDJSON)
    assert answer.status_code == 200
    lines = answer.data.splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    return {part["id"]: part for part in map(orjson.loads, lines)}


def test_many_gets_in_one_round_trip(client: FlaskClient) -> None:
    parts = parts_of(
        client,
        {"id": "a", "url": "/api/v1/airlines/UA"},
        {"id": "b", "url": "/api/v1/flights?limit=1&fields=id"},
    )
    assert parts["a"]["status"] == parts["b"]["status"] == 200
    assert parts["a"]["body"] == {"carrier": "UA", "name": "United Air Lines Inc."}
    assert parts["b"]["body"]["items"] == [{"id": 1}]


def test_a_client_without_ndjson_gets_all_answers_in_order(client: FlaskClient) -> None:
    urls = ["/api/v1/flights?limit=1", "/api/v1/airlines/XX", "/api/v1/planes?limit=1", "/api/v1/airlines/UA"]
    answer = batch(client, *({"id": str(number), "url": url} for number, url in enumerate(urls)))
    assert answer.mimetype == "application/json"
    assert [(part["id"], part["status"]) for part in answer.get_json()["responses"]] == [
        ("0", 200),
        ("1", 404),
        ("2", 200),
        ("3", 200),
    ]


def test_a_batch_is_not_to_be_stored(client: FlaskClient) -> None:
    answer = batch(client, {"id": "1", "url": "/api/v1/airlines"}, Accept=NDJSON)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.headers["Server-Timing"].startswith("rid;desc=")
    assert answer.mimetype == NDJSON


def test_query_works_as_post(client: FlaskClient) -> None:
    asked = {"requests": [{"id": "1", "url": "/api/v1/airlines/UA"}]}
    answer = client.open(BATCH, method="QUERY", json=asked)
    assert answer.get_json()["responses"][0]["body"]["carrier"] == "UA"


def test_a_part_has_its_times(app: Flask, client: FlaskClient) -> None:
    forget(app)
    request = {"id": "1", "url": "/api/v1/flights?limit=3"}
    missed = parts_of(client, request)["1"]["timing"]
    found = parts_of(client, request)["1"]["timing"]
    assert missed.keys() == {"start", "app", "cache", "db", "statements", "serialize"}
    assert missed["statements"] == 1
    assert missed["cache"] + missed["db"] + missed["serialize"] <= missed["app"] + 0.002
    assert found.keys() == {"start", "app", "cache"}


# Any batch's parts equal the same requests made singly

QUESTIONS = [
    "/flights",
    "/flights?origin=JFK&sort=-delay&limit=5&fields=id,airline,weather.temp",
    "/flights?limit=5&origin=JFK&fields=id,weather.temp,airline.name,airline.carrier&sort=-delay",
    "/flights/17?fields=id,plane",
    "/flights/839",
    "/flights/99999999999999999999",
    "/flights/0",
    "/flights/abc",
    "/airlines?q=air%20lines",
    "/airlines/UA",
    "/airlines/XX",
    "/airports?served=true&limit=200",
    "/planes/N14228",
    "/weather?origin=EWR&date=2013-05-05",
    "/delays?by=weekday,hour",
    "/delays?by=carrier&origin=LGA&fields=carrier,histogram",
    "/delays?by=colour",
    "/flights?limit=0",
    "/flights?fields=colour",
    "/flights?after=forged",
    "/flights?colour=red",
    "/flights?limit=1&limit=2",
    "/flights?q=%FF",
    "/flights?",
    "/flights?=",
    "/flights?a;b",
    "/nothing",
    "/openapi",
]
conditions = st.sampled_from(["", "matching", "*", '"other"', "dated", "long ago", "unreadable"])


@settings(ONE_APP, max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(QUESTIONS), conditions), min_size=1, max_size=20),
    st.booleans(),
    st.booleans(),
)
def test_any_batchs_parts_equal_the_same_requests_made_singly(
    app: Flask, client: FlaskClient, asked: list[tuple[str, str]], single_first: bool, streamed: bool
) -> None:
    forget(app)
    requests = [
        {"id": str(number), "url": f"/api/v1{path}", "headers": _headers(client, path, condition)}
        for number, (path, condition) in enumerate(asked)
    ]
    forget(app)
    singles = _singly(client, requests) if single_first else []
    answer = batch(client, *requests, Accept=NDJSON if streamed else "application/json")
    lines = map(orjson.loads, answer.data.splitlines()) if streamed else answer.get_json()["responses"]
    together = {part["id"]: part for part in lines}
    singles = singles or _singly(client, requests)
    assert len(together) == len(singles) == len(asked)
    for number, (status, headers, body) in enumerate(singles):
        part = together[str(number)]
        assert part["status"] == status
        assert {name: value for name, value in part["headers"].items() if name in TOLD} == headers
        assert part["body"] == body


def _headers(client: FlaskClient, path: str, condition: str) -> dict[str, str]:
    answer = client.get(f"/api/v1{path}")
    return {
        "": {},
        "matching": {"If-None-Match": answer.headers.get("ETag", '"none"')},
        "*": {"If-None-Match": "*"},
        '"other"': {"if-none-match": '"other", "another"', "Accept": "application/json"},
        "dated": {"If-Modified-Since": answer.headers.get("Last-Modified", "")},
        "long ago": {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT", "Accept": "*/*"},
        "unreadable": {"If-Modified-Since": "yesterday"},
    }[condition]


def _singly(client: FlaskClient, requests: list[dict[str, Any]]) -> list[tuple[int, dict[str, str], Any]]:
    answers = []
    for request in requests:
        answer = client.get(request["url"], headers=request["headers"])
        headers = {name.lower(): value for name, value in answer.headers if name.lower() in TOLD}
        answers.append((answer.status_code, headers, orjson.loads(answer.data) if answer.data else None))
    return answers


def test_a_304_in_a_batch_has_a_tag_and_no_body(client: FlaskClient) -> None:
    etag = client.get("/api/v1/airlines", headers={"Accept-Encoding": "br"}).headers["ETag"]
    part = parts_of(client, {"id": "1", "url": "/api/v1/airlines", "headers": {"If-None-Match": etag}})["1"]
    assert (part["status"], part["body"], part["headers"]["etag"]) == (304, None, etag)
    assert "content-type" not in part["headers"]


def test_a_failing_part_breaks_no_other(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Responder.build

    def build(self: Responder, route: Any, arguments: Any, *rest: Any) -> Any:
        if arguments.get("dest") == "BOS":
            raise RuntimeError("a bug")
        return real(self, route, arguments, *rest)

    monkeypatch.setattr(Responder, "build", build)
    parts = parts_of(
        client,
        {"id": "bad", "url": "/api/v1/flights?dest=BOS"},
        {"id": "good", "url": "/api/v1/flights?dest=IAH"},
    )
    assert (parts["bad"]["status"], parts["good"]["status"]) == (500, 200)
    assert parts["bad"]["body"]["title"] == "Internal Server Error"
    assert "a bug" not in json.dumps(parts["bad"])


# The stream


class Held:
    """Holds the part that asks for the flights to Anchorage until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_finish = threading.Event()
        self.begun, self.ended = [], []  # type: list[str], list[str]
        real = Responder.answer_part

        def answer(responder: Responder, head: Head, timing: Timing, only_short: bool) -> Answer | None:
            if "dest=ANC" not in head.query:
                return real(responder, head, timing, only_short)
            if only_short:
                raise NotNow
            self.begun.append(head.query)
            assert self.may_finish.wait(60)
            answer = real(responder, head, timing, only_short)
            self.ended.append(head.query)
            return answer

        monkeypatch.setattr(Responder, "answer_part", answer)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held(monkeypatch)
    yield held
    held.may_finish.set()


SLOW = {"id": "slow", "url": "/api/v1/flights?dest=ANC"}


@pytest.mark.parametrize("coding", ["identity", "br", "zstd", "gzip"])
def test_each_line_can_be_read_while_a_slow_part_is_held(
    app: Flask, client: FlaskClient, held: Held, coding: str
) -> None:
    forget(app)
    quick = [{"id": str(number), "url": f"/api/v1/flights?limit={number + 1}"} for number in range(5)]
    answer = client.post(
        BATCH,
        json={"requests": [SLOW, *quick]},
        headers={"Accept": NDJSON, "Accept-Encoding": coding},
        buffered=False,
    )
    assert answer.headers.get("Content-Encoding", "identity") == coding
    decode = ARRIVING[coding]() if coding != "identity" else lambda piece: piece
    pieces: Iterator[Any] = iter(answer.response)
    arrived: list[str] = []
    while len(arrived) < 5:  # lines that are done at the same time arrive in one piece
        arrived += [orjson.loads(line)["id"] for line in decode(next(pieces)).splitlines()]
    assert sorted(arrived) == ["0", "1", "2", "3", "4"]
    held.may_finish.set()
    assert orjson.loads(decode(next(pieces)))["id"] == "slow"
    assert b"".join(map(decode, pieces)) == b""
    answer.close()


def test_parts_that_have_not_begun_are_cancelled_when_the_stream_is_closed(
    app: Flask, client: FlaskClient, held: Held
) -> None:
    quick = {"id": "quick", "url": "/api/v1/flights?dest=LAX"}
    all_held = [{**SLOW, "id": f"held{number}", "url": f"{SLOW['url']}&limit={number + 1}"} for number in range(14)]
    requests = {"requests": [*all_held, quick]}
    client.get(quick["url"])  # so that it is answered although all of the batch's threads are held
    answer = client.post(BATCH, json=requests, headers={"Accept": NDJSON}, buffered=False)
    pieces: Iterator[Any] = iter(answer.response)
    assert orjson.loads(next(pieces))["id"] == "quick"
    assert in_time(lambda: len(held.begun) == SIDE_BY_SIDE)
    answer.close()
    held.may_finish.set()
    assert in_time(lambda: len(held.ended) == SIDE_BY_SIDE)
    assert len(held.begun) == SIDE_BY_SIDE


# Invalid batches

AIRLINES = b'{"requests": [{"id": "1", "url": "/api/v1/airlines"}]}'


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (AIRLINES, {"Content-Type": "text/plain"}, 415),
        (AIRLINES, {"Content-Type": "application/msgpack"}, 415),
        (AIRLINES, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (AIRLINES, {"Content-Type": ""}, 415),
        (gzip.compress(AIRLINES), {"Content-Encoding": "gzip"}, 415),
        (gzip.compress(AIRLINES), {}, 400),
        (AIRLINES, {"Accept": "text/html"}, 406),
        (AIRLINES, {"Accept": "application/msgpack"}, 406),
        (b"", {}, 400),
        (b"{" + b" " * MOST_BYTES, {}, 413),
        (b"[" * 10_000 + b"]" * 10_000, {}, 400),
        (b'{"requests": [NaN]}', {}, 400),
        (b'{"requests": [], "requests": []}', {}, 400),
        (b'{"requests": [{"id": "\\udc00", "url": "/api/v1/airlines"}]}', {}, 400),
        (b'{"requests": [{"id": "\xff", "url": "/api/v1/airlines"}]}', {}, 400),
        (AIRLINES.replace(b"airlines", b"batch"), {}, 400),
        (AIRLINES.replace(b"/api", b"https://example.com/api"), {}, 400),
        (AIRLINES.replace(b"/api", b"//example.com/api"), {}, 400),
        (AIRLINES.replace(b"airlines", b"%2e%2e/x"), {}, 400),
    ],
)
def test_an_invalid_batch_is_a_problem(client: FlaskClient, body: bytes, headers: dict[str, str], status: int) -> None:
    given = {"Content-Type": "application/json", **headers}
    answer = client.post(BATCH, data=body, headers=given)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["status"] == status
    assert len(answer.data) < 1000


def test_json_with_a_charset_is_json(client: FlaskClient) -> None:
    answer = client.post(BATCH, data=AIRLINES, content_type="application/json; charset=utf-8", buffered=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_a_batch_is_posted_or_queried(client: FlaskClient, method: str) -> None:
    answer = client.open(BATCH, method=method)
    assert answer.status_code == 405
    assert {"POST", "QUERY"} <= set(answer.headers["Allow"].split(", "))


def test_a_part_cannot_be_seen_from_outside_the_api(client: FlaskClient) -> None:
    for url in ("/", "/delays", "/api/v2/flights", "/assets/x.js"):
        assert batch(client, {"id": "1", "url": url}).status_code == 400


def test_a_letter_whose_capital_is_an_ascii_one_is_no_part_of_a_code(client: FlaskClient) -> None:
    assert client.get("/api/v1/airports/\u0131ad").status_code == 404
    assert client.get("/api/v1/flights", query_string={"dest": "\u0131ad"}).status_code == 400
    assert client.get("/api/v1/flights", query_string={"carrier": "\u00df"}).status_code == 400


def test_a_code_in_a_path_is_understood_in_lower_case(client: FlaskClient) -> None:
    assert client.get("/api/v1/airports/jfk").get_json() == client.get("/api/v1/airports/JFK").get_json()


def test_a_batch_has_no_parameters(client: FlaskClient) -> None:
    assert (
        client.post("/api/v1/batch?x=1", json={"requests": [{"id": "1", "url": "/api/v1/airlines"}]}).status_code == 400
    )


def test_a_batch_is_in_utf_8(client: FlaskClient) -> None:
    body = b'{"requests": [{"id": "1", "url": "/api/v1/airlines"}]}'
    refused = client.post("/api/v1/batch", data=body, content_type="application/json; charset=utf-16")
    assert refused.status_code == 415
    accepted = client.post("/api/v1/batch", data=body, content_type="application/json; charset=UTF-8", buffered=True)
    assert accepted.status_code == 200


def test_an_entry_in_another_coding_is_a_hit_and_runs_no_statement(client: FlaskClient) -> None:
    url = "/api/v1/flights?dest=SEA&limit=20"
    client.get(url, headers={"Accept-Encoding": "br"})
    again = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert again.headers["Cache-Status"].startswith("roundtrip; hit; ttl=")
    assert "db;" not in again.headers["Server-Timing"]
