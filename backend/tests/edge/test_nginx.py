"""The edge's nginx: its own headers, errors and methods."""

import json
import re
import subprocess
from typing import Any

import pytest
from nginx import Edge, running_nginx
from origin import wait_for
from support import NO_SUBJECTS, SPELLINGS, SUBJECTS

NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

# Sends one request over HTTP/2, with or without Content-Length, and prints its answer.
OVER_HTTP_2 = """
import { connect } from "node:http2";
const [url, length, told] = process.argv.slice(1);
const session = connect(url, { rejectUnauthorized: false });
const size = told === "told" ? { "content-length": length } : {};
const stream = session.request({ ":method": "POST", ":path": "/api/v1/batch", ...size });
let answer, body = "";
stream.on("error", () => {});
stream.on("response", (headers) => (answer = headers));
stream.setEncoding("utf8").on("data", (piece) => (body += piece));
stream.on("close", () => {
  session.destroy();
  process.stdout.write(JSON.stringify([answer[":status"], answer["content-type"], body]));
});
stream.end("x".repeat(Number(length)));
"""


def problem(edge: Edge, path: str, method: str = "GET", **headers: str) -> tuple[int, Any]:
    status, told, body = edge.ask(path, method, None, **headers)
    assert told["Content-Type"] == "application/problem+json"
    assert told["Cache-Control"] == "no-store"
    assert json.loads(body)["status"] == status
    return status, told


def test_nginx_starts_without_a_warning(edge: Edge) -> None:
    assert "[warn]" not in edge.log.read_text()
    assert edge.ask("/robots.txt", Host="example.org")[0] == 200
    assert edge.ask("/robots.txt", Host="example.com")[0] == 421


@pytest.mark.parametrize("told", ["told", "not told"])
def test_a_body_that_is_too_long_is_a_problem_over_http_2(edge: Edge, told: str) -> None:
    command = ["node", "--input-type=module", "-e", OVER_HTTP_2, f"https://localhost:{edge.port}", "200000", told]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    status, media_type, body = json.loads(done.stdout)
    assert (status, media_type, json.loads(body)["status"]) == (413, "application/problem+json", 413)
    assert edge.passed_on == []


def test_a_body_that_is_too_long_is_a_problem_over_http_1(edge: Edge) -> None:
    status, told, _ = edge.ask("/api/v1/batch", "POST", b"x" * 200_000)
    assert (status, told["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [
        ("/", "POST", "GET, HEAD"),
        ("/assets/app.js", "DELETE", "GET, HEAD"),
        ("/api/v1/airlines?limit=1", "TRACE", "GET, HEAD, OPTIONS"),
        ("/api/v1/airlines", "BREW", "GET, HEAD, OPTIONS"),
        ("/api/v1/batch", "TRACE", "POST, QUERY, OPTIONS"),
    ],
)
def test_a_405_names_the_allowed_methods(edge: Edge, path: str, method: str, allow: str) -> None:
    status, told = problem(edge, path, method)
    assert (status, told["Allow"]) == (405, allow)
    assert edge.passed_on == []


@pytest.mark.parametrize("path", ["/", "/api/v1/airlines", "/api/v1/batch", "/healthz"])
def test_a_purge_is_not_passed_on(edge: Edge, path: str) -> None:
    assert problem(edge, path, "PURGE", Cache_Group_Invalidation='"flights"')[0] == 405
    assert edge.passed_on == []


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_the_methods_of_the_api_are_passed_on(edge: Edge, method: str) -> None:
    assert edge.ask("/api/v1/airlines", method)[0] == 200
    assert edge.passed_on == [f"{method} /api/v1/airlines"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("spelled", "address"), SPELLINGS)
def test_each_page_has_one_address_and_other_spellings_lead_to_it(
    edge: Edge, spelled: str, address: str, method: str
) -> None:
    status, told, _ = edge.ask(spelled, method)
    assert (status, told["Location"]) == (308, address)
    assert edge.ask(address, method, Accept="text/html")[0] == 200


@pytest.mark.parametrize(
    "path", ["//example.org", "//example.org/", "/nowhere/", "/flights/", "/delays/x", "/flights/x"]
)
def test_an_address_of_no_page_is_not_redirected(edge: Edge, path: str) -> None:
    assert problem(edge, path)[0] == 404
    assert edge.ask(path, Accept="text/html")[0] == 404


