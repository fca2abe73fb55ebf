"""The real server counts over several processes, says why it does not start, and stops without losing a request."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import orjson
import pytest
from engines import Engine
from test_server import NDJSON, SERVERS, Server, gunicorn, serving

from lab.companion import KINDS  # the Lab
from roundtrip.config import BACKEND

SECRET = "K7tq0m3Zx9VbL2wRf8YdJ5hNc1GsTuEp"
URL = "/api/v1/airlines"


def counted(server: Server, sample: str) -> float:
    with server.get("/metrics") as response:
        text = response.read().decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(sample))


def workers(server: Server) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(child) for child in children.split()]


@pytest.mark.parametrize("kind", SERVERS)
def test_several_processes_count_together_and_what_an_ended_one_counted_stays(
    database_path: Path, tmp_path: Path, redis: Engine, kind: str
) -> None:
    counts = tmp_path / "counts"
    counts.mkdir()
    (counts / "counter_1.db").write_bytes(b"of an earlier run")
    settings = {
        "ROUNDTRIP_SERVER": kind,
        "WORKERS": "2",
        "CACHE_URL": f"{redis.url}/{4 + 2 * SERVERS.index(kind)}",
        "METRICS": "on",
        "PROMETHEUS_MULTIPROC_DIR": str(counts),
    }
    sample = "roundtrip_request_seconds_count{"
    with serving(database_path, tmp_path / "errors", **settings) as server:
        assert not (counts / "counter_1.db").exists()
        (counts / "counter_1.db").touch()  # as if another process were just making it
        for asked in (20, 40):
            for _ in range(20):
                with server.get(URL) as response:
                    assert response.status == 200
            assert counted(server, sample) == asked
            assert counted(server, "roundtrip_in_flight") == 0
            replace_a_worker(server, counts)


def test_the_counts_of_several_processes_are_in_memory_and_leave_nothing_behind(
    database_path: Path, tmp_path: Path, redis: Engine
) -> None:
    settings = {"WORKERS": "2", "CACHE_URL": f"{redis.url}/5", "METRICS": "on"}
    with serving(database_path, tmp_path / "errors", **settings) as server:
        wait_until(lambda: len(workers(server)) == 2)
        with server.get(URL) as response:
            assert response.status == 200
        mapped = "".join(Path(f"/proc/{worker}/maps").read_text() for worker in workers(server))
        counts = re.search(r"/dev/shm/roundtrip-metrics-\w+", mapped)
        assert counts
    assert not Path(counts[0]).exists()


def replace_a_worker(server: Server, counts: Path) -> None:
    ended = workers(server)[0]
    os.kill(ended, signal.SIGTERM)  # gunicorn starts another
    wait_until(lambda: len(workers(server)) == 2 and ended not in workers(server))
    assert not list(counts.glob(f"gauge_live*_{ended}.db"))


def wait_until(true: Any) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def start_refused(**settings: str) -> str:
    environment = {**os.environ, "ROUNDTRIP_PORT": "0", **settings}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
    ended = subprocess.run(
        command, cwd=BACKEND, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode != 0
    return ended.stderr


def test_a_start_that_is_not_safe_says_all_that_is_wrong() -> None:
    said = start_refused(PROFILE="production", LAB="on", FLASK_DEBUG="1", WORKERS="2", SECRET_KEY="x")
    for name in (
        "SECRET_KEY",
        "TRUSTED_HOSTS",
        "FLASK_DEBUG",
        "LAB=on",
        "CACHE_URL=memory:",
        "RATE_LIMIT_URL=memory:",
    ):
        assert name in said
    assert "Traceback" not in said


def test_a_start_that_cannot_succeed_is_not_tried_again_and_again() -> None:
    said = start_refused(CACHE_URL="redis:/nowhere", WORKERS="0", DATABASE_URL="mysql://localhost/roundtrip")
    for name in ("CACHE_URL", "WORKERS", "DATABASE_URL"):
        assert f"{name}: expected" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_leads_to_one_that_is_free_with_all_that_are_counted_from_it() -> None:
    with closing(listening(0)) as taken:
        port = taken.getsockname()[1]
        said = start_refused(ROUNDTRIP_PORT=str(port))
        assert f"Cannot listen on 127.0.0.1:{port}: " in said
        found = re.search(r"ROUNDTRIP_PORT=(\d+) make run", said)
        assert found
        opened = [int(found[1])]
        opened += [opened[0] + kind.offset for kind in KINDS]  # the Lab
        assert port not in opened
        for free in opened:
            listening(free).close()


def listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1", "2001:db8::1"])
def test_a_host_that_is_not_this_machine_is_told_and_no_port_is_to_blame(host: str) -> None:
    said = start_refused(ROUNDTRIP_HOST=host)
    assert "ROUNDTRIP_HOST names an address of this machine" in said
    assert "Choose another port" not in said
    assert "Traceback" not in said


def test_an_address_of_ipv6_is_listened_on(database_path: Path) -> None:
    port, command, environment = gunicorn(database_path, "wsgi:app", ROUNDTRIP_HOST="::1")
    with subprocess.Popen(command, cwd=BACKEND, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any(f"http://[::1]:{port}/" in line for line in process.stdout)
            connection = HTTPConnection("::1", port, timeout=60)
            connection.request("GET", "/api/v1/airlines/UA")
            assert connection.getresponse().status == 200
            connection.close()
        finally:
            process.terminate()


@pytest.mark.parametrize("kind", SERVERS)
def test_a_release_that_fails_at_each_question_takes_none(database_path: Path, kind: str) -> None:
    port, command, environment = gunicorn(database_path, "broken_release:app", ROUNDTRIP_SERVER=kind)
    with subprocess.Popen(command, cwd=BACKEND, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        limit = threading.Timer(60, process.kill)
        limit.start()
        try:
            for _ in range(2):  # it is tried again, for whatever was the matter may have passed
                assert any("cannot answer a question (failed: TypeError)" in line for line in process.stderr)
            assert not accepts(port)
        finally:
            limit.cancel()
            process.terminate()


def test_a_cache_in_one_process_is_refused_for_several() -> None:
    said = start_refused(WORKERS="2")
    assert "CACHE_URL=memory:" in said
    assert "Traceback" not in said


@pytest.fixture(scope="module", params=SERVERS)
def production(
    request: pytest.FixtureRequest, database_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    settings = {
        "PROFILE": "production",
        "SECRET_KEY": SECRET,
        "TRUSTED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "1",
        "LAB": "off",
        "ROUNDTRIP_SERVER": request.param,
    }
    with serving(database_path, tmp_path_factory.mktemp("production") / "errors", **settings) as server:
        yield server


def test_the_log_is_json_and_has_the_name_that_the_edge_gave(production: Server) -> None:
    rid = "fedcba9876543210-of-the-edge"
    with production.get(URL, **{"X-Request-ID": rid, "X-Request-Start": f"t={time.time():.3f}"}) as response:
        assert f'rid;desc="{rid}"' in response.headers["Server-Timing"]
    assert production.process.stdout is not None
    line: dict[str, Any] = {}
    while line.get("rid") != rid:
        line = orjson.loads(production.process.stdout.readline())
    assert (line["path"], line["status"]) == (URL, 200)
    assert line["queue_ms"] >= 0


def test_no_answer_says_which_server_it_is(production: Server) -> None:
    for path in ("/healthz", URL, "/api/v1/nowhere"):
        with production.get(path) as response:
            told = str(response.headers).lower()
        assert "gunicorn" not in told
        assert "python" not in told


@pytest.mark.parametrize("headers", [{"X-Long": "x" * 9000}, {f"X-{number}": "x" for number in range(60)}])
def test_too_much_of_headers_is_refused_with_a_problem(production: Server, headers: dict[str, str]) -> None:
    with production.get(URL, **headers) as response:
        assert 400 <= response.status < 500
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("kind", SERVERS)
def test_a_request_under_way_is_answered_when_the_server_is_told_to_stop(
    database_path: Path, tmp_path: Path, kind: str
) -> None:
    with serving(database_path, tmp_path / "errors", "held_app:app", ROUNDTRIP_SERVER=kind) as server:
        server.control("hold")
        kept = server.connect()  # alive, and with nothing asked on it
        kept.request("GET", "/held/ran")
        kept.getresponse().read()
        slow = server.connect()
        part = {"id": "slow", "url": "/api/v1/flights?dest=ANC"}
        slow.request("POST", "/api/v1/batch", orjson.dumps({"requests": [part]}), NDJSON)
        assert server.control("began")
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not accepts(server.port))
        kept.request("GET", "/held/release")
        released = kept.getresponse()
        assert released.status == 200
        assert released.headers["Connection"] == "close"
        with slow.getresponse() as response:
            assert orjson.loads(response.readline())["status"] == 200
        kept.close()
        slow.close()
        assert server.process.wait(30) == 0


def accepts(port: int) -> bool:
    """Tell whether the server takes a new connection; one that listens and accepts none does not answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return connection.recv(1) != b""
    except OSError:
        return False


