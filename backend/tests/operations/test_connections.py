"""No client blocks all threads: not with silent, with slow or with many connections."""

import errno
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import in_time
from test_server import SERVERS, Server, gunicorn, serving

from roundtrip.config import BACKEND
from roundtrip.operations import connections

URL = "/api/v1/airlines"
BATCH = b"POST /api/v1/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
ASK = f"GET {URL} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def connected(server: Server, stack: ExitStack) -> socket.socket:
    return stack.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=60)))


def workers(server: Server) -> str:
    return Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()


@pytest.mark.parametrize("kind", SERVERS)
def test_silent_connections_hold_no_thread(database_path: Path, tmp_path: Path, kind: str) -> None:
    with serving(database_path, tmp_path / "errors", ROUNDTRIP_SERVER=kind) as server, ExitStack() as stack:
        for _ in range(40):  # each of them held one of four threads for 5 seconds
            connected(server, stack)
        began = time.monotonic()
        with server.get(URL) as response:
            assert response.status == 200
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("kind", SERVERS)
def test_drop_by_drop_and_in_silence_nobody_delays_another(database_path: Path, tmp_path: Path, kind: str) -> None:
    settings = {"ROUNDTRIP_SERVER": kind, "THREADS": "4"} if kind == "asgi" else {}
    with serving(database_path, tmp_path / "errors", **settings) as server, ExitStack() as stack:
        for _ in range(16):
            connected(server, stack)
        drippers = [connected(server, stack) for _ in range(4)]
        for number, dripper in enumerate(drippers):
            dripper.sendall(b"GET / HTTP/1.1\r\n" if number % 2 else BATCH + b"Content-Length: 5000\r\n\r\n")
        for number in range(8):
            for half, dripper in enumerate(drippers):
                dripper.sendall(b"X" if half % 2 else b"[")
            began = time.monotonic()
            with server.get(f"{URL}?limit={number + 1}") as response:  # no hit
                assert response.status == 200
            with server.get("/healthz") as response:  # by Flask
                assert response.status == 200
            assert time.monotonic() - began < 5


def test_a_client_that_reads_no_answer_holds_no_thread_and_is_let_go(database_path: Path, tmp_path: Path) -> None:
    settings = {"ROUNDTRIP_SERVER": "asgi", "THREADS": "4"}
    report = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(database_path, tmp_path / "errors", "hasty_app:app", **settings) as server, ExitStack() as stack:
        clients = [connected(server, stack) for _ in range(8)]
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(report * 300)  # more than the system's buffers hold
        began = time.monotonic()
        with server.get(URL) as response:
            assert response.status == 200
        assert time.monotonic() - began < 5

        def is_let_go(client: socket.socket) -> bool:
            try:
                client.sendall(b"X")
            except OSError:
                return True
            return False

        assert in_time(lambda: all(map(is_let_go, clients)))


def test_a_silent_connection_from_the_kernel_holds_no_thread() -> None:
    ours, theirs = socket.socketpair()
    connection = connections.Connection.__new__(connections.Connection)
    connection.sock, connection.data_ready = ours, False
    began = time.monotonic()
    assert connection.wait_for_data(60) is False
    assert time.monotonic() - began < 30
    theirs.sendall(b"G")
    assert connection.wait_for_data(60) is True
    ours.close()
    theirs.close()


@pytest.mark.parametrize("kind", SERVERS)
def test_a_silent_connection_may_ask_later(database_path: Path, tmp_path: Path, kind: str) -> None:
    with serving(database_path, tmp_path / "errors", ROUNDTRIP_SERVER=kind) as server, ExitStack() as stack:
        client = connected(server, stack)
        time.sleep(1.5)
        client.sendall(ASK)
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize("part", ["head", "body", "chunks"])
def test_a_request_sent_byte_by_byte_is_cut_off(database_path: Path, tmp_path: Path, part: str, kind: str) -> None:
    begun, drop = {
        "head": (b"GET / HTTP/1.1\r\n", b"X: y\r\n"),
        "body": (BATCH + b"Content-Length: 5000\r\n\r\n", b"["),
        "chunks": (BATCH + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n"),
    }[part]
    errors = tmp_path / "errors"
    settings = {"ROUNDTRIP_SERVER": kind, "THREADS": "4"}
    with serving(database_path, errors, "hasty_app:app", **settings) as server, ExitStack() as stack:
        clients = [connected(server, stack) for _ in range(8)]  # twice as many as there are threads
        for client in clients:
            client.sendall(begun)

        def all_have_ended() -> bool:
            for client in list(clients):
                try:
                    client.sendall(drop)
                    client.settimeout(0.01)
                    while client.recv(4096):
                        pass
                except TimeoutError:
                    continue
                except OSError:
                    pass
                clients.remove(client)
            return not clients

        assert in_time(all_have_ended)
        with server.get(URL) as response:
            assert response.status == 200


@contextmanager
def with_files(most: int, database: Path, errors: Path, kind: str) -> Iterator[Server]:
    """Serve as under `ulimit -n`."""
    port, command, environment = gunicorn(database, "wsgi:app", ROUNDTRIP_SERVER=kind)
    limited = ["bash", "-c", f'ulimit -n {most}; exec "$@"', "bash", *command]
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            limited, cwd=BACKEND, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            assert any("answers at" in line for line in process.stdout), errors.read_text()
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait(30)
    assert "Traceback" not in errors.read_text()


@pytest.mark.parametrize(("most", "kind"), [(100, "threads"), (260, "threads"), (100, "asgi")])
def test_at_the_limit_of_open_files_no_connection_is_lost_and_no_process_ends(
    database_path: Path, tmp_path: Path, most: int, kind: str
) -> None:
    with with_files(most, database_path, tmp_path / "errors", kind) as server, ExitStack() as stack:
        before = workers(server)
        clients = [connected(server, stack) for _ in range(300)]
        for client in clients:
            client.sendall(ASK)
        for client in clients:
            client.settimeout(60)
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        assert workers(server) == before


def test_the_soft_limit_of_open_files_is_raised_to_the_hard_one(database_path: Path, tmp_path: Path) -> None:
    port, command, environment = gunicorn(database_path, "wsgi:app")
    limited = ["bash", "-c", 'ulimit -Sn 256; exec "$@"', "bash", *command]
    with subprocess.Popen(limited, cwd=BACKEND, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("answers at" in line for line in process.stdout)
            (worker,) = workers(Server(port, process)).split()
            told = Path(f"/proc/{worker}/limits").read_text()
        finally:
            process.send_signal(signal.SIGTERM)
    soft, hard = next(line for line in told.splitlines() if "open files" in line).split()[3:5]
    assert soft == hard != "256"


def test_a_connection_without_a_free_file_waits_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    class Listener:
        def accept(self) -> Any:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    worker = connections.Worker.__new__(connections.Worker)
    listener: Any = Listener()
    worker.accept(listener)
    assert slept


def test_the_limit_leaves_room_for_other_files() -> None:
    assert connections.connections_within(1_024, 4) < 1_024 - 100
    assert connections.connections_within(64, 4) > 4
    assert connections.connections_within(1_000_000, 4) == connections.MOST_CONNECTIONS
