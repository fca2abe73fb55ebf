"""A batch is parsed strictly; its parts run side by side, and each answer is sent as soon as it is done."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import orjson
import pytest
from flask_roundtrip.batch import LONGEST_ID, MOST_BYTES, MOST_PARTS, Part, Respond, in_order, lines
from flask_roundtrip.timing import Timing
from flask_roundtrip.wire import Answer, Head, NotNow
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from flask_roundtrip import Batch, Problem
from flask_roundtrip import batch as batch_module

URL = "/api/v1/airlines"


def batch(*requests: Any) -> bytes:
    return json.dumps({"requests": requests}).encode()


def one(**changed: Any) -> bytes:
    return batch({"id": "1", "url": URL, **changed})


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture(autouse=True)
def _together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make all hits count as answered at once, on a machine of any speed."""
    monkeypatch.setattr(batch_module, "TOGETHER", 60_000)


def parse(body: bytes) -> tuple[Part, ...]:
    return batch_module.parse(body, "/api/v1/", "/api/v1/batch")


def answer(head: Head, timing: Timing, only_short: bool) -> Answer:
    """Answer as a hit is answered."""
    return Answer(200, [("Content-Type", "application/json"), ("Server-Timing", "x")], b'{"a":1}')


def in_the_pool(build: Callable[[Head], Answer]) -> Respond:
    """Return a `respond` that raises NotNow in the caller's thread, so that every part runs in the pool."""

    def respond(head: Head, timing: Timing, only_short: bool) -> Answer:
        if only_short:
            raise NotNow
        return build(head)

    return respond


def built(head: Head) -> Answer:
    return answer(head, Timing(), False)


def stays() -> bool:
    """The client is still connected."""
    return False


def test_a_batch_is_a_list_of_gets() -> None:
    parts = parse(batch({"id": "a", "url": f"{URL}?limit=5"}, {"id": "b", "method": "GET", "url": f"{URL}/UA"}))
    assert parts == (
        Part("a", Head("GET", "/api/v1/airlines", "limit=5")),
        Part("b", Head("GET", "/api/v1/airlines/UA")),
    )


def test_a_part_may_be_conditional() -> None:
    (part,) = parse(one(headers={"If-None-Match": '"x"', "if-modified-since": "now", "Accept": "application/json"}))
    assert part.head == Head("GET", URL, "", "application/json", "", '"x"', "now")


def test_the_path_of_a_part_is_decoded_as_a_server_decodes_it() -> None:
    (part,) = parse(one(url="/api/v1/airlines%2FU%41%c3%a9"))
    assert part.head.path == "/api/v1/airlines/UA\u00e9"


def test_twenty_parts_are_a_batch() -> None:
    assert len(parse(batch(*({"id": str(n), "url": URL} for n in range(MOST_PARTS))))) == MOST_PARTS


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/api/v1/airlines",
        "//example.com/api/v1/airlines",
        "/\\example.com/api/v1/airlines",
        "/api/v1/batch",
        "/api/v1/batch?x=1",
        "/api/v1/../v1/airlines",
        "/api/v1/%2e%2e/airlines",
        "/api/v1/airlines/..",
        "/api/v1/airlines/%2E%2E",
        "/api/v1//airlines",
        "/api/v1",
        "/api/v2/airlines",
        "/",
        "",
        "api/v1/airlines",
        "/api/v1/airlines?q=a b",
        "/api/v1/airlines?q=a\r\nHost: x",
        "/api/v1/airlines\n",
        "/api/v1/airlines?q=\u0661",
        "/api/v1/\u0661",
        None,
        5,
        ["/api/v1/airlines"],
    ],
)
def test_only_urls_of_this_api_without_a_host_are_parts(url: Any) -> None:
    _refused(one(url=url), "requests[0].url")


@pytest.mark.parametrize("method", ["POST", "HEAD", "get", "DELETE", "", None, 5, ["GET"]])
def test_only_get_can_be_part_of_a_batch(method: Any) -> None:
    _refused(one(method=method), "requests[0].method")


@pytest.mark.parametrize("given_id", ["", "x" * (LONGEST_ID + 1), None, 1, True, ["1"], {}])
def test_an_id_is_a_short_string(given_id: Any) -> None:
    _refused(one(id=given_id), "requests[0].id")


