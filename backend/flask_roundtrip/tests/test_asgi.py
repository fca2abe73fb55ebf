"""The ASGI door: requests, and clients that leave, read slowly or send too much."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from typing import Any

import orjson
import pytest
from flask import Flask, Response, request
from flask_roundtrip.doors.asgi import AsgiDoor, environ_of
from flask_roundtrip.doors.layers import Layer
from flask_roundtrip.extension import state_of
from flask_roundtrip.query_plan import Answered
from flask_roundtrip.wire import Answer, Headers
from helpers import SOON
from marshmallow import Schema, fields
from over_asgi import OverAsgi, scope_of
from werkzeug.test import EnvironBuilder

from flask_roundtrip import Freshness, Problem, Roundtrip

Message = dict[str, Any]


class Client:
    """One request, in pieces that the test sends; a client may leave, and may read only so many messages."""

    def __init__(self, *body: bytes, reads: int = 10_000) -> None:
        self.sent: list[Message] = []
        self._body = list(body) or [b""]
        self._reads = reads
        self._read = 0
        self.leaves, self.reads_on = asyncio.Event(), asyncio.Event()

    async def receive(self) -> Message:
        if self._body:
            piece = self._body.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._body)}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if len(self.sent) >= self._reads:
            await self.reads_on.wait()
        self.sent.append(message)

    @property
    def status(self) -> int:
        status: int = self.sent[0]["status"]
        return status

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


def scope(path: str, method: str = "GET", **more: Any) -> Message:
    return {**scope_of(EnvironBuilder(path, method=method).get_environ()), **more}


def run(steps: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(steps, 60))


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0.01)


class Held:
    """Views that wait until the test lets them go on."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.began: list[str] = []
        self.closed = threading.Event()
        self.threads: set[str] = set()


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def flask_app(held: Held) -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="test", ROUNDTRIP_BATCH="/batch", ROUNDTRIP_THREADS=2)
    rt = Roundtrip(app)

    @app.get("/flight")
    @rt.answers(Schema.from_dict({"id": fields.Integer()}), fresh=Freshness(60))
    def flight(ask: Any) -> Answered:
        held.threads.add(threading.current_thread().name.partition("_")[0])
        return Answered({"id": 7})

    @app.get("/held/<name>")
    @rt.answers(Schema.from_dict({"id": fields.Integer()}), fresh=Freshness(60))
    def slow(ask: Any) -> Answered:
        held.began.append(ask.arguments["name"])
        assert held.may_go_on.wait(60)
        return Answered({"id": 7})

    @app.post("/echo")
    def echo() -> bytes:
        return request.get_data()

    @app.get("/stream")
    def stream() -> Response:
        def pieces() -> Iterator[bytes]:
            try:
                for number in range(100):
                    held.began.append(str(number))
                    yield b"%d," % number
            finally:
                held.closed.set()

        return Response(pieces())

    return app


@pytest.fixture
def door(flask_app: Flask) -> AsgiDoor:
    return Roundtrip.asgi(flask_app)


def batch(*urls: str) -> tuple[Message, bytes]:
    asked = scope("/batch", "POST")
    asked["headers"] = [(b"content-type", b"application/json"), (b"accept", b"application/x-ndjson")]
    return asked, orjson.dumps({"requests": [{"id": url, "url": url} for url in urls]})


async def ask(door: AsgiDoor, path: str) -> Client:
    client = Client()
    await door(scope(path), client.receive, client.send)
    return client


def test_a_hit_and_a_lately_short_answer_run_in_the_loop_and_the_first_in_a_thread(door: AsgiDoor, held: Held) -> None:
    async def steps() -> None:
        for query, threads in (("", {"answer"}), ("", set()), ("?fields=id&x", set()), ("?fields=id", set())):
            held.threads.clear()
            client = await ask(door, f"/flight{query}")
            assert (client.status, client.body) == ((200, b'{"id":7}') if "x" not in query else (400, client.body))
            assert held.threads == threads, query

    run(steps())


