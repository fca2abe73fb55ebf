"""The slow service: it answers the product's own rows, late, and errors in the product's one shape."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from flask_roundtrip.wire import PROBLEM_JSON

from lab.companion import Companion
from lab.upstream import application

FIRST = {"id": 1, "origin": "EWR", "local_hour": "2013-01-01T01:00:00", "temp": 39.02, "wind_speed": 10.35702}


def ask(database: str, *paths: str, method: str = "GET") -> list[tuple[int, str, Any]]:
    """Ask all at once; return status, media type and body of each."""

    async def asked(session: aiohttp.ClientSession, path: str) -> tuple[int, str, Any]:
        async with session.request(method, path) as answer:
            return answer.status, answer.content_type, await answer.json(content_type=None)

    async def talk() -> list[tuple[int, str, Any]]:
        runner = web.AppRunner(application(database), shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
                return list(await asyncio.gather(*[asked(session, path) for path in paths]))
        finally:
            await runner.cleanup()

    return asyncio.run(talk())


def test_it_answers_the_row(database_path: Path) -> None:
    ((status, media_type, body),) = ask(str(database_path), "/weather/1")
    assert (status, media_type) == (200, "application/json")
    assert body == {**FIRST, "wind_speed": pytest.approx(FIRST["wind_speed"])}


def test_it_answers_what_the_database_has(database_path: Path) -> None:
    with closing(sqlite3.connect(f"{database_path.as_uri()}?mode=ro", uri=True)) as file:
        rows = file.execute(
            "SELECT id, origin, local_hour, temp, wind_speed FROM weather WHERE id % 1000 = 7 ORDER BY id"
        ).fetchall()
    answers = ask(str(database_path), *[f"/weather/{row[0]}" for row in rows])
    assert [tuple(body.values()) for _, _, body in answers] == rows


def test_it_answers_while_others_come_and_leave(database_path: Path) -> None:
    """The last connection to close a WAL file locks it: this service must wait that moment, not answer 503."""
    code = (
        "import sqlite3, sys\n"
        "while True:\n"
        "    file = sqlite3.connect(sys.argv[1]); file.execute('SELECT id FROM weather'); file.close()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(database_path)]) as other:
        try:
            answers = [ask(str(database_path), *["/weather/1"] * 100) for _ in range(5)]
        finally:
            other.kill()
    assert {status for some in answers for status, _, _ in some} == {200}


def test_it_waits_as_long_as_asked_for_many_at_once(database_path: Path) -> None:
    begun = time.monotonic()
    answers = ask(str(database_path), *[f"/weather/{number}?delay=200" for number in range(1, 31)])
    took = time.monotonic() - begun
    assert [body["id"] for _, _, body in answers] == list(range(1, 31))
    assert 0.2 <= took < 30 * 0.2


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/weather/one", "id is a whole number"),
        ("/weather/0", "id is a whole number"),
        ("/weather/-1", "id is a whole number"),
        ("/weather/9223372036854775808", "id is a whole number"),
        ("/weather/%D9%A1", "id is a whole number"),
        ("/weather/1?delay=2001", "delay is a whole number from 0 to 2000"),
        ("/weather/1?delay=-1", "delay is"),
        ("/weather/1?delay=1.5", "delay is"),
        ("/weather/1?delay=", "delay is"),
        ("/weather/1?delay=1&delay=2", "once"),
        ("/weather/1?speed=1", "Only delay"),
    ],
)
def test_bad_input_is_a_problem(database_path: Path, path: str, says: str) -> None:
    ((status, media_type, body),) = ask(str(database_path), path)
    assert (status, media_type) == (400, PROBLEM_JSON)
    assert body["status"] == 400
    assert says in body["detail"]


@pytest.mark.parametrize("path", ["/weather/26116", "/weather/9223372036854775807", "/weather", "/", "/weather/1/2"])
def test_a_missing_row_or_path_is_a_problem(database_path: Path, path: str) -> None:
    ((status, media_type, body),) = ask(str(database_path), path)
    assert (status, media_type, body["title"]) == (404, PROBLEM_JSON, "Not Found")


def test_the_service_only_reads_the_database(database_path: Path) -> None:
    ((status, media_type, _),) = ask(str(database_path), "/weather/1", method="POST")
    assert (status, media_type) == (405, PROBLEM_JSON)


@pytest.mark.parametrize("name", ["", "none.sqlite3", "not a database ?#%.sqlite3"])
def test_without_a_readable_database_it_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "not a database ?#%.sqlite3").write_bytes(b"this is none" * 100)
    ((status, media_type, body),) = ask(str(tmp_path / name) if name else "", "/weather/1")
    assert (status, media_type) == (503, PROBLEM_JSON)
    assert "database" in body["detail"]
    assert not (tmp_path / "none.sqlite3").exists()


def test_the_companion_has_one(database_path: Path) -> None:
    links = Companion(64_000, str(database_path))
    try:
        connection = HTTPConnection(links.upstream.removeprefix("http://"), timeout=30)
        with closing(connection):
            begun = time.monotonic()
            connection.request("GET", "/weather/1?delay=50")
            with connection.getresponse() as answer:
                assert answer.status == 200
                assert b'"EWR"' in answer.read()
            assert time.monotonic() - begun >= 0.05
    finally:
        links.stop()