@pytest.mark.parametrize("path", SUBJECTS)
def test_an_airline_airport_route_or_number_has_the_page(edge: Edge, path: str) -> None:
    status, told, body = edge.ask(path, Accept="text/html", Accept_Encoding="br")
    assert (status, told["Content-Type"], body) == (200, "text/html; charset=utf-8", b"index.html in brotli")
    status, told, _ = edge.ask(f"{path}/")
    assert (status, told["Location"]) == (308, path)


@pytest.mark.parametrize("path", NO_SUBJECTS)
def test_an_address_that_can_be_of_no_airline_airport_route_or_number_is_404(edge: Edge, path: str) -> None:
    assert problem(edge, path)[0] == 404


def test_a_missing_flight_is_a_404_with_the_page(edge: Edge) -> None:
    edge.behind["/api/v1/flights/99999999999999999999?fields=id"] = 404
    path = "/flights/99999999999999999999"
    status, told, body = edge.ask(path, Accept="text/html", Accept_Encoding="br")
    assert (status, told["Content-Type"], body) == (404, "text/html; charset=utf-8", b"index.html in brotli")
    assert problem(edge, path)[0] == 404


@pytest.mark.parametrize("status", [0, 200, 400, 401, 403, 429, 500, 503])
def test_a_flights_page_comes_unless_the_api_says_that_there_is_none(edge: Edge, status: int) -> None:
    edge.behind["/api/v1/flights/1?fields=id"] = status
    status, told, body = edge.ask("/flights/1", Accept="text/html", Accept_Encoding="br")
    assert (status, told["Content-Type"], body) == (200, "text/html; charset=utf-8", b"index.html in brotli")
    assert told["Content-Security-Policy"] == "default-src 'self'"
    assert told["Cache-Control"] == "no-cache"


def test_a_404_is_a_page_or_json_by_accept_and_has_vary(edge: Edge) -> None:
    status, told, body = edge.ask("/nothing", Accept="text/html", Accept_Encoding="br")
    assert (status, told["Content-Type"], body) == (404, "text/html; charset=utf-8", b"index.html in brotli")
    assert told["Vary"] == "Accept, Accept-Encoding"
    assert told["Content-Security-Policy"] == "default-src 'self'"
    status, told = problem(edge, "/nothing")
    assert (status, told["Vary"]) == (404, "Accept")
    for path in ("/", "/assets/app.js"):
        assert edge.ask(path)[1]["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/assets/app.js", "/robots.txt", "/api/v1/airlines", "/healthz", "/assets/no.js", "/api/../x", "/delays/"]
)
def test_an_answer_that_is_no_page_may_run_nothing_and_may_not_be_framed(edge: Edge, path: str) -> None:
    headers = edge.ask(path)[1]
    assert headers.get_all("Content-Security-Policy") == [NO_PAGE]
    assert headers.get_all("X-Frame-Options") == ["DENY"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers["Strict-Transport-Security"]


CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_the_trace_that_a_page_began_is_passed_on_and_logged(edge: Edge) -> None:
    for path, method in (("/api/v1/airlines", "GET"), ("/api/v1/batch", "POST")):
        edge.ask(path, method, traceparent=CALLER, tracestate="vendor=1")
    assert [(head["traceparent"], head["tracestate"]) for head in edge.heads] == 2 * [(CALLER, "vendor=1")]
    wait_for(lambda: edge.log.read_text().count(f'"traceparent":"{CALLER}"') == 2)
    edge.ask("/robots.txt", traceparent='x","status":500,"y":"')
    wait_for(lambda: "/robots.txt" in edge.log.read_text())
    assert all(json.loads(line) for line in edge.log.read_text().splitlines() if line.startswith("{"))


def test_a_page_tells_that_its_requests_may_begin_traces_only_where_the_api_makes_them(edge: Edge) -> None:
    pages = ("/", "/delays", "/flights/7")
    assert {edge.ask(page)[1]["Server-Timing"] for page in pages} == {None}
    with running_nginx(OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318") as traced:
        for page in pages:
            _, told, _ = traced.ask(page)
            assert re.fullmatch(r'traceparent;desc="00-[0-9a-f]{32}-[0-9a-f]{16}-00"', told["Server-Timing"])
            assert told["X-Request-ID"] in told["Server-Timing"]
        assert traced.ask("/robots.txt")[1]["Server-Timing"] is None
        assert "[warn]" not in traced.log.read_text()