@pytest.mark.parametrize(("limit", "thread"), [("SHORT", "answer"), ("SHORT_IN_ALL", "answer"), ("", "MainThread")])
def test_only_an_answer_that_takes_little_cpu_and_waits_for_nothing_runs_in_the_loop(
    door: AsgiDoor, held: Held, monkeypatch: pytest.MonkeyPatch, limit: str, thread: str
) -> None:
    for name in ("SHORT", "SHORT_IN_ALL"):  # on a machine of any speed
        monkeypatch.setattr(f"flask_roundtrip.respond.{name}", 0.0 if name == limit else 60_000.0)

    async def steps() -> None:
        for accept in (b"application/json", b"application/msgpack"):  # the same question, and another entry
            held.threads.clear()
            client = Client()
            await door(scope("/flight", headers=[(b"accept", accept)]), client.receive, client.send)
        assert held.threads == {thread}

    run(steps())


def test_hits_do_not_wait_for_slow_answers(door: AsgiDoor, held: Held) -> None:
    async def steps() -> None:
        await ask(door, "/flight")
        slow = [asyncio.create_task(ask(door, f"/held/{number}")) for number in range(4)]
        await until(lambda: len(held.began) == 2)  # as many as there are threads
        assert (await ask(door, "/flight")).status == 200
        asked, body = batch("/flight", "/nothing")
        client = Client(body)
        await door(asked, client.receive, client.send)
        assert {orjson.loads(line)["status"] for line in client.body.splitlines()} == {200, 404}
        assert not any(task.done() for task in slow)
        held.may_go_on.set()
        assert {client.status for client in await asyncio.gather(*slow)} == {200}

    run(steps())


