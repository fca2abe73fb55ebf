"""The log has one line of JSON for each request, and no text in it can look like another line."""

import logging
import sys
import time
from contextlib import suppress
from typing import Any

import orjson
import pytest
from support import Asking

from roundtrip.operations import logs
from roundtrip.operations.border import Exchange

pytestmark = pytest.mark.at_both_doors

URL = "/api/v1/airlines"


def test_a_request_is_one_line(asking: Asking, lines: list[dict[str, Any]]) -> None:
    client = asking(log_format="json")
    answers = [client.get(URL, query_string="limit=3", headers={"User-Agent": "test"}) for _ in ("miss", "hit")]
    miss, hit = lines
    for line, answer in zip(lines, answers, strict=True):
        assert f'desc="{line["rid"]}"' in answer.headers["Server-Timing"]
        assert (line["method"], line["path"], line["query"], line["status"]) == ("GET", URL, "limit=3", 200)
        assert (line["route"], line["agent"], line["level"]) == (URL, "test", "info")
        assert line["ms"] > 0
        assert line["time"].endswith("+00:00")
    assert (miss["cache"], miss["statements"], hit["cache"], hit["statements"]) == ("miss", 1, "hit", 0)
    assert miss["db_ms"] > 0


def test_a_batch_is_one_line_with_the_number_of_its_parts(asking: Asking, lines: list[dict[str, Any]]) -> None:
    client = asking(log_format="json")
    requests = [{"id": str(number), "url": f"{URL}?limit={number + 1}"} for number in range(3)]
    client.post("/api/v1/batch", json={"requests": requests}).close()
    [line] = lines
    assert (line["route"], line["parts"], line["statements"]) == ("/api/v1/batch", 3, 3)


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/", "/", 200),
        ("/flights/17", "/flights/<int:flight>", 200),
        ("/icon.svg", "(file)", 200),
        ("/api/v1/flights/17", "/api/v1/flights/<int:id>", 200),
        ("/api/v1/flights/x", "(none)", 404),
        ("/nowhere", "(none)", 404),
    ],
)
def test_a_route_is_one_name_for_all_its_addresses(
    asking: Asking, lines: list[dict[str, Any]], path: str, route: str, status: int
) -> None:
    asking(log_format="json").get(path).close()
    assert [(line["route"], line["status"]) for line in lines] == [(route, status)]


def test_nothing_that_is_asked_makes_a_line_of_its_own(asking: Asking, lines: list[dict[str, Any]]) -> None:
    client = asking(log_format="json")
    client.get('/%0A{"level":"error"}%FF%ED%A0%80', query_string="q=%0A\xff", headers={"User-Agent": "x\t" * 500})
    [line] = lines
    assert line["path"].startswith('/\n{"level":"error"}')
    assert len(line["agent"]) == logs.LONGEST_AGENT


def test_every_record_is_json_with_its_traceback() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "it %s", ("failed",), (ValueError, error, error.__traceback__)
        )
    line = logs.JsonLines().format(record)
    assert "\n" not in line
    told = orjson.loads(line)
    assert (told["message"], told["level"], told["logger"]) == ("it failed", "error", "x")
    assert told["exception"].endswith("ValueError: no")


def test_lines_are_written_together_and_the_last_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    log = logs.RequestLog()
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/"}
    for rid in ("first", "second"):
        log.note(Exchange(environ, rid, 200, 0.001, None, None, None))
    log.flush()  # as at the end of the process
    assert [orjson.loads(line)["rid"] for line in capsys.readouterr().out.splitlines()] == ["first", "second"]


def test_a_full_disk_loses_lines_and_the_log_goes_on_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logs.RequestLog()

    def taken(rid: str) -> bool:
        log.note(Exchange({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, rid, 200, 0.001, None, None, None))
        end = time.monotonic() + 30
        while log._lines and time.monotonic() < end:  # until the thread that writes has taken them
            time.sleep(0.01)
        return not log._lines

    with suppress(OSError), open("/dev/full", "w") as full, monkeypatch.context() as patch:  # closing it fails, too
        patch.setattr(sys, "stdout", full)
        assert taken("first")
        assert taken("second")
    assert taken("third")
    end, written = time.monotonic() + 30, ""
    while '"rid":"third"' not in written:  # taken is not yet written
        assert time.monotonic() < end
        written += capsys.readouterr().out


def test_by_default_there_is_no_log(asking: Asking, lines: list[dict[str, Any]]) -> None:
    asking().get(URL)
    assert lines == []
