"""A slow service, as a server may have to call one: GET /weather/<id>?delay=<ms> answers a row after the delay.

The row is an hour of weather of the product: {"id", "origin", "local_hour", "temp", "wind_speed"}, in degrees
Fahrenheit and miles per hour. So a side that calls this service can be compared with a side that asks the database.
The delay is 0 to 2,000 ms, by default 0. Errors are application/problem+json: 400 for a wrong request, 404 for a row
that does not exist, 503 if the database cannot be read.
"""

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from flask_roundtrip.wire import PROBLEM_JSON, Problem

LONGEST_DELAY = 2_000  # ms
LARGEST_ID = 2**63 - 1  # the largest integer of SQLite
ROW = "SELECT id, origin, local_hour, temp, wind_speed FROM weather WHERE id = ?"
DATABASE = web.AppKey("database", str)


def application(database: str) -> web.Application:
    """Return the service. It only reads the SQLite file; with "" it answers 503."""
    app = web.Application(middlewares=[_tell_problems])
    app[DATABASE] = database
    app.router.add_get("/weather/{id}", answer_weather)
    return app


async def answer_weather(request: web.Request) -> web.Response:
    """Answer a row of `weather`. Raises Problem (400, 404, 503)."""
    number = _whole(request.match_info["id"], "id", 1, LARGEST_ID)
    if set(request.query) - {"delay"} or len(request.query) > 1:
        raise Problem(400, "Only delay can be given, and once.")
    delay = _whole(request.query.get("delay", "0"), "delay", 0, LONGEST_DELAY)
    await asyncio.sleep(delay / 1_000)
    return web.json_response(read_weather(request.app[DATABASE], number))


def read_weather(database: str, number: int) -> dict[str, object]:
    """Return a row by its id, in the event loop: it takes under 1 ms. Raises Problem (404; 503 if locked for 0.1 s)."""
    if not database:
        raise Problem(503, "This service reads a SQLite file, and the server's database is not one.")
    try:
        # The last connection to leave a WAL file locks it for a moment. All other requests wait with this one.
        with closing(sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True, timeout=0.1)) as file:
            file.row_factory = sqlite3.Row
            row = file.execute(ROW, (number,)).fetchone()
    except sqlite3.Error as error:
        raise Problem(503, f"The database cannot be read: {error}.") from error
    if row is None:
        raise Problem(404, f"There is no weather {number}.")
    return dict(row)


def _whole(text: str, name: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", text) or not least <= int(text) <= most:
        raise Problem(400, f"{name} is a whole number from {least} to {most}, not {text[:40]!r}.")
    return int(text)


@web.middleware
async def _tell_problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer every error in the form of the product."""
    try:
        return await handler(request)
    except Problem as told:
        problem = told
    except web.HTTPException as error:
        kept = [("Allow", error.headers["Allow"])] if "Allow" in error.headers else []
        problem = Problem(error.status, f"{HTTPStatus(error.status).phrase}. Ask GET /weather/<id>.", headers=kept)
    return web.Response(
        status=problem.status, body=problem.body, headers=[*problem.headers, ("Content-Type", PROBLEM_JSON)]
    )
