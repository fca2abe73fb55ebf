"""One technique alone, in an application that is not ours."""

import gzip
import io
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from typing import Any

import pytest
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    get_flashed_messages,
    jsonify,
    redirect,
    request,
    send_file,
    session,
    url_for,
)
from flask.views import MethodView
from flask_caching import Cache
from flask_roundtrip.query_plan import Answered
from marshmallow import Schema, fields
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from flask_roundtrip import (
    Batch,
    Fault,
    Freshness,
    Problem,
    Roundtrip,
    ServerTiming,
    cached,
    current_timing,
    invalidate,
)

LONG = "a sentence that is said again and again. " * 50


class Thing(Schema):
    name = fields.String()


@pytest.fixture
def app() -> Flask:
    """An application that has nothing of the package yet."""
    app = Flask(__name__)
    app.secret_key = "a secret of the tests"
    return app


def status_of(response: Any) -> str:
    return str(response.headers.get("Cache-Status"))


def test_a_second_request_is_answered_from_the_cache(app: Flask) -> None:
    made: list[int] = []

    @app.get("/report")
    @cached(fresh=60)
    def report() -> dict[str, int]:
        made.append(1)
        return {"made": len(made)}

    client = app.test_client()
    assert [client.get("/report").json, client.get("/report").json] == [{"made": 1}, {"made": 1}]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("a text", "a text"),
        (b"bytes", "bytes"),
        ({"a": 1}, '{"a":1}\n'),
        ([1, 2], "[1,2]\n"),
        (("a text", 200, {"X-Own": "kept"}), "a text"),
        (("a text", {"X-Own": "kept"}), "a text"),
    ],
)
def test_a_view_may_return_every_kind_of_value_that_flask_takes(app: Flask, answer: Any, text: str) -> None:
    app.add_url_rule("/report", view_func=cached(fresh=60)(lambda: answer), endpoint="report")
    client = app.test_client()
    first, second = client.get("/report"), client.get("/report")
    assert (first.text, second.text, status_of(second)) == (text, text, "roundtrip; hit; ttl=60")
    assert first.content_type == second.content_type
    assert first.headers.get("X-Own") == second.headers.get("X-Own") == ("kept" if isinstance(answer, tuple) else None)


def test_a_coroutine_may_be_cached(app: Flask) -> None:
    @app.get("/report")
    @cached(fresh=60)
    async def report() -> str:
        return "made by a coroutine"

    client = app.test_client()
    assert [client.get("/report").text, status_of(client.get("/report"))] == [
        "made by a coroutine",
        "roundtrip; hit; ttl=60",
    ]


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (lambda: ("gone", 410), "status"),
        (lambda: iter(["in ", "pieces"]), "streamed"),
        (lambda: ("private", {"Cache-Control": "private"}), "cache-control"),
        (lambda: ("a cookie", {"Set-Cookie": "a=b"}), "set-cookie"),
        (lambda: (gzip.compress(b"done"), {"Content-Encoding": "gzip"}), "content-encoding"),
        (lambda: f"hello {session.get('user')}", "session"),
        (lambda: session.update(user=1) or "written", "set-cookie"),
    ],
)
def test_an_answer_that_is_not_kept_says_why(app: Flask, view: Any, reason: str) -> None:
    app.add_url_rule("/report", view_func=cached(fresh=60)(view), endpoint="report")
    client = app.test_client()
    for _ in range(2):
        assert status_of(client.get("/report")) == f"roundtrip; fwd=bypass; detail={reason}"


def test_each_user_has_their_own_answer_if_the_view_reads_the_session(app: Flask) -> None:
    made: list[str] = []

    @app.get("/in/<name>")
    def sign_in(name: str) -> str:
        session["user"] = name
        return "in"

    @app.get("/mine")
    @cached(fresh=60, identity=lambda: session.get("user"))
    def mine() -> str:
        made.append(session.get("user", "nobody"))
        return f"of {made[-1]}"

    ann, ben, nobody = app.test_client(), app.test_client(), app.test_client()
    ann.get("/in/ann")
    ben.get("/in/ben")
    told = [who.get("/mine").text for who in (ann, ben, nobody, ann, ben, nobody)]
    assert told == 2 * ["of ann", "of ben", "of nobody"]
    assert made == ["ann", "ben", "nobody", "nobody"]
    kept = ann.get("/mine")
    assert kept.headers["Cache-Control"] == "private, max-age=60"
    assert "Cookie" in kept.headers["Vary"]


