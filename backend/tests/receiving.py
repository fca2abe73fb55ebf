"""A receiver of traces that is not ours: Datadog's own test agent, in its environment `backend/.receiver`."""

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines import free_port

from roundtrip.config import BACKEND

PYTHON = BACKEND / ".receiver" / "bin" / "python"


@dataclass
class Told:
    """A span as the receiver understood it; times in nanoseconds since 1970."""

    name: str
    trace: str
    id: str
    parent: str
    kind: str
    began: int
    ended: int
    attributes: dict[str, Any]
    failed: bool
    service: str

    @property
    def ms(self) -> float:
        return (self.ended - self.began) / 1e6


@dataclass
class Receiver:
    """The agent, and the settings of an application that sends to it at once."""

    port: int

    @property
    def settings(self) -> dict[str, str]:
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.port}", "OTEL_BSP_SCHEDULE_DELAY": "50"}

    def spans(self) -> list[Told]:
        """Return all that came."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/test/session/traces", timeout=30) as answer:
            return [told for request in json.load(answer) for told in _told(request)]

    def trace(self, identifier: str, whole: Callable[[list[Told]], bool]) -> list[Told]:
        """Return the spans of a trace, as soon as it is whole."""
        end = time.monotonic() + 30
        while True:
            spans = [span for span in self.spans() if span.trace == identifier]
            if whole(spans):
                return spans
            assert time.monotonic() < end, [span.name for span in spans]
            time.sleep(0.05)


@contextmanager
def receiving(log: Path) -> Iterator[Receiver]:
    """Run the agent until the end of the block."""
    assert PYTHON.exists(), "The receiver of traces is missing: `make test-backend` installs it."
    ports = [free_port() for _ in range(4)]
    options = ("--port", "--otlp-http-port", "--otlp-grpc-port", "--web-ui-port")
    given = [text for option, port in zip(options, ports, strict=True) for text in (option, str(port))]
    with log.open("w") as written:
        command = [str(PYTHON), "-m", "ddapm_test_agent.agent", *given]
        process = subprocess.Popen(command, cwd=log.parent, stdout=written, stderr=written)
    try:
        receiver = Receiver(ports[1])
        end = time.monotonic() + 60
        while True:
            try:
                receiver.spans()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.1)
        yield receiver
    finally:
        process.terminate()
        process.wait(30)


def _told(request: dict[str, Any]) -> Iterator[Told]:
    for resource in request["resource_spans"]:
        service = _values(resource["resource"]["attributes"])["service.name"]
        for scope in resource["scope_spans"]:
            for span in scope["spans"]:
                yield Told(
                    span["name"],
                    _hexadecimal(span["trace_id"]),
                    _hexadecimal(span["span_id"]),
                    _hexadecimal(span.get("parent_span_id", "")),
                    span["kind"].removeprefix("SPAN_KIND_"),
                    int(span["start_time_unix_nano"]),
                    int(span["end_time_unix_nano"]),
                    _values(span.get("attributes", [])),
                    span.get("status", {}).get("code") == "STATUS_CODE_ERROR",
                    service,
                )


def _hexadecimal(encoded: str) -> str:
    return base64.b64decode(encoded).hex()


def _values(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a message's list of attributes as a dictionary; the agent writes whole numbers as text."""
    found = {}
    for attribute in attributes:
        ((kind, value),) = attribute["value"].items()
        found[attribute["key"]] = int(value) if kind == "int_value" else value
    return found
