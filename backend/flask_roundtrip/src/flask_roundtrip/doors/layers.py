"""Layers around the doors: each request passes them before any door answers it.

A layer gets a request as its WSGI environment, which the ASGI door makes too. So the check of a host, a limit or a log
is written once for every kind of server, and runs for hits as well.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from werkzeug.wsgi import ClosingIterator

from ..wire import Answer, Headers
from .wsgi import PARTS, WSGI, send

ENTERED = "roundtrip.entered"  # marks an environment that has passed the layers at the ASGI door


class Layer:
    """One layer; this one does nothing."""

    def enter(self, environ: dict[str, Any]) -> Answer | None:
        """Return the answer that refuses the request; None to pass the request on."""
        return None

    def headers(self, environ: dict[str, Any]) -> Headers:
        """Return headers to add to the answer, also to a refusal."""
        return []

    def leave(self, environ: dict[str, Any], status: int) -> None:
        """Called when the answer is ready; for a batch, when its last part has been sent."""

    def end(self, environ: dict[str, Any], status: int) -> None:
        """Called after leave(), when the server has the last byte, or when no byte will come."""


class Visit:
    """The passage of one request through the layers, the outermost first."""

    __slots__ = ("_entered", "_environ", "_status", "refused")

    def __init__(self, layers: Sequence[Layer], environ: dict[str, Any]) -> None:
        self._environ = environ
        self._entered: list[Layer] = []
        self._status = 0  # until the layers have been told
        self.refused: Answer | None = None
        for layer in layers:
            self._entered.append(layer)
            self.refused = layer.enter(environ)
            if self.refused is not None:
                break

    def headers(self) -> Headers:
        """Return the headers that the layers add to the answer."""
        return [header for layer in reversed(self._entered) for header in layer.headers(self._environ)]

    def leave(self, status: int) -> None:
        """Tell the layers, once, that the answer is ready."""
        if not self._status:
            self._status = status
            for layer in reversed(self._entered):
                layer.leave(self._environ, status)

    def end(self) -> None:
        """Tell the layers, once, that the last byte has been sent."""
        entered, self._entered = self._entered, []
        for layer in reversed(entered):
            layer.end(self._environ, self._status)


class Layered:
    """WSGI middleware that sends requests through layers."""

    def __init__(self, application: WSGI, layers: Sequence[Layer]) -> None:
        self._application = application
        self._layers = layers
        self._waits_for_end = any(type(layer).end is not Layer.end for layer in layers)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, unless a layer refuses it."""
        if ENTERED in environ:
            return self._application(environ, start_response)
        visit = Visit(self._layers, environ)
        status = 500  # for an error that not even Flask has answered

        def started(line: str, headers: Headers, *error: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, *visit.headers()], *error)

        try:
            answer = send(visit.refused, started) if visit.refused else self._application(environ, started)
        except BaseException:
            visit.leave(status)
            visit.end()
            raise
        if PARTS in environ:  # the only answer that is made while it is sent
            return ClosingIterator(answer, [lambda: visit.leave(status), visit.end])
        visit.leave(status)
        return ClosingIterator(answer, visit.end) if self._waits_for_end else answer