def test_two_parts_cannot_have_one_id() -> None:
    _refused(batch({"id": "1", "url": URL}, {"id": "2", "url": URL}, {"id": "1", "url": URL}), "requests[2].id")


@pytest.mark.parametrize("number", [0, MOST_PARTS + 1, 1000])
def test_a_batch_has_one_to_twenty_parts(number: int) -> None:
    _refused(batch(*({"id": str(n), "url": URL} for n in range(number))), "requests")


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Cookie",
        "Host",
        "X-Forwarded-For",
        "X-HTTP-Method-Override",
        "Accept-Encoding",
        "Range",
        "",
    ],
)
def test_a_header_that_is_not_for_a_part_is_refused(name: str) -> None:
    _refused(one(headers={name: "x"}), "requests[0].headers")


@pytest.mark.parametrize("headers", [None, [], "Accept", {"accept": "*/*", "Accept": "*/*"}])
def test_headers_are_an_object_with_each_name_once(headers: Any) -> None:
    _refused(one(headers=headers), "requests[0].headers")


@pytest.mark.parametrize("value", [None, 5, "a\r\nb", "a\x00", "\u00e9", ["x"]])
def test_a_header_is_one_line_of_ascii(value: Any) -> None:
    _refused(one(headers={"If-None-Match": value}), "requests[0].headers.If-None-Match")


@pytest.mark.parametrize("accept", ["application/msgpack", "text/html", "*/*, application/msgpack"])
def test_a_part_is_json(accept: str) -> None:
    _refused(one(headers={"Accept": accept}), "requests[0].headers.accept")


@pytest.mark.parametrize("request_", [None, 5, "x", [], {"id": "1", "url": URL, "body": {}}])
def test_a_request_is_an_object_of_known_members(request_: Any) -> None:
    _refused(batch(request_), "requests[0]")


DEEP = 10_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"requests": {}}',
        b'{"requests": null}',
        b'{"requests": [], "more": 1}',
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"requests": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"requests": [], "requests": []}',
        b'{"requests": [{"id": "1", "url": "/api/v1/airlines", "url": "/api/v1/planes"}]}',
        b'{"requests": [{"id": "1", "url": "/api/v1/planes", "headers": {"accept": "a", "accept": "a"}}]}',
        b'{"requests": [NaN]}',
        b'{"requests": [Infinity]}',
        b'{"requests": [1e999]}',
        b'{"requests": [' + b"9" * 5000 + b"]}",
        b'{"requests": [{"id": "\\ud800", "url": "/api/v1/airlines"}]}',
        b'{"requests": [{"id": "\xff", "url": "/api/v1/airlines"}]}',
        b'\xef\xbb\xbf{"requests": []}',
        '{"requests": []}'.encode("utf-16"),
        b'{"requests": []} {"requests": []}',
        b"{'requests': []}",
        b"\x1f\x8b\x08\x00",
        b"\x00",
    ],
)
def test_a_body_that_json_readers_could_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        parse(body)
    assert raised.value.status == 400


def test_a_huge_batch_is_refused_before_it_is_read() -> None:
    with pytest.raises(Problem) as raised:
        parse(b"[" * (MOST_BYTES + 1))
    assert raised.value.status == 413


