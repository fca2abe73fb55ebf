"""The answers that Varnish stores, and for how long: our VCL in front of a server with chosen answers."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from origin import PAUSE, Origin, Said, public, wait_for


def test_a_public_answer_is_stored_for_its_max_age(api: Origin) -> None:
    path = api.says(public("max-age=60"))
    assert api.told(path) == (200, b"hello", "varnish; fwd=uri-miss; stored")
    status, body, cache = api.told(path)
    assert (status, body) == (200, b"hello")
    assert cache in ("varnish; hit; ttl=60", "varnish; hit; ttl=59")
    assert len(api.asked) == 1


def test_s_maxage_has_precedence_over_max_age(api: Origin) -> None:
    path = api.says(public("max-age=0, s-maxage=60"))
    api.told(path)
    assert "hit" in api.told(path)[2]
    path = api.says(public("max-age=60, s-maxage=0"))
    api.told(path)
    assert "hit" not in api.told(path)[2]


NEVER = [
    {},
    {"Cache-Control": "no-store"},
    {"Cache-Control": "private, max-age=60"},
    {"Cache-Control": "no-cache, max-age=60"},
    {"Cache-Control": "public, max-age=60", "Set-Cookie": "session=secret"},
    {"Cache-Control": "public, max-age=60", "Vary": "*"},
]


@pytest.mark.parametrize("headers", NEVER)
def test_an_answer_that_is_not_public_is_never_stored(api: Origin, headers: dict[str, str]) -> None:
    path = api.says(Said(headers=headers, body=b"mine"), Said(headers=headers, body=b"yours"))
    assert api.told(path) == (200, b"mine", "varnish; fwd=uri-miss")
    assert api.told(path) == (200, b"yours", "varnish; fwd=uri-miss")


def test_the_answer_to_a_request_with_an_identity_is_given_to_nobody_else(api: Origin) -> None:
    path = api.says(public("max-age=60", body=b"mine"), public("max-age=60", body=b"anybody's"))
    assert api.told(path, Authorization="Bearer x") == (200, b"mine", "varnish; fwd=bypass")
    assert api.told(path) == (200, b"anybody's", "varnish; fwd=uri-miss; stored")
    assert api.told(path, Cookie="a=b")[1:] in ((b"anybody's", f"varnish; hit; ttl={ttl}") for ttl in (59, 60))


def test_the_rate_limit_of_one_client_is_told_to_nobody_else(api: Origin) -> None:
    limits = {"RateLimit": '"default";r=5;t=30', "RateLimit-Policy": '"default";q=10;w=60'}
    path = api.says(Said(headers={"Cache-Control": "public, max-age=60", **limits}))
    for _ in range(2):
        assert not limits.keys() & set(api.ask(path)[2].keys())
    assert len(api.asked) == 1


def test_a_stale_answer_is_given_while_a_new_one_is_made(api: Origin) -> None:
    path = api.says(public("max-age=1, stale-while-revalidate=60"), public("max-age=60", body=b"new", takes=0.5))
    api.told(path)
    time.sleep(PAUSE)
    status, body, cache = api.told(path)
    assert (status, body) == (200, b"hello")
    assert cache in ("varnish; hit; ttl=0", "varnish; hit; ttl=-1")
    wait_for(lambda: api.told(path)[1] == b"new")
    assert len(api.asked) == 2


def test_an_answer_past_stale_while_revalidate_is_not_given_while_the_api_can_answer(api: Origin) -> None:
    path = api.says(public("max-age=1"), public("max-age=60", body=b"new"))
    api.told(path)
    time.sleep(PAUSE)
    assert api.told(path) == (200, b"new", "varnish; fwd=stale; stored")


@pytest.mark.parametrize("healthy", [True, False])
def test_such_an_answer_is_given_while_the_api_cannot_answer(api: Origin, healthy: bool) -> None:
    path = api.says(public("max-age=1"), Said(503, b"no"))
    api.told(path)
    api.healthy = healthy
    time.sleep(4)
    status, body, cache = api.told(path)
    assert (status, body) == (200, b"hello")
    assert "varnish; hit; ttl=-" in cache


def test_it_is_given_for_no_longer_than_stale_if_error(api: Origin) -> None:
    path = api.says(public("max-age=1, stale-if-error=1"), Said(503, b"no"))
    api.told(path)
    time.sleep(3)
    assert api.told(path)[:2] == (503, b"no")


def test_an_answer_cut_short_is_fetched_again(api: Origin) -> None:
    path = api.says(public("max-age=60", cut=True), public("max-age=60"))
    assert api.told(path) == (200, b"hello", "varnish; fwd=uri-miss; stored")
    assert len(api.asked) == 2


def test_if_each_answer_is_cut_short_the_client_gets_a_problem(api: Origin) -> None:
    path = api.says(public("max-age=60", cut=True))
    status, _, headers = api.ask(path)
    assert (status, headers["Content-Type"]) == (503, "application/problem+json")
    assert headers["Cache-Control"] == "no-store"
    assert 2 <= len(api.asked) <= 6


def test_requests_at_once_wait_for_one_fetch(api: Origin) -> None:
    path = api.says(public("max-age=60", takes=0.5))
    with ThreadPoolExecutor(30) as pool:
        assert {told[:2] for told in pool.map(lambda _: api.told(path), range(30))} == {(200, b"hello")}
    assert len(api.asked) == 1


def test_requests_for_private_answers_do_not_wait_for_each_other(api: Origin) -> None:
    path = api.says(Said(headers={"Cache-Control": "no-store"}, takes=0.3))
    api.told(path)
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: api.told(path), range(20)))
    assert time.monotonic() - began < 2


def test_a_client_can_neither_set_internal_headers_nor_empty_the_cache(api: Origin) -> None:
    path = api.says(public("max-age=60"))
    api.told(path, X_Stale="refused", X_Cache="hit", Range="bytes=0-1", X_Forwarded_For="192.0.2.7")
    asked = {name.lower(): value for name, value in api.asked[0].items()}
    assert asked["x-forwarded-for"] == "192.0.2.7"
    assert not {"x-stale", "x-cache", "range", "via"} & asked.keys()
    assert api.told(path, Cache_Control="no-cache", Pragma="no-cache", Range="bytes=0-1")[:2] == (200, b"hello")
    assert len(api.asked) == 1


def test_a_hit_tells_the_trace_of_the_request_that_it_answers_and_of_no_other(api: Origin) -> None:
    first, second = (f"00-{digit * 32}-b7ad6b7169203331-01" for digit in "12")
    told = f'traceparent;desc="{first}"'
    path = api.says(Said(headers={"Cache-Control": "public, max-age=60", "Server-Timing": told}))
    assert api.ask(path, traceparent=first)[2]["Server-Timing"] == told
    assert api.asked[0]["traceparent"] == first
    hit = 'rid;desc="0123456789abcdef", cache;desc="hit"'
    assert api.ask(path, traceparent=second)[2]["Server-Timing"] == f'{hit}, traceparent;desc="{second}"'
    assert api.ask(path)[2]["Server-Timing"] == hit
    assert api.ask(path, traceparent=f'{second}", app;dur=9')[2]["Server-Timing"] == hit
