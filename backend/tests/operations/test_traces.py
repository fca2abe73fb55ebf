"""A trace holds the true times of a request, its parts and their statements, and no receiver delays a request."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from engines import free_port
from flask import Flask
from flask_roundtrip.database import Database
from flask_roundtrip.doors.layers import Layered
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased
from receiving import Receiver, Told, receiving
from support import Asking
from test_server import NDJSON, Server, serving

from roundtrip.config import BACKEND, Settings
from roundtrip.operations.profile import refuse_what_is_wrong
from roundtrip.operations.traces import Exporter, Traces

AIRLINES, AIRPORTS = "/api/v1/airlines?limit=3&fields=carrier,name", "/api/v1/airports?limit=2"
SLOWER = 0.5  # seconds that a statement about airports takes longer
GOODBYE = 250.0  # ms that the server may take, on a busy machine, to see that its last byte has gone
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = f"00-{TRACE}-{SPAN}-01"


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("receiver") / "log") as receiver:
        yield receiver


@pytest.fixture(scope="module")
def server(database_path: Path, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Server]:
    errors = tmp_path_factory.mktemp("server") / "errors"
    with serving(database_path, errors, "slow_app:app", SLOWER=str(SLOWER), **receiver.settings) as server:
        yield server


def batch(server: Server, *urls: str, **headers: str) -> tuple[list[dict[str, Any]], list[float], Any]:
    """Return the lines of a batch, at which second each came, and the headers."""
    connection = server.connect()
    body = json.dumps({"requests": [{"id": url, "url": url} for url in urls]})
    began = time.monotonic()
    connection.request("POST", "/api/v1/batch", body, {**NDJSON, **headers})
    answer = connection.getresponse()
    lines, seconds = [], []
    for line in answer:
        lines.append(json.loads(line))
        seconds.append(time.monotonic() - began)
    connection.close()
    return lines, seconds, answer.headers


def children(spans: list[Told], parent: Told) -> list[Told]:
    return sorted((span for span in spans if span.parent == parent.id), key=lambda span: span.began)


def test_a_click_a_batch_its_parts_and_their_statements_are_one_trace_with_true_times(
    server: Server, receiver: Receiver
) -> None:
    before = time.time_ns()
    lines, seconds, headers = batch(server, AIRPORTS, AIRLINES, traceparent=CALLER)
    after = time.time_ns()
    spans = receiver.trace(TRACE, lambda spans: SPAN in {span.parent for span in spans})

    (request,) = [span for span in spans if span.parent == SPAN]
    assert (request.name, request.kind, request.service) == ("POST /api/v1/batch", "SERVER", "roundtrip")
    told = re.findall(r'traceparent;desc="([^"]*)"', ", ".join(headers.get_all("Server-Timing")))
    assert told == [f"00-{TRACE}-{request.id}-01"]
    assert before <= request.began < request.ended <= after + GOODBYE * 1e6  # one clock, on one machine
    assert request.ms >= SLOWER * 1000  # it ends with the last line, not with the header
    assert request.ms <= seconds[-1] * 1000 + GOODBYE

    airports, airlines = children(spans, request)
    assert [airports.name, airlines.name] == ["GET /api/v1/airports", "GET /api/v1/airlines"]
    for part in (airports, airlines):
        (line,) = [line for line in lines if line["id"].split("?")[0] == part.attributes["http.route"]]
        assert part.attributes["http.response.status_code"] == 200
        assert part.ms == pytest.approx(line["timing"]["app"], abs=2)
        assert request.began <= part.began < part.ended <= request.ended
        statement = next(span for span in children(spans, part) if span.kind == "CLIENT")
        assert statement.ms == pytest.approx(line["timing"]["db"], abs=0.5)
        assert part.began <= statement.began < statement.ended <= part.ended
        assert statement.attributes["db.response.returned_rows"] >= len(line["body"]["items"])
        assert statement.attributes["db.system.name"] == "sqlite"
        assert {span.name for span in children(spans, part)} >= {statement.name, "cache", "serialize"}
    assert airports.ms >= SLOWER * 1000
    assert airlines.ended < airports.ended  # each part ends with its own line


def test_a_statement_is_sent_with_placeholders_and_never_with_values(server: Server, receiver: Receiver) -> None:
    trace = "1" * 32
    asked = "/api/v1/flights?origin=JFK&dest=LAX&date=2013-07-04&limit=7"
    with server.get(asked, traceparent=f"00-{trace}-{SPAN}-01") as answer:
        assert answer.status == 200
    spans = receiver.trace(trace, lambda spans: SPAN in {span.parent for span in spans})
    (statement,) = [span for span in spans if span.kind == "CLIENT"]
    assert statement.name == statement.attributes["db.query.summary"] == "SELECT flights"
    assert "origin = ?" in statement.attributes["db.query.text"]
    for span in spans:
        for value in (*span.attributes.values(), span.name):
            assert not re.search("JFK|LAX|07-04", str(value)), span


def test_a_hit_is_a_trace_too(server: Server, receiver: Receiver) -> None:
    for trace in ("2" * 32, "3" * 32):
        with server.get("/api/v1/airlines/UA", traceparent=f"00-{trace}-{SPAN}-01") as answer:
            answer.read()
    spans = receiver.trace("3" * 32, lambda spans: SPAN in {span.parent for span in spans})
    (request,) = [span for span in spans if span.parent == SPAN]
    assert (request.name, request.attributes["roundtrip.cache"]) == ("GET /api/v1/airlines/<code:carrier>", "hit")
    assert [span.name for span in children(spans, request)] == ["cache"]
    assert children(spans, request)[0].ms <= request.ms


class Asked:
    """Answers of a small application, and the spans that they made."""

    def __init__(self, sampler: Sampler = ALWAYS_ON) -> None:
        self.kept = InMemorySpanExporter()
        provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.kept))
        self.app = Flask("traced")
        self.app.wsgi_app = Layered(self.app.wsgi_app, [Traces("sqlite", provider)])  # type: ignore[method-assign]
        self.app.add_url_rule("/", view_func=lambda: "here")
        self.app.add_url_rule("/fails", view_func=self._fails)

    def get(self, path: str = "/", **headers: str) -> str:
        """Return the traceparent that the answer tells."""
        answer = self.app.test_client().get(path, headers=headers, buffered=True)
        (told,) = re.findall(r'traceparent;desc="([^"]*)"', ", ".join(answer.headers.getlist("Server-Timing")))
        return str(told)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.kept.get_finished_spans()

    def _fails(self) -> str:
        raise RuntimeError


# The cases of https://www.w3.org/TR/trace-context/#traceparent-header and of its test suite.
@pytest.mark.parametrize(
    "header",
    [
        "",
        "x",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"0x-{TRACE}-{SPAN}-01",
        f"{CALLER},{CALLER}",
        f"00-{TRACE}-{SPAN}-01".replace("-", "_"),
        "00-" + "a" * 9000,
    ],
)
def test_an_invalid_traceparent_begins_a_new_trace(header: str) -> None:
    asked = Asked()
    version, trace, span, flags = asked.get(traceparent=header).split("-")
    assert version == "00"
    assert int(flags, 16) & 1
    assert trace != TRACE
    (made,) = asked.spans
    assert made.parent is None
    assert made.context is not None
    assert (f"{made.context.trace_id:032x}", f"{made.context.span_id:016x}") == (trace, span)


@pytest.mark.parametrize("header", [CALLER, f"01-{TRACE}-{SPAN}-01-of-a-later-version", f" {CALLER} "])
def test_a_valid_traceparent_is_continued(header: str) -> None:
    asked = Asked()
    assert asked.get(traceparent=header).split("-")[1] == TRACE
    (made,) = asked.spans
    assert made.parent is not None
    assert made.parent.span_id == int(SPAN, 16)


@pytest.mark.parametrize(
    ("sampler", "flag", "taken"),
    [
        (ALWAYS_OFF, "01", False),
        (ParentBased(ALWAYS_ON), "00", False),
        (ParentBased(ALWAYS_OFF), "01", True),
        (TraceIdRatioBased(0.0), "01", False),
        (TraceIdRatioBased(1.0), "00", True),
    ],
)
def test_the_sampler_decides_and_the_answer_says_so(sampler: Sampler, flag: str, taken: bool) -> None:
    asked = Asked(sampler)
    told = asked.get(traceparent=f"00-{TRACE}-{SPAN}-{flag}")
    assert told.startswith(f"00-{TRACE}-")
    assert int(told[-2:], 16) & 1 == taken
    assert len(asked.spans) == taken


def test_a_failure_of_the_server_is_an_error_of_the_span_and_a_mistake_of_the_client_is_none() -> None:
    asked = Asked()
    asked.get("/fails")
    asked.get("/nowhere")
    failed, missing = asked.spans
    assert failed.attributes is not None
    assert missing.attributes is not None
    assert (failed.attributes["http.response.status_code"], failed.status.is_ok) == (500, False)
    assert (missing.attributes["http.response.status_code"], missing.status.is_unset) == (404, True)


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans of applications that are made after this."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr("roundtrip.operations.traces.exporting_provider", lambda: provider)
    return kept


def test_a_log_line_names_the_trace(asking: Asking, lines: list[dict[str, Any]], traced: InMemorySpanExporter) -> None:
    client = asking(log_format="json", slow_statement=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roundtrip.operations.slow_statements.perf_counter", iter(range(1000)).__next__)
        requests = [{"id": str(number), "url": f"/api/v1/airlines?limit={number}"} for number in (1, 2)]
        client.post("/api/v1/batch", json={"requests": requests}, headers={"traceparent": CALLER}).close()
    assert [line["logger"].rpartition(".")[2] for line in lines] == ["slow_statements", "slow_statements", "requests"]
    assert {line["trace_id"] for line in lines} == {TRACE}
    assert len({line["rid"] for line in lines}) == 1
    rids = {span.attributes["roundtrip.rid"] for span in traced.get_finished_spans() if "POST" in span.name}  # type: ignore[index]
    assert rids == {lines[0]["rid"]}


def test_a_statement_that_fails_is_told_with_the_kind_of_its_error(
    asking: Asking, traced: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise sqlite3.OperationalError("no such column: 'JFK'")

    client = asking()
    monkeypatch.setattr(Database, "_fetch", fail)
    assert client.get("/api/v1/airlines/UA", buffered=True).status_code == 500
    statement, request = (span for span in traced.get_finished_spans() if span.name != "cache")
    assert statement.attributes is not None
    assert (statement.attributes["error.type"], statement.status.is_ok) == ("OperationalError", False)
    assert "JFK" not in statement.to_json()
    assert (request.name, request.status.is_ok) == ("GET /api/v1/airlines/<code:carrier>", False)


def test_a_histogram_names_a_trace_where_prometheus_takes_exemplars(
    asking: Asking, traced: InMemorySpanExporter
) -> None:
    client = asking(metrics="on")
    trace = "e" * 32
    part = {"id": "1", "url": "/api/v1/airlines?limit=3"}
    headers = {"traceparent": f"00-{trace}-{SPAN}-01"}
    client.post("/api/v1/batch", json={"requests": [part]}, headers=headers, buffered=True)
    client.get("/api/v1/airlines?limit=4", headers={"traceparent": CALLER.removesuffix("1") + "0"}, buffered=True)
    told = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}).text
    named = [line for line in told.splitlines() if f'# {{trace_id="{trace}"}}' in line]
    names = {line.partition("{")[0] for line in named}
    assert names == {"roundtrip_request_seconds_bucket", "roundtrip_part_seconds_bucket"}
    assert TRACE not in told  # that trace was not kept
    assert "trace_id" not in client.get("/metrics").text


def test_the_probes_make_no_traces(asking: Asking, traced: InMemorySpanExporter) -> None:
    asking().get("/healthz", buffered=True)
    assert traced.get_finished_spans() == ()


def test_without_a_receiver_neither_opentelemetry_nor_sentry_is_imported(database_path: Path) -> None:
    loaded = "name.startswith(('opentelemetry', 'sentry')) for name in sys.modules"
    look = f"import sys; from wsgi import app; sys.exit(any({loaded}))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment |= {"DATABASE_URL": f"sqlite:///{database_path}", "SECRET_KEY": "test"}
    assert subprocess.run([sys.executable, "-c", look], cwd=BACKEND, env=environment, check=False).returncode == 0
    named = {**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    assert subprocess.run([sys.executable, "-c", look], cwd=BACKEND, env=named, check=False).returncode == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://localhost:4317"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:x"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_TRACES_SAMPLER_ARG", "5%"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ("OTEL_TRACES_SAMPLER_ARG", ""),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0"),
        ("OTEL_BSP_SCHEDULE_DELAY", "-5"),
    ],
)
def test_an_invalid_setting_is_refused_at_the_start(name: str, value: str) -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_TRACES_SAMPLER": "traceidratio"}
    environment["OTEL_TRACES_SAMPLER_ARG"] = "0.05"
    refuse_what_is_wrong(Settings(), environment)
    with pytest.raises(SystemExit, match=f"^This cannot start:\n  - {name}: [^\n]*$"):
        refuse_what_is_wrong(Settings(), {**environment, name: value})
    off = {**environment, name: value, "OTEL_SDK_DISABLED": "true"}
    refuse_what_is_wrong(Settings(), off)


def test_a_key_is_not_repeated() -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_EXPORTER_OTLP_HEADERS": "secret"}
    with pytest.raises(SystemExit) as refused:
        refuse_what_is_wrong(Settings(), environment)
    assert "secret" not in str(refused.value)


@pytest.fixture
def hanging() -> Iterator[int]:
    """The port of a receiver that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as silent:
        yield silent.getsockname()[1]


