"""The application as a server imports it, with parts of batches that wait until a test lets them go.

A test speaks to it over HTTP too: each of CONTROLS is answered when what it names has happened.
"""

import threading
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import Any

import orjson
from flask_roundtrip.respond import Responder
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Answer, Head, NotNow

from flask_roundtrip import batch
from roundtrip import create_app

ran: list[str] = []
held_began, batch_ended = threading.Semaphore(0), threading.Semaphore(0)
may_finish = threading.Event()

CONTROLS: dict[str, Callable[[], object]] = {
    "/held/began": lambda: held_began.acquire(timeout=60),
    "/held/ended": lambda: batch_ended.acquire(timeout=60),
    "/held/release": may_finish.set,
    "/held/hold": may_finish.clear,
    "/held/ran": lambda: ran,
}

real_answer, real_lines, real_lines_in_loop = Responder.answer_part, batch.lines, batch.lines_in_loop


def answer(responder: Responder, head: Head, timing: Timing, only_short: bool) -> Answer | None:
    if only_short and "dest=ANC" in head.query:
        raise NotNow
    if not only_short:
        ran.append(head.path)
    if "dest=ANC" in head.query:
        held_began.release()
        may_finish.wait(60)
    return real_answer(responder, head, timing, only_short)


def lines(*arguments: Any) -> Iterator[list[batch.Line]]:
    try:
        yield from real_lines(*arguments)
    finally:
        batch_ended.release()


async def lines_in_loop(*arguments: Any) -> AsyncGenerator[list[batch.Line]]:
    try:
        async with aclosing(real_lines_in_loop(*arguments)) as groups:
            async for group in groups:
                yield group
    finally:
        batch_ended.release()


Responder.answer_part = answer  # type: ignore[method-assign, assignment]  # only in this process
batch.lines = lines  # type: ignore[assignment]  # as above
batch.lines_in_loop = lines_in_loop  # type: ignore[assignment]  # as above
app = create_app()
inner = app.wsgi_app


def controlled(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    control = CONTROLS.get(environ["PATH_INFO"])
    if control is None:
        return inner(environ, start_response)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [orjson.dumps(control())]


app.wsgi_app = controlled  # type: ignore[method-assign]  # Flask's own way to add a middleware
