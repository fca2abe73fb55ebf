"""A stale answer stays stored until a fresh one comes, so that Varnish has it when the API is away."""

import time
from threading import Lock

import pytest
from origin import PAUSE, Origin, Said, public, wait_for

STALE = "max-age=1, stale-while-revalidate=60"
NOTHING_FRESH = {
    "stale in the API's own cache": public(STALE, body=b"other", Age="5"),
    "max-age=0": public("max-age=0", body=b"other"),
    "429": Said(429, b"other", {"Cache-Control": "no-store"}),
    "500": Said(500, b"other"),
    "503": Said(503, b"other", {"Cache-Control": "no-store", "Retry-After": "1"}),
    "an answer cut short": public(STALE, body=b"other", cut=True),
}


@pytest.mark.parametrize("nothing_fresh", NOTHING_FRESH.values(), ids=NOTHING_FRESH)
def test_a_background_fetch_without_a_fresh_answer_leaves_the_stored_one(api: Origin, nothing_fresh: Said) -> None:
    path = api.says(public(STALE), nothing_fresh)
    api.told(path)
    time.sleep(PAUSE)
    for fetches in (2, 3):
        status, body, cache = api.told(path)
        assert (status, body) == (200, b"hello")
        assert "varnish; hit; ttl=-" in cache or "varnish; hit; ttl=0" in cache
        wait_for(lambda: len(api.asked) >= fetches)  # noqa: B023  it is called in this round
        time.sleep(0.1)


@pytest.mark.parametrize(
    "failure",
    [Said(429, b"no", {"Cache-Control": "no-store"}), Said(500, b"no"), public(STALE, body=b"old", Age="100")],
    ids=["429", "500", "too old in the API's own cache"],
)
def test_a_fetch_that_a_client_waits_for_leaves_it_too(api: Origin, failure: Said) -> None:
    path = api.says(public("max-age=1"), failure)  # no stale-while-revalidate: after a second the API is asked first
    api.told(path)
    time.sleep(PAUSE)
    for _ in "12":
        assert api.told(path)[:2] == (200, b"hello")
    assert len(api.asked) == 3


@pytest.mark.parametrize(
    "news",
    [
        Said(404, b"gone", {"Cache-Control": "no-store"}),
        Said(200, b"mine", {"Cache-Control": "private, max-age=60"}),
        Said(200, b"mine", {"Cache-Control": "no-store"}),
        Said(200, b"mine", {"Cache-Control": "no-cache"}),
    ],
    ids=["404", "private", "no-store", "no-cache"],
)
def test_news_takes_the_place_of_a_stored_answer(api: Origin, news: Said) -> None:
    path = api.says(public(STALE), news)
    api.told(path)
    time.sleep(PAUSE)
    assert api.told(path)[1] == b"hello"
    wait_for(lambda: api.told(path)[:2] == (news.status, news.body))


def test_an_answer_that_is_stale_when_it_comes_is_stored_as_stale(api: Origin) -> None:
    path = api.says(public(STALE, Age="5"), Said(503, b"no"))
    assert api.told(path) == (200, b"hello", "varnish; fwd=uri-miss; stored")
    for _ in "12":
        assert api.told(path) == (200, b"hello", "varnish; hit; ttl=-4")
        time.sleep(0.1)


def test_one_that_may_not_be_used_stale_is_not_stored_when_it_comes_stale(api: Origin) -> None:
    path = api.says(public("max-age=1", Age="5"), Said(503, b"no"))
    assert api.told(path) == (200, b"hello", "varnish; fwd=uri-miss")
    assert api.told(path)[0] == 503


@pytest.mark.parametrize("word", ["must-revalidate", "proxy-revalidate", "s-maxage=1"])
def test_a_word_that_forbids_stale_answers_ends_them(api: Origin, word: str) -> None:
    path = api.says(public(f"max-age=1, stale-while-revalidate=60, stale-if-error=60, {word}"), Said(503, b"no"))
    assert api.told(path)[2] == "varnish; fwd=uri-miss; stored"
    assert "varnish; hit" in api.told(path)[2]
    time.sleep(PAUSE)
    assert api.told(path)[:2] == (503, b"no")


class CachedApi:
    """Answers as the API does when Redis and Varnish expire together: stale, and the renewal comes a little later."""

    def __init__(self) -> None:
        self.made = time.monotonic()
        self.renewals = 0
        self.lock = Lock()

    def __call__(self, _: dict[str, str]) -> Said:
        with self.lock:
            age = int(time.monotonic() - self.made)
            if age > 1:
                self.made, self.renewals = time.monotonic(), self.renewals + 1
        return public(STALE, Age=str(age))


def test_all_that_was_answered_within_its_stale_window_is_answered_while_the_api_is_paused(api: Origin) -> None:
    keys = 26
    caches = [CachedApi() for _ in range(keys)]
    paths = [api.decides(cache) for cache in caches]
    for _ in range(3):  # expiries
        for path in paths:
            assert api.told(path)[:2] == (200, b"hello")
        time.sleep(2.2)
    assert sum(cache.renewals for cache in caches) >= keys
    api.running.clear()
    for _ in range(3):
        for path in paths:
            began = time.monotonic()
            assert api.told(path)[:2] == (200, b"hello")
            assert time.monotonic() - began < 1
        time.sleep(1.5)  # meanwhile Varnish finds out that the API does not answer
