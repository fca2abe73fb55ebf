"""Varnish with the real API behind it."""

import json
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPSConnection

import pytest

from .stack import API, PORT, TLS, ask, batch, never_asked, never_listed, purge


def test_a_second_client_is_answered_by_varnish() -> None:
    url = never_asked()
    first, second = ask(url), ask(url)
    assert first["Cache-Status"] == "roundtrip; fwd=uri-miss; stored, varnish; fwd=uri-miss; stored"
    assert re.fullmatch(r"roundtrip; fwd=uri-miss; stored, varnish; hit; ttl=\d+", second["Cache-Status"])
    assert second.body == first.body
    assert second["Server-Timing"] == f'rid;desc="{second["X-Request-ID"]}", cache;desc="hit"'  # not the first one's


def test_spellings_of_one_request_share_an_entry_and_each_coding_has_its_own() -> None:
    limit = random.randrange(2, 100)
    ask(f"{API}/flights?origin=JFK&limit={limit}", Accept_Encoding="br")
    for spelling in ("gzip, deflate, br, zstd", "gzip;q=0.5, BR"):
        again = ask(f"{API}/flights?limit={limit}&origin=JFK", Accept_Encoding=spelling, Accept="application/json, */*")
        assert "varnish; hit" in again["Cache-Status"]
        assert again["Content-Encoding"] == "br"
    for accepted, coding in (("zstd, gzip", "zstd"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("deflate", "")):
        assert ask(f"{API}/flights?origin=JFK&limit={limit}", Accept_Encoding=accepted)["Content-Encoding"] == coding
    other = ask(f"{API}/flights?origin=JFK&limit={limit}", Accept="application/msgpack")
    assert other["Content-Type"] == "application/msgpack"


def test_a_client_that_has_the_answer_gets_304() -> None:
    url = never_asked()
    etag = ask(url)["ETag"]
    again = ask(url, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    assert "varnish; hit" in again["Cache-Status"]


@pytest.mark.parametrize("header", [{"Authorization": "Bearer x"}, {"Cookie": "session=x"}])
def test_a_request_with_an_identity_is_neither_answered_from_the_cache_nor_stored(header: dict[str, str]) -> None:
    url = never_asked()
    for _ in "12":
        assert ask(url, **header)["Cache-Status"].endswith("varnish; fwd=bypass")
    assert "varnish; fwd=uri-miss" in ask(url)["Cache-Status"]
    assert ask(url, **header)["Cache-Status"].endswith("varnish; fwd=bypass")


def test_an_error_is_not_stored() -> None:
    for _ in "12":
        answer = ask(f"{API}/airlines/ZZ")
        assert answer.status == 404
        assert answer["Cache-Status"] == "roundtrip; fwd=bypass, varnish; fwd=uri-miss"


def test_many_requests_at_once_for_one_answer_are_one_request_to_the_api() -> None:
    url = never_listed()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ask(url), range(50)))
    assert {answer.status for answer in answers} == {200}
    assert len([1 for answer in answers if "varnish; fwd=uri-miss" in answer["Cache-Status"]]) == 1


def test_a_batch_comes_line_by_line() -> None:
    body = batch([never_listed() for _ in range(20)])
    connection = HTTPSConnection("localhost", PORT, timeout=20, context=TLS)
    kinds = {"Content-Type": "application/json", "Accept": "application/x-ndjson"}
    connection.request("POST", f"{API}/batch", body, kinds)
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Type"]) == (200, "application/x-ndjson")
    arrivals, told = [], b""
    while piece := response.read1(1 << 20):
        arrivals.append(time.monotonic())
        told += piece
    lines = [json.loads(line) for line in told.splitlines()]
    assert sorted(int(line["id"]) for line in lines) == list(range(20))
    assert {line["status"] for line in lines} == {200}
    assert len({round(arrival, 3) for arrival in arrivals}) > 3  # not all at the end
    connection.close()


def test_the_api_purges_a_group_and_the_old_answer_is_given_once_more() -> None:
    url = never_asked()
    assert '"flights"' in ask(url)["Cache-Groups"]
    assert re.search(r"varnish; hit; ttl=[1-9]", ask(url)["Cache-Status"])
    assert purge('"flights"') >= 1
    assert re.search(r"varnish; hit; ttl=(0|-)", ask(url)["Cache-Status"])
    time.sleep(1)
    assert re.search(r"varnish; hit; ttl=[1-9]", ask(url)["Cache-Status"])
