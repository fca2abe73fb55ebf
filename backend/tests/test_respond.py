"""One GET from arguments to bytes: its headers, its cache entry, its freshness, its books."""

import pickle
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any

import ormsgpack
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.respond import Responder
from flask_roundtrip.response_cache import Entry, Promise
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Answer, Head
from support import ROUTES, WHOLE, forget, responder_of

from flask_roundtrip import compression, response_cache
from roundtrip.resources.flights.routes import FRESHNESS

pytestmark = [pytest.mark.on_both, pytest.mark.at_both_doors]

URL = "/api/v1/flights?origin=JFK&limit=20"
SMALL = "/api/v1/airlines/UA"
CODINGS = ("br", "zstd", "gzip")
LATE = "Fri, 01 Jan 2100 00:00:00 GMT"
MISS = "roundtrip; fwd=uri-miss; stored"


@pytest.fixture(autouse=True)
def _empty_cache(app: Flask) -> None:
    forget(app)


@pytest.fixture
def responder(app: Flask) -> Responder:
    return responder_of(app)


def hit(client: FlaskClient, url: str, **headers: str) -> bool:
    return client.get(url, headers=headers).headers["Cache-Status"].startswith("roundtrip; hit")


def test_a_get_has_validators_freshness_and_server_timing(client: FlaskClient) -> None:
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert re.fullmatch(r'W/"[0-9a-f]{24}"', answer.headers["ETag"])
    assert parsedate_to_datetime(answer.headers["Last-Modified"]).tzinfo is not None
    assert answer.headers["Cache-Control"] == FRESHNESS.header()
    assert re.fullmatch(r"public, max-age=\d+, stale-while-revalidate=\d+", FRESHNESS.header())
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.headers["Cache-Groups"] == '"flights"'
    assert answer.headers["Cache-Status"] == MISS
    assert answer.headers["Age"] == "0"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert "rid;desc=" in answer.headers["Server-Timing"]


@pytest.mark.parametrize(
    "path",
    [
        "/flights",
        "/flights/1",
        "/airlines",
        "/airlines/UA",
        "/airports",
        "/airports/JFK",
        "/planes",
        "/planes/N14228",
        "/weather",
        "/delays",
        "/openapi.json",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_get_has_validators_freshness_and_server_timing(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(f"/api/v1{path}", method=method)
    assert answer.status_code == 200
    required = {
        "ETag",
        "Cache-Control",
        "Vary",
        "Cache-Status",
        "Server-Timing",
        "Content-Type",
        "Content-Length",
        "Age",
    }
    assert required <= set(answer.headers.keys())
    assert ("Last-Modified" in answer.headers) == (path != "/openapi.json")
    assert len(answer.headers.getlist("Vary")) == 1


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    got, head = client.get(URL), client.head(URL)
    assert head.data == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Last-Modified", "Link", "Vary", "Cache-Control"):
        assert head.headers[name] == got.headers[name]


def test_messagepack_has_the_same_values(client: FlaskClient) -> None:
    packed = client.get(URL, headers={"Accept": "application/msgpack"})
    assert packed.mimetype == "application/msgpack"
    assert ormsgpack.unpackb(packed.data) == client.get(URL).get_json()
    assert packed.headers["ETag"] != client.get(URL).headers["ETag"]


# One entry for one question


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/flights?fields=id,carrier", "/flights?fields=carrier,id,id"),
        ("/flights?fields=airline", "/flights?fields=airline.name,airline.carrier"),
        ("/flights?origin=JFK&dest=LAX", "/flights?dest=LAX&origin=JFK"),
        ("/flights", "/flights?limit=50&sort=departure"),
        ("/flights?limit=50", "/flights?fields=id,carrier,flight,origin,dest,sched_dep,dep_delay,arr_delay,status"),
        ("/flights?date=2013-05-05", "/flights?from=2013-05-05&to=2013-05-05"),
        ("/flights?origin=jfk", "/flights?origin=JFK"),
        ("/flights?flight=0015", "/flights?flight=15"),
        ("/flights?origin=J%46K", "/flights?origin=JFK"),
        ("/flights?", "/flights"),
        ("/airlines?q=air%20lines", "/airlines?q=air+lines"),
        ("/airports?served=true", "/airports?limit=50&served=true"),
        (
            "/delays?by=carrier",
            "/delays?by=carrier&fields=carrier,count,cancelled,diverted,on_time,delayed,on_time_share,mean_delay",
        ),
        ("/delays?by=month&date=2013-05-05", "/delays?from=2013-05-05&by=month&to=2013-05-05"),
        ("/weather?date=2013-05-05", "/weather?to=2013-05-05&from=2013-05-05"),
    ],
)
def test_two_spellings_of_one_question_share_one_entry(client: FlaskClient, one: str, other: str) -> None:
    first = client.get(f"/api/v1{one}")
    second = client.get(f"/api/v1{other}")
    assert first.headers["Cache-Status"] == MISS
    assert second.headers["Cache-Status"].startswith("roundtrip; hit; ttl=")
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/flights?origin=JFK", "/flights?dest=JFK"),
        ("/flights?fields=id", "/flights?fields=id,carrier"),
        ("/flights?limit=50", "/flights?limit=51"),
        ("/flights?sort=delay", "/flights?sort=-delay"),
        ("/flights?from=2013-05-05", "/flights?to=2013-05-05"),
        ("/flights/1", "/flights/2"),
        ("/airlines/UA", "/airlines?q=UA"),
        ("/delays?by=weekday,hour", "/delays?by=hour,weekday"),
        ("/airports?served=true", "/airports?served=false"),
        ("/airlines?q=a%26limit%3D5", "/airlines?q=a&limit=5"),
    ],
)
def test_different_questions_are_different_entries(client: FlaskClient, one: str, other: str) -> None:
    for url in (one, other):
        assert client.get(f"/api/v1{url}").headers["Cache-Status"] == MISS


