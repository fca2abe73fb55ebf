"""One question to the application in this process, as a server would ask it."""

import json
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from flask import Flask
from flask_caching.backends.base import BaseCache

from roundtrip.extensions import cache


class Question:
    """A GET that is asked again and again, of an empty response cache unless it is `cached`."""

    def __init__(self, app: Flask, url: str, is_cached: bool) -> None:
        path, _, query = url.partition("?")
        self._app = app
        self._url = url
        self._kept: BaseCache = app.extensions["cache"][cache]
        self._is_cached = is_cached
        self._environ: dict[str, Any] = {
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "HTTP_ACCEPT": "application/json",
            "HTTP_ACCEPT_ENCODING": "gzip, br",
            "REMOTE_ADDR": "::1",
        }
        setup_testing_defaults(self._environ)

    def prepare(self) -> None:
        """Forget the answer, unless it is to be a cached one."""
        if not self._is_cached:
            self._kept.clear()

    def ask(self) -> tuple[int, bytes]:
        """Return the status and the body."""
        statuses: list[str] = []
        start: Callable[..., Any] = lambda status, *_: statuses.append(status)  # noqa: E731  # as short as it is
        pieces = self._app.wsgi_app(dict(self._environ), start)
        body = b"".join(pieces)
        if hasattr(pieces, "close"):
            pieces.close()
        return int(statuses[0][:3]), body

    def try_once(self) -> None:
        """Ask once, so that what is made once is there. Raises SystemExit where the answer is no success."""
        self._environ["HTTP_ACCEPT_ENCODING"] = "identity"
        status, body = self.ask()
        self._environ["HTTP_ACCEPT_ENCODING"] = "gzip, br"
        if status != 200:
            sys.exit(f"URL: GET {self._url} is answered with {status}: {_detail(body)}")
        self.ask()


def _detail(body: bytes) -> str:
    try:
        return str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        return "no profile is made of it."
