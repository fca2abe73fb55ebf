"""The production topology, as `make stack` starts it: what a client sees of it, and what it survives.

`make test-stack` runs these. They stop, kill and freeze containers, and start them again.
"""

import json
import os
import random
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

import brotli
import pytest

from roundtrip.site import PAGES

PROJECT = Path(__file__).resolve().parents[2]
PORT = int(os.environ.get("HTTPS_PORT", "8443"))
HTTP_PORT = int(os.environ.get("HTTP_PORT", "8080"))
API = "/api/v1"
SERVICES = ("edge", "varnish", "balancer", "api", "pgbouncer", "postgres", "redis")
TLS = ssl.create_default_context()
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE  # a certificate of this machine's own making


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes

    def __getitem__(self, name: str) -> str:
        return ", ".join(self.headers.get_all(name) or [])

    def json(self) -> Any:
        return json.loads(self.body)


def ask(path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    connection = HTTPSConnection("localhost", PORT, timeout=40, context=TLS)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def batch(urls: list[str]) -> str:
    return json.dumps({"requests": [{"id": str(number), "url": url} for number, url in enumerate(urls)]})


def compose(*arguments: str) -> str:
    command = ["docker", "compose", *arguments]
    return subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout


def replicas() -> list[str]:
    return compose("ps", "-q", "api").split()


def never_asked() -> str:
    """Return the URL of a flight that, as good as surely, no cache has an answer to."""
    return f"{API}/flights/{random.randrange(1, 336_776)}?fields=id,{random.choice(['dest', 'origin'])}"


def never_listed() -> str:
    """Return the URL of a list of flights that no cache has, either."""
    month, day = random.randrange(1, 13), random.randrange(1, 29)
    return f"{API}/flights?limit={random.randrange(100, 200)}&from=2013-{month:02}-{day:02}"


@dataclass
class Load:
    """What clients were told who asked all the time."""

    answered: int = 0
    slowest: float = 0.0
    lost: list[str] = field(default_factory=list)


@contextmanager
def under_load(one: Callable[[], Answer], clients: int = 6) -> Iterator[Load]:
    """Let some clients ask one after the other, as long as the block lasts and a moment longer."""
    load, stop, lock = Load(), threading.Event(), threading.Lock()

    def client() -> None:
        while not stop.is_set():
            began = time.monotonic()
            try:
                answer = one()
                said = "" if answer.status == 200 else f"{answer.status} {answer.body[:200]!r}"
            except (OSError, HTTPException) as error:
                said = repr(error)
            with lock:
                load.answered += 1
                load.slowest = max(load.slowest, time.monotonic() - began)
                if said:
                    load.lost.append(said)

    with ThreadPoolExecutor(clients) as pool:
        for _ in range(clients):
            pool.submit(client)
        try:
            time.sleep(0.5)
            yield load
            time.sleep(2)
        finally:
            stop.set()


@pytest.fixture(autouse=True)
def _whole_again() -> Iterator[None]:
    """Start after a test what it has stopped, and wait until it answers."""
    yield
    if len(json.loads(f"[{','.join(compose('ps', '--format', 'json').splitlines())}]")) < len(SERVICES) + 1:
        compose("up", "--wait", "--no-recreate")


# What a client sees.


def test_it_speaks_http_2_over_tls() -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("localhost", PORT)) as plain, context.wrap_socket(plain) as secure:
        assert secure.selected_alpn_protocol() == "h2"
        assert secure.version() in ("TLSv1.2", "TLSv1.3")
    command = ["curl", "-sk", "--http2", "-o", os.devnull, "-w", "%{http_version} %{http_code}"]
    url = f"https://localhost:{PORT}{API}/airlines/UA"
    assert subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout == "2 200"


def test_plain_http_leads_to_tls() -> None:
    connection = HTTPConnection("localhost", HTTP_PORT, timeout=10)
    connection.request("GET", "/delays?origin=JFK")
    response = connection.getresponse()
    assert response.status == 308
    assert response.headers["Location"] == f"https://localhost:{PORT}/delays?origin=JFK"
    connection.close()