def test_each_media_type_is_built_once_and_each_coding_made_of_it(app: Flask, client: FlaskClient) -> None:
    for accept in ("application/json", "application/msgpack"):
        for coding in ("identity", *CODINGS):
            headers = {"Accept": accept, "Accept-Encoding": coding}
            built = client.get(URL, headers=headers).headers["Cache-Status"] == MISS
            assert built == (coding == "identity")
            assert hit(client, URL, **headers)
    assert [set(entry.bodies) for entry in _stored(app).values()] == [{"identity", *CODINGS}] * 2


@pytest.mark.parametrize(
    "url", ["/api/v1/flights?limit=0", "/api/v1/airlines/XX", "/api/v1/flights/999999999", "/api/v1/nothing"]
)
def test_only_200s_are_kept(app: Flask, client: FlaskClient, url: str) -> None:
    for _ in range(2):
        answer = client.get(url)
        assert answer.status_code in (400, 404)
        assert answer.headers["Cache-Status"] == "roundtrip; fwd=bypass"
        assert answer.headers["Cache-Control"] == "no-store"
    assert _stored(app) == {}


def test_nothing_is_pickled(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError("something was pickled")

    for name in ("dump", "dumps", "load", "loads"):
        monkeypatch.setattr(pickle, name, refuse)
    for _ in range(2):
        assert client.get(URL, headers={"Accept-Encoding": "br"}).status_code == 200


def answered(responder: Responder, head: Head, timing: Timing) -> Answer:
    answer = responder.answer_part(head, timing, only_short=False)
    assert answer is not None
    return answer


def test_a_thousand_misses_at_once_are_one_statement(app: Flask, statements: list[str]) -> None:
    responder, head = responder_of(app), Head("GET", "/api/v1/flights", "dest=HNL")
    timings = [Timing() for _ in range(1000)]
    with ThreadPoolExecutor(100) as executor:
        answers = list(executor.map(lambda timing: answered(responder, head, timing), timings))
    assert len(statements) == 1
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1


# Freshness


class Clock:
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.later = 0.0

    def __call__(self) -> float:
        return self._now() + self.later


@pytest.fixture
def clock(responder: Responder, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(responder._cache._clock)
    monkeypatch.setattr(responder._cache, "_clock", clock)
    return clock


def test_a_hit_has_its_age_and_its_remaining_freshness(client: FlaskClient, clock: Clock) -> None:
    client.get(URL)
    clock.later = 10.5
    answer = client.get(URL)
    left = FRESHNESS.max_age - 10
    assert (answer.headers["Age"], answer.headers["Cache-Status"]) == ("10", f"roundtrip; hit; ttl={left}")


def test_a_stale_answer_is_given_at_once_and_renewed_in_the_background(
    client: FlaskClient, clock: Clock, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    real_build = Responder.build

    def build(self: Responder, *arguments: Any) -> Any:
        built.append(threading.current_thread().name)
        return real_build(self, *arguments)

    monkeypatch.setattr(Responder, "build", build)
    monkeypatch.setattr(time, "time", clock)
    gzip = {"Accept-Encoding": "gzip"}
    fresh = client.get(URL, headers=gzip)
    clock.later = FRESHNESS.max_age + 5
    renewing, may_renew = threading.Event(), threading.Event()
    responder._background.submit(_hold, renewing, may_renew)
    assert renewing.wait(60)
    for _ in range(3):
        stale = client.get(URL, headers=gzip)
        assert stale.headers["Cache-Status"] == "roundtrip; hit; ttl=-5"
        assert stale.headers["Age"] == str(FRESHNESS.max_age + 5)
        assert stale.data == fresh.data
        assert "db;dur" not in stale.headers["Server-Timing"]
    may_renew.set()
    responder._background.submit(lambda: None).result(60)
    assert len(built) == 2
    assert built[1].startswith("renew")
    renewed = client.get(URL, headers=gzip)
    assert renewed.headers["Cache-Status"] == f"roundtrip; hit; ttl={FRESHNESS.max_age}"
    assert renewed.headers["ETag"] == fresh.headers["ETag"]


def test_an_answer_past_its_stale_time_is_built_again(
    client: FlaskClient, clock: Clock, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(URL)
    backend: Any = responder_of(app)._cache._store
    seconds = FRESHNESS.max_age + FRESHNESS.stale
    real = backend._clock
    monkeypatch.setattr(backend, "_clock", lambda: real() + seconds)
    assert client.get(URL).headers["Cache-Status"] == MISS


# Conditional


def not_modified(answer: Any) -> bool:
    """Tell whether it is a 304 as it must be: with what a cache needs, without a body or a word of it."""
    if answer.status_code != 304:
        return False
    assert {"ETag", "Cache-Control", "Vary", "Last-Modified", "Server-Timing"} <= set(answer.headers.keys())
    assert not {"Content-Type", "Content-Length", "Content-Encoding"} & set(answer.headers.keys())
    assert answer.data == b""
    return True


@pytest.mark.parametrize("from_cache", [True, False])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accept", ["application/json", "application/msgpack"])
@pytest.mark.parametrize("coding", ["identity", *CODINGS])
def test_a_client_that_has_the_answer_gets_304(
    app: Flask, client: FlaskClient, coding: str, accept: str, method: str, from_cache: bool
) -> None:
    headers = {"Accept": accept, "Accept-Encoding": coding}
    etag = client.get(URL, headers=headers).headers["ETag"]
    if not from_cache:
        forget(app)
    assert not_modified(client.open(URL, method=method, headers={**headers, "If-None-Match": etag}))


def test_a_tag_is_good_for_every_coding_and_for_one_media_type(client: FlaskClient) -> None:
    etag = client.get(URL).headers["ETag"]
    for coding in CODINGS:
        assert client.get(URL, headers={"Accept-Encoding": coding}).headers["ETag"] == etag
        assert not_modified(client.get(URL, headers={"Accept-Encoding": coding, "If-None-Match": etag}))
    packed = {"Accept": "application/msgpack", "If-None-Match": etag}
    assert client.get(URL, headers=packed).status_code == 200


@pytest.mark.parametrize("form", ["{0}", "{1}", '"x", {0}', '{1} , "x"', "*"])
def test_the_tag_may_be_strong_in_a_list_or_any(client: FlaskClient, form: str) -> None:
    etag = client.get(URL).headers["ETag"]
    tags = form.format(etag, etag.removeprefix("W/"))
    assert not_modified(client.get(URL, headers={"If-None-Match": tags}))


def test_a_date_decides_if_there_is_no_tag(client: FlaskClient) -> None:
    loaded = client.get(URL).headers["Last-Modified"]
    assert not_modified(client.get(URL, headers={"If-Modified-Since": loaded}))
    assert not_modified(client.get(URL, headers={"If-Modified-Since": LATE}))
    for since in ("Mon, 01 Jan 2001 00:00:00 GMT", "yesterday", "", "0"):
        assert client.get(URL, headers={"If-Modified-Since": since}).status_code == 200
    assert client.get(URL, headers={"If-None-Match": '"x"', "If-Modified-Since": LATE}).status_code == 200


def test_the_document_is_conditional_too(client: FlaskClient) -> None:
    etag = client.get("/api/v1/openapi.json").headers["ETag"]
    answer = client.get("/api/v1/openapi.json", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")


@pytest.mark.parametrize("url", ["/api/v1/airlines/XX", "/api/v1/flights?limit=0"])
def test_no_condition_turns_an_error_into_a_304(client: FlaskClient, url: str) -> None:
    answer = client.get(url, headers={"If-None-Match": "*", "If-Modified-Since": LATE})
    assert answer.status_code in (400, 404)


# Compression


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("accept", ["application/json", "application/msgpack"])
def test_each_coding_decodes_to_the_plain_answer(client: FlaskClient, coding: str, accept: str) -> None:
    plain = client.get(URL, headers={"Accept": accept})
    coded = client.get(URL, headers={"Accept": accept, "Accept-Encoding": coding})
    assert "Content-Encoding" not in plain.headers
    assert coded.headers["Content-Encoding"] == coding
    assert coded.headers["Content-Length"] == str(len(coded.data))
    assert len(coded.data) < len(plain.data) / 2
    assert WHOLE[coding](coded.data) == plain.data


@pytest.mark.parametrize("coding", CODINGS)
def test_an_answer_is_compressed_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, coding: str) -> None:
    compressed = []
    real = compression.compress

    def compress(body: bytes, coding: str) -> bytes:
        compressed.append(coding)
        return real(body, coding)

    monkeypatch.setattr(response_cache, "compress", compress)
    for _ in range(3):
        client.get(URL, headers={"Accept-Encoding": coding})
        client.head(URL, headers={"Accept-Encoding": coding})
    assert compressed == [coding]


def test_all_codings_of_an_answer_share_one_statement(client: FlaskClient, statements: list[str]) -> None:
    for coding in ("gzip", "br", "identity", "zstd"):
        client.get(URL, headers={"Accept-Encoding": coding})
    assert len(statements) == 1


@pytest.mark.parametrize("coding", CODINGS)
def test_a_small_answer_is_not_compressed(client: FlaskClient, coding: str) -> None:
    answer = client.get(SMALL, headers={"Accept-Encoding": coding})
    assert "Content-Encoding" not in answer.headers
    assert answer.get_json() == {"carrier": "UA", "name": "United Air Lines Inc."}
    assert hit(client, SMALL, **{"Accept-Encoding": coding})


# The books


def spans(answer: Any) -> dict[str, float]:
    metrics = re.findall(r"([\w-]+);dur=([\d.]+)", answer.headers["Server-Timing"])
    return {name: float(duration) for name, duration in metrics}


def test_the_parts_are_at_most_the_whole(client: FlaskClient) -> None:
    for url in (URL, SMALL, "/api/v1/delays?by=hour", "/api/v1/flights?limit=200&fields=id,plane"):
        for _ in range(2):
            times = spans(client.get(url, headers={"Accept-Encoding": "br"}))
            whole_time = times.pop("app")
            assert sum(times.values()) <= whole_time + 0.0005 * len(times)  # each is rounded


def test_a_step_that_did_not_run_has_no_span(client: FlaskClient) -> None:
    assert list(spans(client.get(URL, headers={"Accept-Encoding": "br"}))) == [
        "app",
        "cache",
        "db",
        "serialize",
        "compress",
    ]
    assert list(spans(client.get(URL, headers={"Accept-Encoding": "gzip"}))) == ["app", "cache", "compress"]
    assert list(spans(client.get(URL, headers={"Accept-Encoding": "gzip"}))) == ["app", "cache"]
    assert list(spans(client.get("/api/v1/flights?limit=0"))) == ["app"]


def test_timings_are_never_stored(app: Flask, client: FlaskClient) -> None:
    rids = [re.findall(r'rid;desc="(\w+)"', client.get(URL).headers["Server-Timing"])[0] for _ in range(20)]
    assert len(set(rids)) == 20
    assert _stored(app)
    for stored in map(repr, _stored(app).values()):
        assert "Server-Timing" not in stored
        assert not any(rid in stored for rid in rids)


# RFC 9211 over RFC 8941: a token, then parameters whose values are tokens or integers.
CACHE_STATUS = re.compile(r"roundtrip(; (hit|stored|collapsed|ttl=-?\d+|fwd=(uri-miss|stale|bypass)))+")


@pytest.mark.parametrize("url", [URL, "/api/v1/nothing", "/api/v1/flights?limit=0", "/api/v1/openapi.json"])
def test_cache_status_follows_its_grammar(client: FlaskClient, url: str) -> None:
    for _ in range(2):
        assert CACHE_STATUS.fullmatch(client.get(url).headers["Cache-Status"])


def test_a_request_that_waits_for_another_is_collapsed_and_reports_its_wait(
    responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    building, waiting, may_finish = threading.Event(), threading.Event(), threading.Event()
    real_build, real_wait = Responder.build, Promise.kept

    def build(self: Responder, *arguments: Any) -> Any:
        building.set()
        assert may_finish.wait(60)
        return real_build(self, *arguments)

    def wait(promise: Promise) -> Entry:
        waiting.set()
        return real_wait(promise)

    monkeypatch.setattr(Responder, "build", build)
    monkeypatch.setattr(Promise, "kept", wait)
    head = Head("GET", "/api/v1/flights", "dest=ANC")
    ones, others = Timing(), Timing()
    with ThreadPoolExecutor(2) as executor:
        first = executor.submit(answered, responder, head, ones)
        assert building.wait(60)
        second = executor.submit(answered, responder, head, others)
        assert waiting.wait(60)
        time.sleep(0.05)
        may_finish.set()
        statuses = [dict(asked.result(60).headers)["Cache-Status"] for asked in (first, second)]
    assert statuses == [MISS, "roundtrip; fwd=uri-miss; collapsed"]
    assert "db" in ones.spans
    assert list(others.spans) == ["cache"]
    assert others.spans["cache"] >= 50
    assert ';desc="collapsed"' in others.header()
    assert ones.spans["cache"] < others.spans["cache"]


def test_every_route_answers_without_arguments_or_has_some_in_its_path(client: FlaskClient) -> None:
    for route in ROUTES:
        if "<" not in route.path:
            assert client.get(f"/api/v1{route.path}").status_code == 200


def _hold(begun: threading.Event, may_go_on: threading.Event) -> None:
    begun.set()
    assert may_go_on.wait(60)


def _stored(app: Flask) -> dict[str, Entry]:
    store: Any = responder_of(app)._cache._store
    return {key: value for key, (_, value) in store._values.items() if isinstance(value, Entry)}
