"""Structured logs: one JSON object on each line of standard output, where LOG_FORMAT=json.

Each line has the time (RFC 3339, UTC), level, logger and message; the id of the request that it belongs to (`rid`,
as in Server-Timing); and fields of its own. Standard output is the log (https://12factor.net/logs): whoever runs the
process keeps it.
"""

import atexit
import logging
import logging.config
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import orjson

from ..techniques.timing import request_id
from .border import Exchange

log = logging.getLogger("roundtrip.access")
_writing = threading.Lock()
LONGEST_AGENT = 200  # characters
LONGEST_BEHIND = 0.05  # seconds that a line may wait for others


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; what is passed as `extra={"fields": {...}}` stands in it by its name."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if rid := request_id.get():
            told["rid"] = rid
        told.update(getattr(record, "fields", {}))
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(told, default=str).decode()


class WrittenBehind(logging.Handler):
    """Writes the lines of requests many at a time: to write each by itself halves the hits of a process.

    Whoever writes lets go of the interpreter, and waits for it again behind all other threads. Any other line is
    written at once, with all that came before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque()
        self._some = threading.Event()
        self._writer: threading.Thread | None = None
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line."""
        self._lines.append(self.format(record) + "\n")
        if record.name != log.name:
            self.flush()
            return
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, name="write logs", daemon=True)
            self._writer.start()
        self._some.set()

    def flush(self) -> None:
        """Write what is there."""
        with _writing:
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            sys.stdout.write("".join(lines))
            sys.stdout.flush()

    def _write(self) -> None:
        while True:
            self._some.wait()
            self._some.clear()
            self.flush()
            time.sleep(LONGEST_BEHIND)


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"stdout": {"class": f"{__name__}.WrittenBehind", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["stdout"]},
    "loggers": {
        "roundtrip": {"level": "INFO"},
        "gunicorn.error": {"level": "INFO"},
        "gunicorn.access": {"level": "CRITICAL"},  # ours knows more
    },
}


def configure() -> None:
    """Write all logs of this process as JSON."""
    if sys.stdout is not None:
        logging.config.dictConfig(CONFIGURATION)


def note(exchange: Exchange) -> None:
    """Write the line of one request."""
    environ, timing = exchange.environ, exchange.timing
    fields: dict[str, Any] = {
        "rid": exchange.rid,
        "client": environ.get("REMOTE_ADDR", ""),
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"].encode("latin-1", "replace").decode("utf-8", "replace"),
        "query": environ.get("QUERY_STRING", ""),
        "route": exchange.route,
        "status": exchange.status,
        "ms": round(exchange.seconds * 1000, 3),
        "agent": environ.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT],
    }
    if exchange.queued is not None:
        fields["queue_ms"] = round(exchange.queued * 1000, 1)
    if timing is not None:
        fields.update({f"{name}_ms": round(spent, 3) for name, spent in timing.spans.items()})
        fields["cache"] = timing.cache
        fields["statements"] = timing.statements
    if exchange.parts is not None:
        fields["parts"] = len(exchange.parts)
        fields["statements"] = sum(part.statements for _, _, part in tuple(exchange.parts))
    log.info("request", extra={"fields": fields})
