"""Each recipe of STACK.md is a file of settings: the server starts with it and sends what its receiver asks for."""

import gzip
import json
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import pytest
from helpers import in_time
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from receiving import receiving
from test_server import serving

from roundtrip.config import BACKEND, Settings
from roundtrip.operations.profile import refuse_what_is_wrong

RECIPES = BACKEND / "monitoring"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ALL = {"OTEL_TRACES_SAMPLER_ARG": "1", "OTEL_BSP_SCHEDULE_DELAY": "50"}  # of the traces, and soon
DECODED: dict[str, Callable[[bytes], bytes]] = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Sent(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def spans(self) -> list[str]:
        told = ExportTraceServiceRequest.FromString(self.body)
        return [
            f"{span.trace_id.hex()} {span.name}"
            for resource in told.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@contextmanager
def listening() -> Iterator[tuple[int, list[Sent]]]:
    """Take what is sent to a port, as each of the services would."""
    taken: list[Sent] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            decoded = DECODED[self.headers.get("Content-Encoding", "identity")](body)
            taken.append(Sent(self.path, {name.lower(): value for name, value in self.headers.items()}, decoded))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, taken
        server.shutdown()


def settings_of(recipe: str, host: str, here: str, **given: str) -> dict[str, str]:
    """Return the settings of a recipe as a shell reads them, with the service's host replaced by `here`."""
    text = (RECIPES / recipe).read_text()
    assert host in text
    exports = " ".join(f"{name}={shlex.quote(value)}" for name, value in given.items())
    script = f"set -a -u\n{exports}\n{text.replace(host, here)}\nenv -0"
    shown = subprocess.run(["env", "-i", "bash", "-c", script], capture_output=True, text=True, check=True).stdout
    read = dict(line.split("=", 1) for line in shown.split("\0") if line)
    return {name: value for name, value in read.items() if name.startswith(("OTEL_", "SENTRY_DSN"))} | ALL


def ask(server: Any, path: str = "/api/v1/airlines/UA") -> int:
    with server.get(path, traceparent=f"00-{TRACE}-{SPAN}-01") as answer:
        answer.read()
        return int(answer.status)


def test_new_relic_gets_traces_with_the_key(database_path: Path, tmp_path: Path) -> None:
    with listening() as (port, taken):
        here = f"http://127.0.0.1:{port}"
        settings = settings_of("newrelic.env", "https://otlp.nr-data.net", here, NEW_RELIC_LICENSE_KEY="abc123NRAL")
        with serving(database_path, tmp_path / "errors", **settings) as server:
            assert ask(server) == 200
            assert in_time(lambda: bool(taken))
    assert (taken[0].path, taken[0].headers["api-key"]) == ("/v1/traces", "abc123NRAL")
    assert taken[0].headers["content-type"] == "application/x-protobuf"
    assert f"{TRACE} GET /api/v1/airlines/<code:carrier>" in taken[0].spans


@pytest.mark.parametrize("recipe", ["datadog.env", "collector.env"])
def test_an_agent_or_a_collector_gets_traces(recipe: str, database_path: Path, tmp_path: Path) -> None:
    with receiving(tmp_path / "agent") as receiver:
        settings = settings_of(recipe, "http://localhost:4318", f"http://127.0.0.1:{receiver.port}")
        with serving(database_path, tmp_path / "errors", **settings) as server:
            assert ask(server) == 200
            spans = receiver.trace(TRACE, lambda spans: SPAN in {span.parent for span in spans})
    (request,) = [span for span in spans if span.parent == SPAN]
    assert (request.name, request.service) == ("GET /api/v1/airlines/<code:carrier>", "roundtrip")


def test_sentry_gets_traces_and_errors_and_both_are_one(database_path: Path, tmp_path: Path) -> None:
    with listening() as (port, taken):
        given = {"SENTRY_KEY": "f" * 32, "SENTRY_HOST": f"127.0.0.1:{port}", "SENTRY_PROJECT": "42"}
        settings = settings_of("sentry.env", "https://", "http://", **given)
        with failing(database_path, tmp_path / "errors", settings) as server:
            assert ask(server, "/api/v1/airports?limit=7&fields=faa") == 500
            assert in_time(lambda: len({sent.path for sent in taken}) == 2)
    (traces,) = [sent for sent in taken if sent.path == "/api/42/integration/otlp/v1/traces"][:1]
    assert traces.headers["x-sentry-auth"] == f"sentry sentry_key={'f' * 32}"
    assert f"{TRACE} GET /api/v1/airports" in traces.spans
    (error,) = [sent for sent in taken if sent.path == "/api/42/envelope/"]
    event = next(told for line in error.body.splitlines() if "exception" in (told := json.loads(line)))
    assert event["exception"]["values"][-1]["type"] == "RuntimeError"
    assert event["contexts"]["trace"]["trace_id"] == TRACE
    assert event["contexts"]["trace"]["span_id"] not in ("", SPAN)
    assert event["tags"]["rid"]
    assert b"limit=7" not in error.body
    assert b"fields=faa" not in error.body


@contextmanager
def failing(database: Path, errors: Path, settings: dict[str, str]) -> Iterator[Any]:
    """Serve an application whose statements about airports fail, and whose log tells it."""
    running = serving(database, errors, "failing_app:app", **settings)
    try:
        yield running.__enter__()
    finally:
        with pytest.raises(AssertionError):  # for what is in the log
            running.__exit__(None, None, None)
    assert "planted" in errors.read_text()


def test_a_key_that_was_not_set_is_refused_at_the_start() -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x", "OTEL_EXPORTER_OTLP_HEADERS": "api-key="}
    with pytest.raises(SystemExit, match="OTEL_EXPORTER_OTLP_HEADERS: expected name=value"):
        refuse_what_is_wrong(Settings(), environment)
    with pytest.raises(SystemExit, match="SENTRY_DSN: expected the DSN of a project"):
        refuse_what_is_wrong(Settings(sentry_dsn="https://@o1.ingest.sentry.io/"), {})
    refuse_what_is_wrong(Settings(sentry_dsn="https://key@o1.ingest.sentry.io/1"), {})