@pytest.mark.parametrize("path", ["/", *(path.replace("<int:flight>", "1") for path in PAGES)])
def test_a_page_is_always_asked_for_again(path: str) -> None:
    page = ask(path, Accept="text/html")
    assert page.status == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert page["Cache-Control"] == "no-cache"
    assert page["Strict-Transport-Security"] == "max-age=31536000"
    assert "script-src 'self' 'sha256-" in page["Content-Security-Policy"]
    assert ask(path, If_None_Match=page["ETag"]).status == 304


def test_assets_are_compressed_beforehand_and_kept_for_good() -> None:
    assets = set(re.findall(r"/assets/[\w.-]+", ask("/").body.decode()))
    assert len(assets) > 1
    for path in assets:
        plain = ask(path)
        coded = ask(path, Accept_Encoding="gzip, br")
        assert coded["Content-Encoding"] == "br"
        assert brotli.decompress(coded.body) == plain.body
        assert ask(path, Accept_Encoding="gzip, br;q=0")["Content-Encoding"] == "gzip"
        for answer in (plain, coded):
            assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer["Content-Type"] == "text/javascript; charset=utf-8"
            assert answer["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/nothing", "/flights/x", "/index.html", "/metrics", "/readyz", "/.vite/manifest.json"]
)
def test_an_unknown_path_and_what_is_for_the_inside_are_not_found(path: str) -> None:
    told = ask(path)
    assert (told.status, told["Content-Type"]) == (404, "application/problem+json")
    assert told.json()["status"] == 404
    if not path.endswith((".html", ".json")):
        shown = ask(path, Accept="text/html")
        assert (shown.status, shown["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_inside_a_replica_says_that_it_is_ready_and_counts() -> None:
    read = "from urllib.request import urlopen; print(urlopen('http://localhost:8000/{}').read().decode())"
    assert json.loads(compose("exec", "-T", "api", "python", "-c", read.format("readyz")))["status"] == "ready"
    assert "roundtrip_in_flight" in compose("exec", "-T", "api", "python", "-c", read.format("metrics"))


@pytest.mark.parametrize("path", ["/", "/nothing", "/assets/no.js", f"{API}/airlines", f"{API}/nothing", "/healthz"])
def test_no_answer_tells_a_version(path: str) -> None:
    answer = ask(path)
    assert answer["Server"] == "nginx"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Strict-Transport-Security"]
    for name in ("Via", "X-Varnish", "X-Powered-By"):
        assert answer[name] == ""


def test_what_is_too_large_is_a_problem_too() -> None:
    answer = ask(f"{API}/batch", "POST", "x" * 200_000, Content_Type="application/json")
    assert (answer.status, answer["Content-Type"]) == (413, "application/problem+json")
    answer = ask(f"{API}/flights?x={'x' * 9000}")
    assert answer.status in (400, 414)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_request_has_one_name_and_the_client_does_not_choose_it() -> None:
    answer = ask(never_asked(), X_Request_ID="mine-and-long-enough")
    name = answer["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert f'rid;desc="{name}"' in answer["Server-Timing"]
    assert f'"id":"{name}"' in compose("logs", "--no-log-prefix", "--tail", "50", "edge")
    assert name in compose("logs", "--no-log-prefix", "--tail", "50", "api")


# The caching edge.


def test_the_second_one_who_asks_is_answered_by_the_edge() -> None:
    url = never_asked()
    first, second = ask(url), ask(url)
    assert first["Cache-Status"] == "roundtrip; fwd=uri-miss; stored, varnish; fwd=uri-miss; stored"
    assert re.fullmatch(r"roundtrip; fwd=uri-miss; stored, varnish; hit; ttl=\d+", second["Cache-Status"])
    assert second.body == first.body
    assert second["Server-Timing"] == f'rid;desc="{second["X-Request-ID"]}", cache;desc="hit"'  # not the first one's


def test_spellings_of_one_question_are_one_entry_and_each_coding_is_another() -> None:
    limit = random.randrange(2, 100)
    ask(f"{API}/flights?origin=JFK&limit={limit}", Accept_Encoding="br")
    for spelling in ("gzip, deflate, br, zstd", "gzip;q=0.5, BR"):
        again = ask(
            f"{API}/flights?limit={limit}&origin=JFK", Accept_Encoding=spelling, Accept="application/json, */*"
        )
        assert "varnish; hit" in again["Cache-Status"]
        assert again["Content-Encoding"] == "br"
    for accepted, coding in (("zstd, gzip", "zstd"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("deflate", "")):
        assert ask(f"{API}/flights?origin=JFK&limit={limit}", Accept_Encoding=accepted)["Content-Encoding"] == coding
    other = ask(f"{API}/flights?origin=JFK&limit={limit}", Accept="application/msgpack")
    assert other["Content-Type"] == "application/msgpack"


def test_who_has_it_is_told_so() -> None:
    url = never_asked()
    etag = ask(url)["ETag"]
    again = ask(url, If_None_Match=etag)
    assert (again.status, again.body) == (304, b"")
    assert "varnish; hit" in again["Cache-Status"]


@pytest.mark.parametrize("header", [{"Authorization": "Bearer x"}, {"Cookie": "session=x"}])
def test_who_says_who_they_are_passes_by_the_cache_both_ways(header: dict[str, str]) -> None:
    url = never_asked()
    for _ in "12":
        assert ask(url, **header)["Cache-Status"].endswith("varnish; fwd=bypass")
    assert "varnish; fwd=uri-miss" in ask(url)["Cache-Status"]
    assert ask(url, **header)["Cache-Status"].endswith("varnish; fwd=bypass")


def test_an_error_is_not_kept() -> None:
    for _ in "12":
        answer = ask(f"{API}/airlines/ZZ")
        assert answer.status == 404
        assert answer["Cache-Status"] == "roundtrip; fwd=bypass, varnish; fwd=uri-miss"


def test_many_who_ask_at_once_are_one_request_behind_the_edge() -> None:
    url = never_listed()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ask(url), range(50)))
    assert {answer.status for answer in answers} == {200}
    assert len([1 for answer in answers if "varnish; fwd=uri-miss" in answer["Cache-Status"]]) == 1


def test_a_batch_comes_line_by_line() -> None:
    body = batch([never_listed() for _ in range(20)])
    connection = HTTPSConnection("localhost", PORT, timeout=20, context=TLS)
    kinds = {"Content-Type": "application/json", "Accept": "application/x-ndjson"}
    connection.request("POST", f"{API}/batch", body, kinds)
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Type"]) == (200, "application/x-ndjson")
    arrivals, told = [], b""
    while piece := response.read1(1 << 20):
        arrivals.append(time.monotonic())
        told += piece
    lines = [json.loads(line) for line in told.splitlines()]
    assert sorted(int(line["id"]) for line in lines) == list(range(20))
    assert {line["status"] for line in lines} == {200}
    assert len({round(arrival, 3) for arrival in arrivals}) > 3  # not all at the end
    connection.close()


# What it survives.


def test_a_killed_replica_costs_no_get() -> None:
    killed = replicas()[0]
    with under_load(lambda: ask(never_asked())) as load:
        docker("kill", "--signal", "KILL", killed)
        time.sleep(2)
        docker("start", killed)
    assert load.answered > 50
    assert load.lost == []


def test_a_frozen_replica_costs_no_get() -> None:
    frozen = replicas()[0]
    with under_load(lambda: ask(never_asked())) as load:
        docker("pause", frozen)
        time.sleep(10)
        docker("unpause", frozen)
    assert load.lost == []
    assert load.slowest < 20


def test_new_replicas_take_over_without_a_lost_request() -> None:
    before = replicas()
    urls = [never_asked() for _ in range(5)]

    def one() -> Answer:
        if random.random() < 0.3:
            return ask(f"{API}/batch", "POST", batch(urls), Content_Type="application/json")
        return ask(never_asked())

    with under_load(one) as load:
        subprocess.run([PROJECT / "backend" / "edge" / "update.sh"], check=True, capture_output=True)
    assert load.lost == []
    assert len(replicas()) == len(before)
    assert not set(replicas()) & set(before)


@pytest.mark.parametrize("service", ["varnish", "balancer", "redis"])
def test_each_of_these_may_start_anew(service: str) -> None:
    compose("restart", service)
    deadline = time.monotonic() + 15
    while ask(never_asked()).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert ask(f"{API}/batch", "POST", batch([never_asked()]), Content_Type="application/json").status == 200


def test_without_varnish_the_api_answers() -> None:
    compose("stop", "varnish")
    answer = ask(never_asked())
    assert answer.status == 200
    assert "varnish" not in answer["Cache-Status"]


def test_without_redis_it_answers_all_the_same() -> None:
    compose("stop", "redis")
    for _ in range(10):
        assert ask(never_asked()).status == 200


@pytest.mark.parametrize("service", ["postgres", "pgbouncer"])
def test_without_its_database_what_is_kept_is_answered_and_the_rest_is_a_problem(service: str) -> None:
    kept = never_asked()
    ask(kept)
    compose("stop", service)
    assert ask(kept).status == 200
    answer = ask(never_asked())
    assert (answer.status, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"]


def test_without_any_replica_what_is_kept_is_answered_and_the_rest_is_a_problem() -> None:
    kept = never_asked()
    ask(kept)
    compose("stop", "api")
    assert ask(kept).status == 200
    for answer in (
        ask(never_listed()),
        ask(f"{API}/batch", "POST", batch([kept]), Content_Type="application/json"),
    ):
        assert (answer.status, answer["Content-Type"]) == (503, "application/problem+json")
        assert answer["Retry-After"]
        assert answer["Cache-Control"] == "no-store"
    assert ask("/").status == 200


def test_a_thousand_slow_clients_disturb_nobody_and_are_sent_away() -> None:
    with ExitStack() as slow:
        for _ in range(1000):
            slow.enter_context(socket.create_connection(("localhost", PORT)))  # and not a byte of TLS
        plain = slow.enter_context(socket.create_connection(("localhost", PORT)))
        began = time.monotonic()
        slowest = slow.enter_context(TLS.wrap_socket(plain, server_hostname="localhost"))
        slowest.settimeout(30)
        slowest.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")  # and no more
        times = []
        for _ in range(20):
            start = time.monotonic()
            assert ask(never_asked()).status == 200
            times.append(time.monotonic() - start)
        assert sorted(times)[15] < 0.5
        assert slowest.recv(1000) in (b"", b"HTTP/1.1 408 Request Time-out\r\n")
        assert time.monotonic() - began < 25


# How it is put up.


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_has_no_more_than_it_needs(service: str) -> None:
    for container in compose("ps", "-q", service).split():
        told = json.loads(docker("inspect", container))[0]
        host = told["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert host["Memory"] > 0
        assert host["RestartPolicy"]["Name"] == "unless-stopped"
        ports = [port for published in (host["PortBindings"] or {}).values() for port in published]
        assert bool(ports) == (service == "edge")
        processes = docker("top", container, "-eo", "pid,uid,comm").splitlines()[1:]
        roots = {line.split()[2] for line in processes if line.split()[1] == "0"}
        assert roots <= {"docker-init", "tini"}  # what reaps processes, where a service needs root to begin with


def test_the_image_of_the_api_has_nothing_that_builds() -> None:
    look = "for tool in gcc cc make node npm; do command -v $tool; done; touch /app/x 2>&1; id -u"
    said = docker("run", "--rm", "--read-only", "roundtrip-api", "sh", "-c", look).split("\n")
    assert said[-2] == "10001"
    assert "Read-only file system" in said[0]
    assert len(said) == 3