@given(st.binary(max_size=200))
def test_any_bytes_are_a_batch_or_a_problem(body: bytes) -> None:
    _parsed_or_refused(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([URL, "GET", "1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "url", "method", "headers", "accept"]) | st.text(max_size=5), inner)
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=3))
def test_any_json_is_a_batch_or_a_problem(requests: list[Any]) -> None:
    _parsed_or_refused(batch(*requests))


def test_a_line_repeats_the_single_answer(executor: ThreadPoolExecutor) -> None:
    _, [(part_id, line)] = lines(parse(one()), in_the_pool(built), executor, stays)
    told = orjson.loads(line)
    assert part_id == "1"
    assert line.endswith(b"\n")
    assert told["timing"].keys() == {"start", "app"}
    del told["timing"]
    assert told == {
        "id": "1",
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": {"a": 1},
    }


def test_a_slow_part_delays_no_other(executor: ThreadPoolExecutor) -> None:
    may_finish = threading.Event()

    def slow_one(head: Head) -> Answer:
        assert head.query != "slow" or may_finish.wait(60)
        return built(head)

    parts = parse(batch({"id": "slow", "url": f"{URL}?slow"}, *({"id": str(n), "url": URL} for n in range(5))))
    answered = lines(parts, in_the_pool(slow_one), executor, stays)
    assert next(answered) == []  # no hits
    assert [next(answered)[0][0] for _ in range(5)] == ["0", "1", "2", "3", "4"]
    may_finish.set()
    assert next(answered)[0][0] == "slow"
    assert list(answered) == []


def test_parts_run_side_by_side(executor: ThreadPoolExecutor) -> None:
    both = threading.Barrier(2, timeout=60)

    def wait_for_the_other(head: Head) -> Answer:
        both.wait()
        return built(head)

    parts = parse(batch({"id": "1", "url": URL}, {"id": "2", "url": URL}))
    assert len(list(chain.from_iterable(lines(parts, in_the_pool(wait_for_the_other), executor, stays)))) == 2


def test_hits_are_sent_at_once_in_one_write_without_the_pool(executor: ThreadPoolExecutor) -> None:
    executor.shutdown()
    parts = parse(batch({"id": "1", "url": URL}, {"id": "2", "url": URL}))
    ((first, second),) = lines(parts, answer, executor, stays)
    assert (first[0], second[0]) == ("1", "2")


def test_hits_that_take_longer_than_a_moment_do_not_wait_for_each_other(
    executor: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "TOGETHER", 0)
    parts = parse(batch({"id": "1", "url": URL}, {"id": "2", "url": URL}))
    groups = [[part_id for part_id, _ in group] for group in lines(parts, answer, executor, stays)]
    assert groups[:2] == [["1"], ["2"]]


def test_misses_begin_before_the_hits_are_sent(executor: ThreadPoolExecutor) -> None:
    begun = threading.Event()

    def respond(head: Head, timing: Timing, only_short: bool) -> Answer:
        if head.query and only_short:
            raise NotNow
        if head.query:
            begun.set()
        return built(head)

    parts = parse(batch({"id": "miss", "url": f"{URL}?miss"}, {"id": "hit", "url": URL}))
    answered = lines(parts, respond, executor, stays)
    assert [part_id for part_id, _ in next(answered)] == ["hit"]
    assert begun.wait(60)
    assert [part_id for part_id, _ in next(answered)] == ["miss"]


@pytest.mark.parametrize("how", ["closed", "left"])
def test_parts_that_have_not_begun_are_cancelled_when_the_client_leaves(executor: ThreadPoolExecutor, how: str) -> None:
    begun: list[str] = []
    two_begun, may_finish = threading.Barrier(3, timeout=60), threading.Event()

    def slow(head: Head) -> Answer:
        begun.append(head.query)
        if head.query != "first":
            two_begun.wait()
            assert may_finish.wait(60)
        return built(head)

    names = ["first", *(f"later{number}" for number in range(10))]
    parts = parse(batch(*({"id": name, "url": f"{URL}?{name}"} for name in names)))
    left = threading.Event()
    answered = lines(parts, in_the_pool(slow), executor, left.is_set)
    assert next(answered) == []
    assert next(answered)[0][0] == "first"
    two_begun.wait()
    if how == "closed":
        answered.close()  # type: ignore[attr-defined]  # it is a generator
    else:
        left.set()
        assert list(answered) == []
    may_finish.set()
    executor.shutdown()
    assert begun == ["first", "later0", "later1"]


def test_a_part_not_done_in_time_gets_a_503_and_a_part_not_begun_never_runs(
    executor: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "LONGEST", 0.3)
    monkeypatch.setattr(batch_module, "SIDE_BY_SIDE", 2)
    ran: list[str] = []
    may_finish = threading.Event()

    def slow(head: Head) -> Answer:
        ran.append(head.query)
        if head.query != "quick":
            assert may_finish.wait(60)
        return built(head)

    names = ["quick", *(f"slow{number}" for number in range(10))]
    parts = parse(batch(*({"id": name, "url": f"{URL}?{name}"} for name in names)))
    told = {
        part_id: orjson.loads(line)
        for group in lines(parts, in_the_pool(slow), executor, stays)
        for part_id, line in group
    }
    may_finish.set()
    executor.shutdown()
    assert told.keys() == set(names)
    assert told.pop("quick")["status"] == 200
    assert {line["status"] for line in told.values()} == {503}
    assert {line["headers"]["retry-after"] for line in told.values()} == {"1"}
    assert ran == ["quick", "slow0", "slow1"]


def test_a_client_without_ndjson_gets_the_answers_in_order() -> None:
    parts = parse(batch({"id": "a", "url": URL}, {"id": "b", "url": URL}))
    body = in_order(iter([("b", b'{"id":"b"}\n'), ("a", b'{"id":"a"}\n')]), parts)
    assert orjson.loads(body) == {"responses": [{"id": "a"}, {"id": "b"}]}


def test_a_client_that_leaves_causes_no_error_without_a_stream() -> None:
    parts = parse(batch({"id": "a", "url": URL}, {"id": "b", "url": URL}))
    assert in_order(iter([("b", b'{"id":"b"}\n')]), parts) == b'{"responses":[{"id":"b"}]}'


def _refused(body: bytes, where: str) -> None:
    with pytest.raises(Problem) as raised:
        parse(body)
    assert raised.value.status == 400
    (fault,) = raised.value.faults
    assert fault.parameter == where
    assert len(raised.value.body) < 1000


def _parsed_or_refused(body: bytes) -> None:
    try:
        parts = parse(body)
    except Problem as problem:
        status = problem.status
    else:
        status = 200 if 1 <= len(parts) <= MOST_PARTS else 500
    assert status in (200, 400)


# In front of an application that is not ours


def raises(environ: Any, start_response: Any) -> Any:
    raise LookupError("a fault of the application")


def raises_late(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    yield b'{"a":'
    raise LookupError("a fault of the application")


def never_starts(environ: Any, start_response: Any) -> list[bytes]:
    return [b"{}"]


def says(body: bytes, kind: str = "application/json") -> Any:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", kind)])
        return [body]

    return application


def of_two(faulty: Any, accept: str) -> TestResponse:
    """Answer a batch of /faulty and /sound."""

    def application(environ: Any, start_response: Any) -> Any:
        chosen = faulty if environ["PATH_INFO"] == "/faulty" else says(b'{"sound": true}')
        return chosen(environ, start_response)

    parts = [{"id": name, "url": f"/{name}"} for name in ("faulty", "sound")]
    client = Client(Batch(application, at="/batch", prefix="/"))
    return client.post("/batch", json={"requests": parts}, headers={"Accept": accept})


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("faulty", [raises, raises_late, never_starts])
def test_a_part_that_fails_is_a_500_at_once_and_breaks_no_other(
    faulty: Any, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    answered = of_two(faulty, accept)
    told = answered.json["responses"] if accept == "application/json" else map(orjson.loads, answered.data.splitlines())
    parts = {part["id"]: part for part in told}
    assert (parts["faulty"]["status"], parts["sound"]["status"]) == (500, 200)
    assert parts["faulty"]["headers"]["content-type"] == "application/problem+json"
    assert parts["faulty"]["body"]["status"] == 500
    assert parts["sound"]["body"] == {"sound": True}
    assert "/faulty" in caplog.text


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b"[1,\r\n 2]\n", "application/json", [1, 2]),
        (b'{"a": ', "application/json", '{"a": '),
        (b'{"a": NaN}', "application/json", '{"a": NaN}'),
        (b'"x"}, {"id": "sound"', "application/problem+json", '"x"}, {"id": "sound"'),
        (b"caf\xe9", "text/plain; charset=latin-1", "caf\u00e9"),
        (b"\x00\xff", "image/png", "AP8="),
        (b"", "application/json", None),
    ],
)
def test_every_body_of_a_part_stands_as_json_in_the_batch(body: bytes, kind: str, told: Any) -> None:
    parts = of_two(says(body, kind), "application/json").json["responses"]
    assert [part["body"] for part in parts] == [told, {"sound": True}]
