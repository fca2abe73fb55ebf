"""Guards in front of the application: they refuse foreign hosts, and clients that send too many requests."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask_roundtrip.batch import CHARGE
from flask_roundtrip.doors.layers import Layer
from flask_roundtrip.wire import Answer, Headers
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from flask_roundtrip import Problem

from ..extensions import API
from .border import PROBES
from .rate_limit import RateLimit


class Proxies(Layer):
    """Takes the client's address and scheme from the proxies that each request passes."""

    def __init__(self, proxies: int) -> None:
        self._fix = ProxyFix(lambda environ, start_response: (), x_for=proxies, x_proto=proxies)

    def enter(self, environ: dict[str, Any]) -> None:
        """Write them into the environment."""
        self._fix(environ, lambda *_: lambda _: None)


class TrustedHosts(Layer):
    """Refuses a Host that is not ours (RFC 9110, section 7.4): a page under another name could read our answers.

    Flask's own TRUSTED_HOSTS is checked behind the door, and so never for a hit.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        trusted = tuple(hosts)
        self._is_ours = lru_cache(maxsize=256)(lambda host: host_is_trusted(host, trusted))

    def enter(self, environ: dict[str, Any]) -> Answer | None:
        """Refuse it, or pass it on."""
        if environ["PATH_INFO"] in PROBES or self._is_ours(environ.get("HTTP_HOST", "")):
            return None
        return Problem(400, "This site is not reached by that Host.").answer()


class RateLimited(Layer):
    """Limits the requests of each client to the API in a time; a hit counts, and each part of a batch counts.

    Each answer has the remaining number (draft-ietf-httpapi-ratelimit-headers-11). Pages and assets are not limited:
    the edge serves them, and they are few.
    """

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit

    def enter(self, environ: dict[str, Any]) -> Answer | None:
        """Charge the client for a request; refuse it where nothing is left."""
        if not environ["PATH_INFO"].startswith(API):
            return None
        client = environ.get("REMOTE_ADDR", "")
        left = environ[_LEFT] = self._limit.charge(client, 1)

        def charge(more: int) -> None:
            if more:
                left = environ[_LEFT] = self._limit.charge(client, more)
                if left.refused:
                    raise left.problem()

        environ[CHARGE] = charge
        return left.problem().answer() if left.refused else None

    def headers(self, environ: dict[str, Any]) -> Headers:
        """Say what is left."""
        left = environ.get(_LEFT)
        return left.headers() if left else []


_LEFT = "roundtrip.left"  # in an environment: what its client has left
