"""The stack as a client sees it, and the limits of its containers."""

import json
import os
import re
import socket
import ssl
import subprocess
from http.client import HTTPConnection

import brotli
import pytest

from roundtrip.site import PAGES

from .stack import API, HTTP_PORT, PORT, SERVICES, ask, compose, docker, never_asked, replicas


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


OF_A_PAGE = [path.replace("<int:flight>", "1") for path in PAGES if "<name>" not in path]
OF_A_SUBJECT = ["/airlines/UA", "/airports/LGA", "/routes/JFK-LAX", "/numbers/UA1545"]


@pytest.mark.parametrize("path", [*OF_A_PAGE, *OF_A_SUBJECT])
def test_a_page_is_revalidated_each_time(path: str) -> None:
    page = ask(path, Accept="text/html")
    assert page.status == 200
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert page["Cache-Control"] == "no-cache"
    assert page["Strict-Transport-Security"] == "max-age=31536000"
    assert "script-src 'self' 'sha256-" in page["Content-Security-Policy"]
    assert ask(path, If_None_Match=page["ETag"]).status == 304


def test_assets_are_compressed_by_the_build_and_cached_for_a_year() -> None:
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
            assert answer["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/flights/x",
        "/flights/0",
        "/flights/99999999999999999999",
        "/metrics",
        "/readyz",
        "/.vite/manifest.json",
    ],
)
def test_an_unknown_path_is_not_found_and_neither_is_an_internal_one(path: str) -> None:
    told = ask(path)
    assert (told.status, told["Content-Type"]) == (404, "application/problem+json")
    assert told.json()["status"] == 404
    assert told["Vary"] == "Accept"
    if not path.endswith(".json"):
        shown = ask(path, Accept="text/html")
        assert (shown.status, shown["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert shown["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize(
    ("spelled", "address"),
    [
        ("/delays/?origin=JFK", "/delays?origin=JFK"),
        ("//delays", "/delays"),
        ("/flights/007", "/flights/7"),
        ("/index.html", "/"),
    ],
)
def test_a_page_has_one_address(spelled: str, address: str) -> None:
    told = ask(spelled)
    assert (told.status, told["Location"]) == (308, address)
    assert ask(address).status == 200


def test_a_replica_tells_the_inside_that_it_is_ready_and_its_metrics() -> None:
    read = "from urllib.request import urlopen; print(urlopen('http://localhost:8000/{}').read().decode())"
    assert json.loads(compose("exec", "-T", "api", "python", "-c", read.format("readyz")))["status"] == "ready"
    assert "roundtrip_in_flight" in compose("exec", "-T", "api", "python", "-c", read.format("metrics"))


@pytest.mark.parametrize("path", ["/", "/nothing", "/assets/no.js", f"{API}/airlines", f"{API}/nothing", "/healthz"])
def test_no_answer_tells_a_version_or_stands_in_a_frame(path: str) -> None:
    answer = ask(path)
    assert answer["Server"] == "nginx"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Strict-Transport-Security"]
    for name in ("Via", "X-Varnish", "X-Powered-By"):
        assert answer[name] == ""


def test_a_request_for_another_site_is_refused_and_not_redirected() -> None:
    for answer in (ask("/", Host="evil.example"), ask(f"{API}/airlines", Host="evil.example")):
        assert (answer.status, answer["Content-Type"]) == (421, "application/problem+json")
    connection = HTTPConnection("localhost", HTTP_PORT, timeout=10)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (421, None)
    connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/"), ("TRACE", "/delays"), ("PUT", f"{API}/airlines"), ("PURGE", f"{API}/airlines")],
)
def test_a_method_that_is_not_allowed_is_a_problem_that_names_the_allowed_ones(method: str, path: str) -> None:
    answer = ask(path, method, Cache_Group_Invalidation='"airlines"')
    assert (answer.status, answer["Content-Type"]) == (405, "application/problem+json")
    assert {"GET", "HEAD"} <= set(answer["Allow"].split(", "))


def test_a_head_or_a_body_that_is_too_large_is_a_problem() -> None:
    many = {f"X-{number}": "1" for number in range(60)}
    answer = ask(never_asked(), **many)
    assert (answer.status, answer["Content-Type"]) == (431, "application/problem+json")

    answer = ask(f"{API}/batch", "POST", "x" * 200_000, Content_Type="application/json")
    assert (answer.status, answer["Content-Type"]) == (413, "application/problem+json")
    answer = ask(f"{API}/flights?x={'x' * 9000}")
    assert answer.status in (400, 414)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_request_has_one_id_and_the_client_does_not_choose_it() -> None:
    answer = ask(never_asked(), X_Request_ID="mine-and-long-enough")
    name = answer["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert f'rid;desc="{name}"' in answer["Server-Timing"]
    assert f'"id":"{name}"' in compose("logs", "--no-log-prefix", "--tail", "50", "edge")
    assert name in compose("logs", "--no-log-prefix", "--tail", "50", "api")


# The containers.


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_has_no_more_than_it_needs(service: str) -> None:
    for container in compose("ps", "-q", service).split():
        told = json.loads(docker("inspect", container))[0]
        host = told["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert host["Memory"] > 0
        assert host["MemorySwap"] == host["Memory"]  # memory and swap together: no swap
        assert 0 < host["PidsLimit"] <= 2500
        assert told["Config"]["Healthcheck"]["Test"]
        assert host["RestartPolicy"]["Name"] == "unless-stopped"
        ports = [port for published in (host["PortBindings"] or {}).values() for port in published]
        assert bool(ports) == (service == "edge")
        processes = docker("top", container, "-eo", "pid,uid,comm").splitlines()[1:]
        checks = {"pg_isready", "sh", "runc:[2:INIT]"}  # PostgreSQL's health check, for the moment that it takes
        assert {line.split()[2] for line in processes if line.split()[1] == "0"} <= checks


def test_the_log_of_the_edge_has_no_warning() -> None:
    assert "[warn]" not in compose("logs", "--no-log-prefix", "edge")


def test_the_image_of_the_api_has_no_build_tools() -> None:
    look = "for tool in gcc cc make node npm; do command -v $tool; done; touch /app/x 2>&1; id -u"
    image = json.loads(docker("inspect", replicas()[0]))[0]["Config"]["Image"]
    said = docker("run", "--rm", "--read-only", image, "sh", "-c", look).split("\n")
    assert said[-2] == "10001"
    assert "Read-only file system" in said[0]
    assert len(said) == 3
