"""The metrics count each request once, under few names, for any layer that answers."""

import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from flask_roundtrip.respond import Responder
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Answer, Head, NotNow
from prometheus_client import REGISTRY
from support import Asking

pytestmark = pytest.mark.at_both_doors

URL = "/api/v1/airlines"


@pytest.fixture
def client(asking: Asking) -> FlaskClient:
    return asking(metrics="on", rate_limit="1000/hour", trusted_hosts="localhost")


@pytest.fixture
def more() -> Callable[..., float]:
    """Return a function that returns the growth of a sample since its last call."""
    seen: dict[str, float] = {}

    def more(name: str, **labels: str) -> float:
        value = REGISTRY.get_sample_value(name, labels) or 0.0
        key = f"{name}{sorted(labels.items())}"
        grown = value - seen.get(key, 0.0)
        seen[key] = value
        return grown

    return more


def test_a_request_is_counted_once_by_any_layer_that_answers(client: FlaskClient, more: Callable[..., float]) -> None:
    labels = {"route": f"{URL}/<code:carrier>", "method": "GET", "status": "2xx"}
    for result in ("miss", "hit"):
        more("roundtrip_request_seconds_count", **labels, cache=result)
    more("roundtrip_statements_total", route="/api/v1/airlines/<code:carrier>")
    for _ in range(3):
        assert client.get(f"{URL}/UA").status_code == 200
    assert more("roundtrip_request_seconds_count", **labels, cache="miss") == 1
    assert more("roundtrip_request_seconds_count", **labels, cache="hit") == 2
    assert more("roundtrip_statements_total", route="/api/v1/airlines/<code:carrier>") == 1
    assert more("roundtrip_sql_seconds_sum", route="/api/v1/airlines/<code:carrier>") > 0


def test_a_batch_is_counted_with_its_parts(client: FlaskClient, more: Callable[..., float]) -> None:
    names = ("roundtrip_batch_parts_count", "roundtrip_batch_parts_sum")
    for name in names:
        more(name)
    found = {"route": "/api/v1/airlines/<code:carrier>", "status": "2xx", "cache": "miss"}
    missing = {**found, "status": "4xx"}
    for labels in (found, missing):
        more("roundtrip_part_seconds_count", **labels)
    urls = [f"{URL}/UA", f"{URL}/DL", f"{URL}/XX"]
    client.post("/api/v1/batch", json={"requests": [{"id": url, "url": url} for url in urls]}).close()
    assert [more(name) for name in names] == [1, 3]
    assert more("roundtrip_part_seconds_count", **found) == 2
    assert more("roundtrip_part_seconds_count", **missing) == 1


@pytest.mark.parametrize(
    ("method", "path", "host", "labels"),
    [
        ("GET", "/api/v1/nowhere", "localhost", {"route": "(none)", "method": "GET", "status": "4xx"}),
        ("BREW", "/coffee", "localhost", {"route": "(none)", "method": "other", "status": "4xx"}),
        ("GET", "/", "evil.example", {"route": "(refused)", "method": "GET", "status": "4xx"}),
        ("GET", "/icon.svg", "localhost", {"route": "(file)", "method": "GET", "status": "2xx"}),
    ],
)
def test_any_address_makes_only_few_label_values(
    client: FlaskClient, more: Callable[..., float], method: str, path: str, host: str, labels: dict[str, str]
) -> None:
    labels = {**labels, "cache": ""}
    more("roundtrip_request_seconds_count", **labels)
    client.open(path, method=method, headers={"Host": host}).close()
    assert more("roundtrip_request_seconds_count", **labels) == 1


def test_a_batch_is_under_way_until_its_last_part_is_done(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    may_finish = threading.Event()
    answer_part = Responder.answer_part

    def hold(responder: Responder, head: Head, timing: Timing, only_short: bool) -> Answer | None:
        if only_short and head.query:
            raise NotNow
        assert only_short or may_finish.wait(60)
        return answer_part(responder, head, timing, only_short)

    monkeypatch.setattr(Responder, "answer_part", hold)
    client.get(URL)  # a hit is told at once
    parts = {"requests": [{"id": "hit", "url": URL}, {"id": "held", "url": f"{URL}?limit=2"}]}
    before = REGISTRY.get_sample_value("roundtrip_in_flight") or 0
    answer = client.post("/api/v1/batch", json=parts, headers={"Accept": "application/x-ndjson"}, buffered=False)
    assert REGISTRY.get_sample_value("roundtrip_in_flight") == before + 1
    may_finish.set()
    assert answer.data.count(b'"status":200') == 2
    answer.close()
    assert REGISTRY.get_sample_value("roundtrip_in_flight") == before


def test_prometheus_can_read_the_metrics(client: FlaskClient) -> None:
    client.get(URL)
    answer = client.get("/metrics", headers={"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    assert "# TYPE roundtrip_request_seconds histogram" in answer.text
    assert "\nroundtrip_in_flight " in answer.text


def test_by_default_there_are_no_metrics(asking: Asking) -> None:
    assert asking().get("/metrics").status_code == 404