def test_a_message_for_one_request_is_shown_once(app: Flask) -> None:
    @app.get("/tell")
    def tell() -> str:
        flash("saved")
        return "told"

    @app.get("/")
    @cached(fresh=60, identity=lambda: "the only user")
    def index() -> str:
        return f"messages: {get_flashed_messages()}"

    client = app.test_client()
    client.get("/tell")
    assert [client.get("/").text, client.get("/").text] == ["messages: ['saved']", "messages: []"]


def test_before_request_functions_run_before_a_stale_answer_is_renewed(app: Flask) -> None:
    @app.before_request
    def load() -> None:
        g.user = "ann"

    @app.get("/mine")
    @cached(fresh=0, stale=60, identity=lambda: "ann")
    def mine() -> str:
        return f"{g.user} at {time.monotonic()}"

    client = app.test_client()
    first = client.get("/mine").text
    end = time.monotonic() + 5
    while (later := client.get("/mine").text) == first and time.monotonic() < end:
        time.sleep(0.01)
    assert later != first
    assert later.startswith("ann at ")


def test_a_view_with_a_304_of_its_own_is_cached_for_clients_that_ask_with_a_validator(app: Flask) -> None:
    made: list[int] = []

    @app.get("/report")
    @cached(fresh=60)
    def report() -> Response:
        made.append(1)
        response = jsonify(text=LONG)
        response.set_etag("of-the-view")
        return response.make_conditional(request)

    client = app.test_client()
    for _ in range(3):
        assert client.get("/report", headers={"If-None-Match": '"of-the-view"'}).status_code == 304
    assert len(made) == 1
    whole = client.get("/report", headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(whole.data)) == {"text": LONG}
    assert len(made) == 1


def test_a_file_that_is_not_kept_still_has_its_304_and_its_ranges(app: Flask) -> None:
    @app.get("/file")
    @cached(fresh=60)
    def file() -> Response:
        return send_file(io.BytesIO(b"0123456789"), "text/plain", etag="of-the-file", conditional=True)

    client = app.test_client()
    assert client.get("/file").data == b"0123456789"
    assert client.get("/file", headers={"If-None-Match": '"of-the-file"'}).status_code == 304
    part = client.get("/file", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data) == (206, b"234")


def test_head_has_the_headers_of_get_and_no_body_and_leaves_the_whole_answer_in_the_cache(app: Flask) -> None:
    class Report(MethodView):
        def get(self) -> str:
            return LONG

        def head(self) -> str:
            return ""

        def post(self) -> str:
            return "posted"

    app.add_url_rule("/report", view_func=cached(fresh=60)(Report.as_view("report")))
    client = app.test_client()
    head = client.head("/report")
    got = client.get("/report")
    assert (head.data, got.text) == (b"", LONG)
    assert [head.headers[name] for name in ("ETag", "Content-Length", "Content-Type")] == [
        got.headers[name] for name in ("ETag", "Content-Length", "Content-Type")
    ]
    assert client.post("/report").text == "posted"
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(client.options("/report").allow)


def test_fifty_first_requests_make_one_answer(app: Flask) -> None:
    made: list[int] = []
    together = threading.Barrier(50)

    @app.get("/report")
    @cached(fresh=60)
    def report() -> str:
        made.append(1)
        time.sleep(0.2)
        return "made"

    def ask(_: int) -> str:
        client = app.test_client()
        together.wait()
        return client.get("/report").text

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ask, range(50))) == {"made"}
    assert len(made) == 1


def test_clients_that_wait_for_an_answer_that_is_not_kept_call_the_view_themselves(app: Flask) -> None:
    together = threading.Barrier(8)

    @app.get("/in/<name>")
    def sign_in(name: str) -> str:
        session["user"] = name
        return "in"

    @app.get("/mine")
    @cached(fresh=60)
    def mine() -> str:
        time.sleep(0.05)
        return f"of {session['user']}"

    def ask(name: str) -> str:
        client = app.test_client()
        client.get(f"/in/{name}")
        together.wait()
        return client.get("/mine").text

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, "abcdefgh")) == [f"of {name}" for name in "abcdefgh"]


