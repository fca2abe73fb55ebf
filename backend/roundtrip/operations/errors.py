"""Errors go to Sentry where SENTRY_DSN names a project, each with the id of its trace.

Imported only there. An error is what the log calls one: respond() and Flask log a failure with its traceback. The SDK
makes no traces of its own (traces.py does), and tells no values: no query, no local variables, no client.
"""

import logging
from typing import Any

import sentry_sdk
from flask_roundtrip.timing import request_id
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from .border import span_id, trace_id


def report(dsn: str) -> None:
    """Send every record of the level ERROR from now on, in a thread of the SDK."""
    sentry_sdk.init(
        dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        before_send=_linked,
        include_local_variables=False,
        send_default_pii=False,
        shutdown_timeout=2,
    )


def _linked(event: Event, _hint: Hint) -> Event:
    """Return the event with the trace and the id of its request, and without what somebody asked."""
    contexts: dict[str, Any] = event.setdefault("contexts", {})
    contexts.pop("trace", None)  # the SDK makes up one for each process
    if trace_id.get():
        contexts["trace"] = {"trace_id": trace_id.get(), "span_id": span_id.get()}
    if rid := request_id.get():
        event.setdefault("tags", {})["rid"] = rid
    said = event.get("logentry")
    if said:
        event["logentry"] = {"message": said["message"], "params": []}
    return event
