"""What is refused before anything is asked of the application: hosts that are not ours, clients that ask too much."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask_roundtrip.batch import CHARGE
from flask_roundtrip.doors.wsgi import WSGI, send
from werkzeug.sansio.utils import host_is_trusted

from flask_roundtrip import Problem

from ..extensions import API
from .border import PROBES
from .rate_limit import RateLimit


class TrustedHosts:
    """Refuses a Host that is not ours (RFC 9110, section 7.4): a page of another name's owner could read our answers.

    Flask's TRUSTED_HOSTS stands behind the door, and would not see a hit.
    """

    def __init__(self, application: WSGI, hosts: Iterable[str]) -> None:
        self._application = application
        trusted = tuple(hosts)
        self._is_ours = lru_cache(maxsize=256)(lambda host: host_is_trusted(host, trusted))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, or refuse it."""
        if environ["PATH_INFO"] in PROBES or self._is_ours(environ.get("HTTP_HOST", "")):
            return self._application(environ, start_response)
        return send(Problem(400, "This site is not reached by that Host.").answer(), start_response)


class RateLimited:
    """Lets each client ask the API so many questions in a time, hits too, and the parts of a batch singly.

    The answer says what is left (draft-ietf-httpapi-ratelimit-headers-11). Pages and assets are not limited: they are
    the edge's to serve, and few.
    """

    def __init__(self, application: WSGI, limit: RateLimit) -> None:
        self._application = application
        self._limit = limit

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, or refuse it."""
        if not environ["PATH_INFO"].startswith(API):
            return self._application(environ, start_response)
        client = environ.get("REMOTE_ADDR", "")
        left = self._limit.charge(client, 1)

        def charge(more: int) -> None:
            nonlocal left
            if more:
                left = self._limit.charge(client, more)
                if left.refused:
                    raise left.problem()

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *left.headers()], *error)

        if left.refused:
            return send(left.problem().answer(), started)
        environ[CHARGE] = charge
        return self._application(environ, started)