def test_an_answer_for_one_mount_or_scheme_is_not_given_at_another(app: Flask) -> None:
    @app.get("/where")
    @cached(fresh=60)
    def where() -> str:
        return url_for("where", _external=True)

    client = app.test_client()
    urls = ("http://localhost/where", "https://localhost/where", "http://other/where", "http://localhost/mount/where")
    for _ in range(2):
        for url in urls:
            root = url.removesuffix("/where")
            assert client.get("/where", base_url=root).text == url


def test_null_cache_keeps_nothing_and_breaks_nothing(app: Flask) -> None:
    Cache(app, config={"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True})
    made: list[int] = []

    @app.get("/report")
    @cached(fresh=60, tags=("reports",))
    def report() -> str:
        made.append(1)
        invalidate("others")
        return LONG

    client = app.test_client()
    first = client.get("/report")
    assert [first.text, client.get("/report").text, len(made)] == [LONG, LONG, 2]
    assert client.get("/report", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_two_applications_in_one_process_share_no_answers() -> None:
    @cached(fresh=60)
    def name() -> str:
        return current_app.name

    apps = [Flask("one"), Flask("two")]
    for app in apps:
        app.add_url_rule("/name", view_func=name)
    for _ in range(2):
        assert [app.test_client().get("/name").text for app in apps] == ["one", "two"]


def test_a_browser_that_must_revalidate_sees_an_invalidation_at_once(app: Flask) -> None:
    words = ["old"]

    @app.get("/words")
    @cached(fresh=60, stale=600, tags=("words",), max_age=0)
    def all_words() -> list[str]:
        return words

    @app.post("/words")
    def add() -> Response:
        words.append("new")
        invalidate("words")
        return redirect(url_for("all_words"))  # type: ignore[return-value]

    client = app.test_client()
    first = client.get("/words")
    assert first.headers["Cache-Control"] == "public, max-age=0"
    assert client.get("/words", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.post("/words", follow_redirects=True).json == ["old", "new"]


def test_a_problem_raised_in_any_view_is_answered_as_problem_json(app: Flask) -> None:
    @app.get("/things")
    def things() -> str:
        raise Problem.of_parameters(Fault("fields", "there is no field 'x'", ("name",)))

    answer = app.test_client().get("/things")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["errors"] == [{"parameter": "fields", "detail": "there is no field 'x'", "allowed": ["name"]}]


def test_a_miss_sends_the_spans_of_a_cached_view(app: Flask) -> None:
    app.wsgi_app = ServerTiming(app.wsgi_app)  # type: ignore[method-assign]

    @app.get("/report")
    @cached(fresh=60)
    def report() -> str:
        with current_timing().span("think"):
            return LONG

    client = app.test_client()
    assert "think;dur=" in client.get("/report").headers["Server-Timing"]
    assert "think;dur=" not in client.get("/report").headers["Server-Timing"]


@pytest.mark.parametrize("outside", [ServerTiming, lambda application: application])
@pytest.mark.parametrize("inside", [ServerTiming, lambda application: application])
def test_the_line_of_a_part_has_the_spans_of_the_part(app: Flask, outside: Any, inside: Any) -> None:
    app.wsgi_app = outside(Batch(inside(app.wsgi_app), at="/batch", prefix="/"))

    @app.get("/<name>")
    def thing(name: str) -> dict[str, str]:
        with current_timing().span(name):
            return {"name": name}

    parts = [{"id": name, "url": f"/{name}"} for name in ("ant", "bee")]
    answer = app.test_client().post("/batch", json={"requests": parts})
    spans = [set(part["timing"]) for part in answer.json["responses"]]
    assert spans == [{"start", "app", "ant"}, {"start", "app", "bee"}]


def test_the_path_of_a_part_may_end_in_a_slash_and_may_be_the_root(app: Flask) -> None:
    app.wsgi_app = Batch(app.wsgi_app, at="/batch", prefix="/")  # type: ignore[method-assign]
    app.add_url_rule("/", view_func=lambda: {"page": "first"}, endpoint="first")
    app.add_url_rule("/pets/", view_func=lambda: {"page": "pets"}, endpoint="pets")
    client = app.test_client()
    answer = client.post("/batch", json={"requests": [{"id": "1", "url": "/"}, {"id": "2", "url": "/pets/"}]})
    assert [part["body"] for part in answer.json["responses"]] == [{"page": "first"}, {"page": "pets"}]
    for wrong in ("//", "/pets//1", "/pets/../", "/./", "/%2e%2e/", "/%2F/"):
        assert client.post("/batch", json={"requests": [{"id": "1", "url": wrong}]}).status_code == 400, wrong


def test_a_batch_of_a_mounted_application_takes_the_urls_that_a_browser_uses(app: Flask) -> None:
    app.wsgi_app = Batch(app.wsgi_app, at="/batch", prefix="/api/")  # type: ignore[method-assign]
    app.add_url_rule("/api/me", view_func=lambda: {"url": url_for("me")}, endpoint="me")
    client = Client(DispatcherMiddleware(Flask("outer"), {"/mount": app}))
    assert client.get("/mount/api/me").json == {"url": "/mount/api/me"}
    answer = client.post("/mount/batch", json={"requests": [{"id": "1", "url": "/mount/api/me"}]})
    assert answer.json["responses"][0]["body"] == {"url": "/mount/api/me"}
    assert client.post("/mount/batch", json={"requests": [{"id": "1", "url": "/api/me"}]}).status_code == 400


@pytest.fixture
def roundtrip(app: Flask) -> Roundtrip:
    """The extension, for routes that are added before or after it."""
    rt = Roundtrip()

    @rt.answers(Thing, fresh=Freshness(60), tags=("things",))
    def thing(ask: Any) -> Any:
        if ask["name"] == "none":
            abort(404, "There is no such thing.")
        return Answered({"name": ask["name"]})

    def locked(view: Any) -> Any:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            return view(**arguments) if request.headers.get("X-Key") == "right" else abort(403)

        return checked

    blueprint = Blueprint("things", __name__, url_prefix="/things")
    blueprint.get("/<name>")(thing)
    blueprint.get("/locked/<name>", endpoint="locked")(locked(thing))
    app.register_blueprint(blueprint)
    app.config["ROUNDTRIP_BATCH"] = "/batch"
    return rt


def test_a_decorator_around_an_answer_always_runs(app: Flask, roundtrip: Roundtrip) -> None:
    roundtrip.init_app(app)
    client = app.test_client()
    part = {"requests": [{"id": "1", "url": "/things/locked/1"}]}
    for _ in range(2):
        assert client.get("/things/locked/1", headers={"X-Key": "right"}).json == {"name": "1"}
        assert client.get("/things/locked/1").status_code == 403
        assert client.post("/batch", json=part).json["responses"][0]["status"] == 403


def test_abort_in_an_answer_sends_its_status(app: Flask, roundtrip: Roundtrip) -> None:
    @roundtrip.answers(Thing)
    def gone(ask: Any) -> Any:
        abort(410, "It was here.")

    app.add_url_rule("/gone", view_func=gone)
    roundtrip.init_app(app)
    answer = app.test_client().get("/gone")
    assert (answer.status_code, answer.json["detail"]) == (410, "It was here.")


def test_the_warning_names_every_kind_of_hook(app: Flask, roundtrip: Roundtrip, caplog: Any) -> None:
    class Counter:
        def __call__(self) -> None: ...

    def hook(word: str, response: Response) -> Response:
        return response

    app.before_request(Counter())
    app.after_request(partial(hook, "a word"))
    roundtrip.init_app(app)
    with caplog.at_level(logging.WARNING, "flask_roundtrip"):
        assert app.test_client().get("/things/x").status_code == 200
    (said,) = [record.getMessage() for record in caplog.records]
    assert "Counter" in said
    assert "partial" in said
    assert "through_flask" in said


def test_one_invalidate_reaches_cached_views_and_answers(app: Flask, roundtrip: Roundtrip) -> None:
    made: list[int] = []

    @app.get("/count")
    @cached(fresh=60, tags=("things",))
    def count() -> str:
        made.append(1)
        return str(len(made))

    roundtrip.init_app(app)
    client = app.test_client()
    assert [client.get("/count").text, client.get("/count").text] == ["1", "1"]
    with app.app_context():
        roundtrip.invalidate("things")
    assert client.get("/count").text == "2"
    assert "hit" in status_of(client.get("/things/x")) or "hit" in status_of(client.get("/things/x"))
    with app.app_context():
        invalidate("things")
    assert "hit" not in status_of(client.get("/things/x"))
