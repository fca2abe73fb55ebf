"""Hosts that are not ours and clients that ask too much are refused in front of the application, hits too."""

import re

import pytest
from flask.testing import FlaskClient
from support import Asking
from werkzeug.test import TestResponse

pytestmark = pytest.mark.at_both_doors

URL = "/api/v1/airlines"


def left(answer: TestResponse) -> int:
    found = re.fullmatch(r'"client";r=(\d+);t=\d+', answer.headers["RateLimit"])
    assert found
    return int(found[1])


def batch(client: FlaskClient, parts: int) -> TestResponse:
    requests = [{"id": str(number), "url": f"{URL}?limit={number + 1}"} for number in range(parts)]
    return client.post("/api/v1/batch", json={"requests": requests})


def test_each_answer_says_what_is_left(asking: Asking) -> None:
    client = asking(rate_limit="10/day")
    answers = [client.get(URL) for _ in ("miss", "hit")]
    assert [left(answer) for answer in answers] == [9, 8]
    assert answers[0].headers["RateLimit-Policy"] == '"client";q=10;w=86400'


def test_a_client_that_asks_too_much_is_told_when_to_come_again(asking: Asking) -> None:
    client = asking(rate_limit="2/day")
    assert [client.get(URL).status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = client.get(URL)
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["status"] == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 86400
    assert refused.headers["Cache-Control"] == "no-store"
    assert left(refused) == 0


def test_the_parts_of_a_batch_count_singly(asking: Asking) -> None:
    client = asking(rate_limit="10/day")
    answer = batch(client, 4)
    assert (answer.status_code, left(answer)) == (200, 6)
    assert left(client.get(URL)) == 5
    refused = batch(client, 6)
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert "Retry-After" in refused.headers


def test_each_client_has_its_own_and_a_household_of_ipv6_one(asking: Asking) -> None:
    client = asking(rate_limit="1/day")

    def ask(address: str) -> int:
        return client.get(URL, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [ask("192.0.2.1"), ask("192.0.2.1"), ask("192.0.2.2")] == [200, 429, 200]
    assert [ask("2001:db8:0:1::1"), ask("2001:db8:0:1:2::9"), ask("2001:db8:0:2::1")] == [200, 429, 200]


def test_pages_and_files_are_not_limited(asking: Asking) -> None:
    client = asking(rate_limit="1/day")
    for path in ("/", "/icon.svg") * 3:
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert "RateLimit" not in answer.headers


SPOOFED = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}


def test_a_client_cannot_say_that_it_is_another(asking: Asking) -> None:
    client = asking(rate_limit="1/day")
    answers = [client.get(URL, headers={**SPOOFED, "X-Forwarded-For": f"203.0.113.{number}"}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]


def test_behind_a_proxy_only_what_the_proxy_wrote_counts(asking: Asking) -> None:
    client = asking(rate_limit="1/day", trusted_proxies=1)

    def ask(forwarded: str) -> int:
        return client.get(URL, headers={"X-Forwarded-For": forwarded}).status_code

    assert ask("198.51.100.1") == 200
    assert ask("203.0.113.9, 198.51.100.1") == 429  # the left one is what the client claimed
    assert ask("198.51.100.1, 198.51.100.2") == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("flights.example.org", 200),
        ("flights.example.org:8443", 200),
        ("api.example.net", 200),
        ("example.net", 200),
        ("evil.example", 400),
        ("flights.example.org.evil.example", 400),
        ("notexample.net", 400),
        ("flights.example.org@evil.example", 400),
        ("", 400),
    ],
)
def test_only_our_hosts_are_served_at_the_door_too(asking: Asking, host: str, status: int) -> None:
    client = asking(trusted_hosts="flights.example.org, .example.net")
    for _ in ("miss", "hit"):
        answer = client.get(URL, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code == status
    assert "evil" not in answer.text


def test_without_the_setting_any_host_is_served(asking: Asking) -> None:
    assert asking().get(URL, headers={"Host": "anything.example"}).status_code == 200
