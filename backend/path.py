"""Writes the README's journey: the project's files that a request enters, in order.

    make path                  writes the README
    path.py --check            fails if the README differs

A real application in this process answers each question twice, the second time with other values. So values that are
made once for each kind of question (a compiled statement, a parsed Accept header) exist, as for most requests. During
the second answer a profile function notes each file of the project in which a function runs. `make path` fails when a
path is longer than its limit.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from wsgiref.util import setup_testing_defaults

from flask_roundtrip import respond
from roundtrip import create_app

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
BEGIN, END = "<!-- make path: begin -->", "<!-- make path: end -->"
LISTED = "/api/v1/flights?origin=JFK&date=2013-02-{day:02}&fields=id,dest,sched_dep,airline.name"
BATCH = '{{"requests":[{{"id":"1","url":"/api/v1/flights/{day}"}},{{"id":"2","url":"/api/v1/flights?limit={day}"}},'
BATCH += '{{"id":"3","url":"/api/v1/airlines?limit={day}"}}]}}'
BOUNDS = {"A hit": 5, "A miss": 12, "A batch of three misses": 14}


def main() -> None:
    """Trace, print, and write the README's part between its marks."""
    respond.VERSION_AGE = 3600.0  # the version of the data is read once in a while, not by each request
    threading.setprofile(note)  # for the threads that run the parts of batches
    app = create_app()
    paths = {
        "A hit": traced(app, lambda day: get(app, LISTED.format(day=1)), 9),
        "A miss": traced(app, lambda day: get(app, LISTED.format(day=day)), 9),
        "A batch of three misses": traced(app, lambda day: post(app, BATCH.format(day=day + 5)), 9),
    }
    text = "\n".join(_table(name, files) for name, files in paths.items())
    print(text)
    before, _, rest = README.read_text().partition(BEGIN)
    written, _, after = rest.partition(END)
    if "--check" in sys.argv and written.strip() != text.strip():
        sys.exit("The README's list of files is out of date: run make path")
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
    too_long = [name for name, files in paths.items() if len(files) > BOUNDS[name]]
    if too_long:
        sys.exit(f"More files than the bound: {', '.join(f'{name} ({len(paths[name])})' for name in too_long)}")


def traced(app: Any, ask: Callable[[int], None], times: int) -> list[Path]:
    """Return the files that the last question entered, in the order in which each was entered first."""
    for day in range(2, 1 + times):
        ask(day)
    entered.clear()
    sys.setprofile(note)
    try:
        ask(1 + times)
    finally:
        sys.setprofile(None)
    mine = [Path(name).relative_to(HERE.parent) for name in entered if "/.venv/" not in name]
    return [path for path in mine if path != Path(__file__).resolve().relative_to(HERE.parent)]


entered: dict[str, None] = {}


def note(frame: FrameType, event: str, argument: object) -> None:
    """Note the file of each function that is called."""
    if event == "call" and frame.f_code.co_filename.startswith(str(HERE)):
        entered.setdefault(frame.f_code.co_filename)


def get(app: Any, url: str) -> None:
    """Send one GET."""
    path, _, query = url.partition("?")
    _send(app, {"PATH_INFO": path, "QUERY_STRING": query})


def post(app: Any, body: str) -> None:
    """Send one batch."""
    from io import BytesIO

    _send(
        app,
        {
            "PATH_INFO": "/api/v1/batch",
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_ACCEPT": "application/x-ndjson",
            "wsgi.input": BytesIO(body.encode()),
        },
    )


def _send(app: Any, given: dict[str, Any]) -> None:
    environ: dict[str, Any] = {
        "HTTP_ACCEPT": "application/json",
        "HTTP_ACCEPT_ENCODING": "gzip, br",
        "REMOTE_ADDR": "::1",
    }
    environ.update(given)
    setup_testing_defaults(environ)
    statuses: list[str] = []
    answer = app.wsgi_app(environ, lambda status, *_: statuses.append(status))
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    if not statuses[0].startswith("200"):
        sys.exit(f"{environ['PATH_INFO']} answered {statuses[0]}")


def _table(name: str, files: list[Path]) -> str:
    rows = [f"| {number} | [{path.name}]({path}) | {_claim(path)} |" for number, path in enumerate(files, 1)]
    return "\n".join([f"**{name}** enters {len(files)} files:", "", "| | file | |", "|---|---|---|", *rows, ""])


def _claim(path: Path) -> str:
    """Return the first line of the file's docstring."""
    return (HERE.parent / path).read_text().split('"""')[1].strip().partition("\n")[0]


if __name__ == "__main__":
    main()
