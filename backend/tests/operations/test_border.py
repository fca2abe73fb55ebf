"""Each request has one id from the edge to the SQL; a client's own headers do not change it."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask_roundtrip.doors.layers import Layered
from support import Asking

from roundtrip.operations.border import LONGEST_QUEUE, Border, Exchange

pytestmark = pytest.mark.at_both_doors

RID = "0123456789abcdef0123456789abcdef"
URL = "/api/v1/airlines"


def rid_of(answer: Any) -> str:
    found = re.search(r'rid;desc="([^"]*)"', answer.headers["Server-Timing"])
    assert found
    return found[1]


@pytest.mark.usefixtures("lines")
def test_the_edge_names_a_request_behind_the_door_and_at_it(asking: Asking) -> None:
    client = asking(log_format="json", trusted_proxies=1)
    for _ in ("behind", "at"):
        assert rid_of(client.get(URL, headers={"X-Request-ID": RID})) == RID
    assert rid_of(client.post("/api/v1/batch", json={"requests": []}, headers={"X-Request-ID": RID})) == RID


def test_the_edge_names_a_request_where_nothing_is_logged_or_counted(asking: Asking) -> None:
    assert rid_of(asking(trusted_proxies=1).get(URL, headers={"X-Request-ID": RID})) == RID


@pytest.mark.usefixtures("lines")
def test_without_a_trusted_proxy_nobody_names_a_request(asking: Asking) -> None:
    client = asking(log_format="json")
    for _ in ("behind", "at"):
        assert rid_of(client.get(URL, headers={"X-Request-ID": RID})) != RID


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    "name", ["short", "x" * 65, 'a"quote"12', "with space 12", "tab\tseparated", "ünïcödé-12345", ""]
)
def test_a_name_of_another_form_is_not_taken(asking: Asking, name: str) -> None:
    client = asking(log_format="json", trusted_proxies=1)
    answer = client.get(URL, environ_overrides={"HTTP_X_REQUEST_ID": name})
    assert re.fullmatch("[0-9a-f]{16}", rid_of(answer))


def test_a_slow_statement_is_logged_with_the_name_of_its_request(
    asking: Asking, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asking(log_format="json", trusted_proxies=1, slow_statement=1)
    monkeypatch.setattr("roundtrip.operations.slow_statements.perf_counter", iter(range(1000)).__next__)
    client.get(f"{URL}?limit=3", headers={"X-Request-ID": RID})
    part = {"id": "1", "url": f"{URL}?limit=4"}
    client.post("/api/v1/batch", json={"requests": [part]}, headers={"X-Request-ID": f"{RID}-batch"})
    slow = [line for line in lines if line["logger"].endswith("slow_statements")]
    assert [line["rid"] for line in slow] == [RID, f"{RID}-batch"]
    for line in slow:
        assert line["sql"].startswith("SELECT airlines.carrier")
        assert line["ms"] == 1000
        assert RID not in line["sql"]
        assert f"(rid {line['rid']})" in line["message"]


def test_a_quick_statement_is_not_logged(asking: Asking, lines: list[dict[str, Any]]) -> None:
    asking(log_format="json", slow_statement=60_000).get(URL)
    assert [line["logger"] for line in lines] == ["roundtrip.requests"]


def test_a_failure_is_logged_with_the_name_of_its_request(
    asking: Asking, lines: list[dict[str, Any]], tmp_path: Path
) -> None:
    client = asking(log_format="json", trusted_proxies=1, database_url=f"sqlite:///{tmp_path / 'empty'}")
    assert client.get(f"{URL}/UA", headers={"X-Request-ID": RID}).status_code == 500
    failure, request = lines
    assert "no such table" in failure["exception"]
    assert failure["rid"] == request["rid"] == RID


def queued(header: str) -> float | None:
    seen: list[Exchange] = []
    border = Border([seen.append], trusted=True)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_X_REQUEST_START": header}
    border.enter(environ)
    border.leave(environ, 200)
    return seen[0].queued


def test_the_wait_since_the_edge_is_told() -> None:
    waited = queued(f"t={time.time() - 0.25:.3f}")
    assert waited is not None
    assert 0.24 < waited < 30


@pytest.mark.parametrize(
    "header", ["", "t=", "1700000000.000", "t=1700000000", "t=nan", f"t={time.time() - 2 * LONGEST_QUEUE:.3f}"]
)
def test_a_wait_that_cannot_be_is_not(header: str) -> None:
    assert queued(header) is None


def test_a_clock_that_runs_ahead_makes_no_negative_wait() -> None:
    assert queued(f"t={time.time() + 5:.3f}") == 0


def test_an_application_that_fails_is_told_as_500() -> None:
    seen: list[Exchange] = []

    def failing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Layered(failing, [Border([seen.append], trusted=False)])({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert [exchange.status for exchange in seen] == [500]
