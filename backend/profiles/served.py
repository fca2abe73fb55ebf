"""The application as gunicorn imports it to be looked at from outside: it tells its process and forgets its answers."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from roundtrip import create_app
from roundtrip.extensions import cache

from .tools import PROCESS

IS_CACHED = os.environ.get("CACHED") == "1"
ANYBODY = (0x59616D61, -1, 0, 0, 0)  # prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY): Linux lets only parents look, else
application = create_app()
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(*map(ctypes.c_long, ANYBODY))


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the application does."""
    if environ["PATH_INFO"] == PROCESS:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]
    if not IS_CACHED:
        application.extensions["cache"][cache].clear()
    return application(environ, start_response)
