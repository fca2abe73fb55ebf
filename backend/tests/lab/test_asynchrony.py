"""Each side asks the service equally often, and gives the same answer."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lab import calling
from lab.experiments import fan_out, stampede, waiting
from roundtrip.config import Settings


class Service:
    """A service in this process that notes what it is asked, and how many ask at a time."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.now = 0
        self.most = 0
        self._lock = threading.Lock()

    def answer(self, path: str) -> bytes:
        with self._lock:
            self.asked.append(path)
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self._lock:
            self.now -= 1
        return json.dumps({"id": int(path.partition("?")[0].rpartition("/")[2]), "temp": 39.02}).encode()


@pytest.fixture
def service(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_GET(self) -> None:
            body = service.answer(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        upstream = SimpleNamespace(upstream=f"http://127.0.0.1:{server.server_port}", links=[])
        monkeypatch.setattr(app.extensions["lab"], "companion", upstream)
        yield service
        calling.POOL.clear()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("side", [side.name for side in fan_out.EXPERIMENT.sides])
def test_each_side_makes_the_same_five_calls(client: FlaskClient, service: Service, side: str) -> None:
    response = client.get(f"/api/lab/experiments/fan_out/{side}?number=2")
    assert response.status_code == 200, response.text
    assert len(set(service.asked)) == len(service.asked) == 5
    assert all(path.endswith("?delay=40") for path in service.asked)
    hours = [int(path.partition("?")[0].rpartition("/")[2]) for path in service.asked]
    assert sorted(hours) == sorted(item["id"] for item in response.get_json()["items"])


def test_all_sides_answer_the_same_in_the_same_order(client: FlaskClient, service: Service) -> None:
    for experiment in (fan_out, waiting):
        name = experiment.__name__.rpartition(".")[2]
        answers = {
            client.get(f"/api/lab/experiments/{name}/{side.name}?number=9").data for side in experiment.EXPERIMENT.sides
        }
        assert len(answers) == 1


@pytest.mark.parametrize(("side", "most"), [("one_by_one", 1), ("threads", 5), ("asyncio", 5)])
def test_one_after_another_never_has_two_calls_under_way(
    client: FlaskClient, service: Service, side: str, most: int
) -> None:
    client.get(f"/api/lab/experiments/fan_out/{side}?number=1")
    assert service.most <= most
    assert (service.most == 1) == (side == "one_by_one")


@pytest.mark.parametrize(("side", "most"), [("one_thread", 1), ("four_threads", 4), ("event_loop", 24)])
def test_a_worker_holds_as_many_requests_as_its_manner_allows(
    client: FlaskClient, service: Service, side: str, most: int
) -> None:
    client.get(f"/api/lab/experiments/waiting/{side}?number=1")
    assert len(service.asked) == 24
    assert service.most <= most
    if side == "event_loop":
        assert service.most > waiting.THREADS


def test_the_texts_name_as_many_threads_as_gunicorn_has() -> None:
    assert Settings().threads == 16
    for experiment in (waiting, stampede):
        assert "this server has sixteen threads" in " ".join(experiment.EXPERIMENT.explanation).lower()


def test_no_thread_is_left(client: FlaskClient, service: Service) -> None:
    client.get("/api/lab/experiments/fan_out/threads?number=1")
    client.get("/api/lab/experiments/waiting/four_threads?number=1")
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("fan-out", "waiting"))]


@pytest.mark.parametrize("hour", [0, 999_999])
def test_every_number_asks_for_an_hour_that_there_is(app: Flask, service: Service, hour: int) -> None:
    run = SimpleNamespace(number=hour, bench=app.extensions["lab"])
    for url in calling.urls(run, 24, 50):  # type: ignore[arg-type]  # all that it reads of a run
        assert 1 <= int(url.partition("?")[0].rpartition("/")[2]) <= calling.HOURS