@pytest.mark.parametrize("kind", SERVERS)
def test_no_request_is_lost_while_the_server_stops(database_path: Path, tmp_path: Path, kind: str) -> None:
    """A client that was told the connection lives may ask on it, and is answered."""
    lost: list[str] = []
    answered = threading.Semaphore(0)

    def ask(server: Server) -> None:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        closes = False
        while not closes:
            try:
                connection.request("GET", URL)
                with connection.getresponse() as response:
                    response.read()
                    closes = response.headers["Connection"] == "close"
            except OSError as error:
                lost.append(repr(error))
                return
            answered.release()

    with serving(database_path, tmp_path / "errors", ROUNDTRIP_SERVER=kind) as server:
        clients = [threading.Thread(target=ask, args=(server,)) for _ in range(4)]
        for client in clients:
            client.start()
        for _ in range(200):
            assert answered.acquire(timeout=30)
        server.process.send_signal(signal.SIGTERM)
        for client in clients:
            client.join(30)
            assert not client.is_alive()
        assert server.process.wait(30) == 0
    assert lost == []


def test_a_client_that_claims_another_address_is_limited_as_itself(database_path: Path, tmp_path: Path) -> None:
    with serving(database_path, tmp_path / "errors", RATE_LIMIT="2/day") as server:
        statuses = []
        for number in range(4):
            with server.get(URL, **{"X-Forwarded-For": f"203.0.113.{number}"}) as response:
                statuses.append(response.status)
        assert statuses == [200, 200, 429, 429]
        with server.get("/healthz") as response:
            assert re.fullmatch(rb'\{"status":"alive"\}', response.read())