def test_the_loop_does_not_wait_for_an_answer_that_another_thread_builds(
    door: AsgiDoor, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_roundtrip.respond.Responder._is_short", lambda *_: bool(held.began))

    async def steps() -> None:
        both = [asyncio.create_task(ask(door, "/held/same"))]
        await until(lambda: held.began)
        both.append(asyncio.create_task(ask(door, "/held/same")))
        await asyncio.sleep(0.05)  # the loop goes on
        held.may_go_on.set()
        assert [client.body for client in await asyncio.gather(*both)] == [b'{"id":7}'] * 2
        assert held.began == ["same"]

    run(steps())


def test_the_parts_of_a_batch_go_on_and_leave_the_threads_while_the_client_does_not_read(
    flask_app: Flask, door: AsgiDoor, held: Held
) -> None:
    threads = state_of(flask_app).threads

    async def steps() -> None:
        asked, body = batch(*(f"/held/{number}" for number in range(10)))
        client = Client(body, reads=1)
        answered = asyncio.create_task(door(asked, client.receive, client.send))
        await until(lambda: len(held.began) == 4)
        assert threads._batches.total() == 1
        held.may_go_on.set()
        await until(lambda: len(held.began) == 10)
        await until(lambda: threads._batches.total() == 0)
        assert len(client.sent) == 1
        client.reads_on.set()
        await answered
        assert {orjson.loads(line)["status"] for line in client.body.splitlines()} == {200}

    run(steps())


@pytest.mark.parametrize("accept", [b"application/x-ndjson", b"application/json"])
def test_parts_that_have_not_begun_are_cancelled_when_the_client_of_a_batch_leaves(
    flask_app: Flask, door: AsgiDoor, held: Held, accept: bytes
) -> None:
    async def steps() -> None:
        asked, body = batch(*(f"/held/{number}" for number in range(10)))
        asked["headers"][1] = (b"accept", accept)
        client = Client(body)
        answered = asyncio.create_task(door(asked, client.receive, client.send))
        await until(lambda: len(held.began) == 4)
        client.leaves.set()
        await answered
        assert state_of(flask_app).threads._batches.total() == 0
        held.may_go_on.set()
        await ask(door, "/held/0")
        assert len(held.began) == 4

    run(steps())


def test_a_part_not_done_in_time_gets_a_503(door: AsgiDoor, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flask_roundtrip.batch.LONGEST", 0.2)

    async def steps() -> None:
        await ask(door, "/flight")
        asked, body = batch("/flight", *(f"/held/{number}" for number in range(6)))
        client = Client(body)
        await door(asked, client.receive, client.send)
        told = {line["id"]: line["status"] for line in map(orjson.loads, client.body.splitlines())}
        assert told == {"/flight": 200, **{f"/held/{number}": 503 for number in range(6)}}
        held.may_go_on.set()

    run(steps())


def test_a_slow_reader_of_a_stream_holds_no_thread(door: AsgiDoor, held: Held) -> None:
    async def steps() -> None:
        slow = [Client(reads=2) for _ in range(5)]  # more than there are threads
        answers = [asyncio.create_task(door(scope("/stream"), client.receive, client.send)) for client in slow]
        await until(lambda: all(len(client.sent) == 2 for client in slow))
        client = Client(b"hel", b"lo")
        await door(scope("/echo", "POST"), client.receive, client.send)
        assert client.body == b"hello"
        assert len(held.began) <= 10  # each is a piece ahead
        for client in slow:
            client.reads_on.set()
        await asyncio.gather(*answers)
        assert {client.body for client in slow} == {b"".join(b"%d," % number for number in range(100))}

    run(steps())


def test_a_stream_ends_when_its_client_leaves(door: AsgiDoor, held: Held) -> None:
    async def steps() -> None:
        client = Client(reads=2)
        answer = asyncio.create_task(door(scope("/stream"), client.receive, client.send))
        await until(lambda: len(client.sent) == 2)
        client.leaves.set()
        await answer
        await until(held.closed.is_set)
        assert len(held.began) < 10

    run(steps())


def test_a_stream_ends_when_the_server_cancels_its_request(door: AsgiDoor, held: Held) -> None:
    async def steps() -> None:
        client = Client(reads=2)
        answer = asyncio.create_task(door(scope("/stream"), client.receive, client.send))
        await until(lambda: len(client.sent) == 2)
        answer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await answer
        await until(held.closed.is_set)

    run(steps())


def test_a_slow_sender_holds_no_thread(door: AsgiDoor) -> None:
    class Slow(Client):
        async def receive(self) -> Message:
            await self.reads_on.wait()
            return await super().receive()

    async def steps() -> None:
        slow = [Slow(b"x") for _ in range(5)]
        answers = [asyncio.create_task(door(scope("/echo", "POST"), client.receive, client.send)) for client in slow]
        await asyncio.sleep(0.05)
        client = Client(b"hello")
        await door(scope("/echo", "POST"), client.receive, client.send)
        assert client.body == b"hello"
        for client in slow:
            client.reads_on.set()
        await asyncio.gather(*answers)

    run(steps())


def test_a_body_that_is_cut_short_is_not_passed_on(door: AsgiDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    class Leaving(Client):
        async def receive(self) -> Message:
            message = await super().receive()
            return {**message, "more_body": True} if message["type"] == "http.request" else message

    async def steps() -> None:
        for asked in (batch("/flight")[0], scope("/echo", "POST")):
            client = Leaving(b'{"requests": [')
            client.leaves.set()
            await door(asked, client.receive, client.send)
            assert client.sent == []

    run(steps())


@pytest.mark.parametrize("path", ["/echo", "/batch"])
def test_a_body_that_is_too_long_is_refused(flask_app: Flask, path: str) -> None:
    flask_app.config["MAX_CONTENT_LENGTH"] = 1000
    door = Roundtrip.asgi(flask_app)

    async def steps() -> None:
        client = Client(*[b"x" * 1000] * 3000)
        await door({**batch()[0], "path": path}, client.receive, client.send)
        assert client.status == 413
        assert b"is longer than" in client.body

    run(steps())


class Noting(Layer):
    def __init__(self, name: str, seen: list[str], refuses: bool = False) -> None:
        self._name, self._seen, self._refuses = name, seen, refuses

    def enter(self, environ: Any) -> Answer | None:
        self._seen.append(f"{self._name} in")
        return Problem(403, "No.").answer() if self._refuses else None

    def headers(self, environ: Any) -> Headers:
        return [("X-Layer", self._name)]

    def leave(self, environ: Any, status: int) -> None:
        self._seen.append(f"{self._name} out {status}")


@pytest.mark.parametrize("through", ["wsgi", "asgi"])
@pytest.mark.parametrize("path", ["/flight", "/nothing", "/fails"])
@pytest.mark.parametrize("refuses", [False, True])
def test_each_request_goes_through_the_layers_once_at_each_door(through: str, path: str, refuses: bool) -> None:
    seen: list[str] = []
    app = Flask(__name__)
    app.config.update(SECRET_KEY="test", PROPAGATE_EXCEPTIONS=True)
    rt = Roundtrip()
    rt.init_app(app, layers=[Noting("outer", seen), Noting("inner", seen, refuses), *[Noting("last", seen)] * refuses])
    app.get("/flight")(
        rt.answers(Schema.from_dict({"id": fields.Integer()}), fresh=Freshness(60))(lambda ask: Answered({"id": 7}))
    )

    @app.get("/fails")
    def fails() -> None:
        raise ZeroDivisionError

    status = 403 if refuses else {"/flight": 200, "/nothing": 404, "/fails": 500}[path]
    with closing(OverAsgi(rt.asgi(app))) as over:
        if through == "asgi":
            app.wsgi_app = over  # type: ignore[method-assign]
        if status == 500:
            with pytest.raises(ZeroDivisionError):
                app.test_client().get(path)
        else:
            answer = app.test_client().get(path)
            assert answer.status_code == status
            assert answer.headers.getlist("X-Layer") == ["inner", "outer"]
    assert seen == ["outer in", "inner in", f"inner out {status}", f"outer out {status}"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"PATH_INFO": "/a b", "SCRIPT_NAME": "", "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1"}),
        ({"path": "http://x/a?b", "raw_path": b"http://x/a"}, {"PATH_INFO": "/a?b"}),
        ({"path": "http://x", "raw_path": b"http://x"}, {"PATH_INFO": "/"}),
        ({"path": "*", "raw_path": b"*"}, {"PATH_INFO": "*"}),
        ({"path": "/\ufffd", "raw_path": b"/%ff"}, {"PATH_INFO": "/\xff"}),
        ({"path": "/é", "raw_path": b""}, {"PATH_INFO": "/Ã©"}),
        ({"path": "/api/x", "root_path": "/api"}, {"PATH_INFO": "/x", "SCRIPT_NAME": "/api"}),
        ({"client": None, "server": None}, {"REMOTE_ADDR": "", "SERVER_NAME": "localhost"}),
        ({"headers": [(b"a", b"1"), (b"a", b"2")]}, {"HTTP_A": "1,2"}),
        ({"headers": [(b"cookie", b"a=1"), (b"cookie", b"b=2")]}, {"HTTP_COOKIE": "a=1; b=2"}),
        ({"headers": [(b"x_forwarded_for", b"1"), (b"x-forwarded-for", b"2")]}, {"HTTP_X_FORWARDED_FOR": "2"}),
        ({"headers": [(b"content-length", b"5")]}, {"CONTENT_LENGTH": "5"}),
        ({"query_string": b"q=\xff"}, {"QUERY_STRING": "q=\xff"}),
    ],
)
def test_an_environment_is_made_of_a_scope(changed: Message, expected: Message) -> None:
    environ = environ_of({**scope("/a b"), "client": ("127.0.0.1", 5), **changed})
    assert {name: environ[name] for name in expected} == expected


def test_a_websocket_is_refused_and_the_life_of_the_server_is_followed(door: AsgiDoor) -> None:
    async def steps() -> None:
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "x"}

        async def send(message: Message) -> None:
            told.append(message)

        await door({"type": "websocket"}, receive, send)
        await door({"type": "lifespan"}, receive, send)
        assert [message["type"] for message in told] == [
            "websocket.close",
            "lifespan.startup.complete",
            "lifespan.shutdown.complete",
        ]

    run(steps())
