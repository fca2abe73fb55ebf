"""A process that loads, prints a line at a given step and waits there: python held_load.py DATABASE FOLDER STEP N.

DATABASE is a URL; FOLDER holds the files of the small data set; "-" stands for the whole one.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roundtrip import create_app
from roundtrip.config import Settings
from roundtrip.data.loader import load
from roundtrip.data.progress import Silent
from roundtrip.data.source import Files
from roundtrip.extensions import db


class Held(Silent):
    """Stops at the given step."""

    def __init__(self, step: str, done: int) -> None:
        self._stop = (step, done)
        self._step = ""

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[None]:
        self._step = name
        yield

    def advance(self, done: int) -> None:
        if (self._step, done) == self._stop:
            print("held", flush=True)
            sys.stdin.readline()


database, folder, step, done = sys.argv[1:]
files = None if folder == "-" else Files(Path(folder), "small", 12_000)
app = create_app(Settings(database_url=database, secret_key="test", testing=True))
with app.app_context():
    print(load(db.engine, 1, Held(step, int(done)), files), flush=True)