@pytest.mark.parametrize("receiver_is", ["dead", "hanging"])
def test_a_receiver_that_does_not_answer_delays_no_request_and_is_told_once(
    receiver_is: str, hanging: int, database_path: Path, tmp_path: Path
) -> None:
    port = hanging if receiver_is == "hanging" else free_port()
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "2",
        "OTEL_BSP_SCHEDULE_DELAY": "20",
        "OTEL_BSP_MAX_QUEUE_SIZE": "64",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "32",
    }
    errors = tmp_path / "errors"
    with serving(database_path, errors, **settings) as server:
        connection = server.connect()
        longest, end = 0.0, time.monotonic() + 60
        while "Traces cannot be sent" not in errors.read_text() or longest == 0:
            began = time.monotonic()
            connection.request("GET", "/api/v1/airlines/UA")
            connection.getresponse().read()
            longest = max(longest, time.monotonic() - began)
            assert time.monotonic() < end, errors.read_text()
        until = time.monotonic() + 3
        while time.monotonic() < until:  # more failures, and many more spans than the queue takes
            connection.request("GET", "/api/v1/airlines/UA")
            connection.getresponse().read()
        assert longest < 1.5  # less than one try to send
        stopped = time.monotonic()
        connection.close()
    assert time.monotonic() - stopped < 15
    assert len(errors.read_text().strip().splitlines()) == 1, errors.read_text()


def test_unsent_spans_take_no_more_memory_than_the_queue(hanging: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{hanging}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    processor = BatchSpanProcessor(Exporter(), max_queue_size=100, max_export_batch_size=50)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("test")
    for _ in range(5000):
        tracer.start_span("x").end()
    assert len(processor._batch_processor._queue) <= 100
    processor._batch_processor.shutdown(timeout_millis=1)
    processor._batch_processor._worker_thread.join(30)


def test_a_receiver_that_comes_back_is_told_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    statuses = iter([400, 403, 200, 200, 400])

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(next(statuses))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{receiver.server_port}")
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(Exporter()))
        for _ in range(5):
            provider.get_tracer("test").start_span("x").end()
        receiver.shutdown()
    said = [record.getMessage() for record in caplog.records if record.name.startswith("roundtrip.")]
    assert [text.split(":")[0] for text in said] == [
        "Traces cannot be sent, and are lost until they can be",
        "Traces are sent again.",
        "Traces cannot be sent, and are lost until they can be",
    ]
    assert "400" in said[0]
