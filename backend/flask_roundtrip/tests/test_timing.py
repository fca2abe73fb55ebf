"""The spans of an exchange become its Server-Timing, with the exchange's own rid."""

import re

import pytest
from flask_roundtrip.timing import Timing

# https://www.w3.org/TR/server-timing/: a metric is a token with parameters that are tokens or quoted strings.
METRIC = re.compile(r'[\w-]+(;(dur=\d+\.\d+|desc="[^"\\]*"))*\Z')


def test_a_block_is_a_span() -> None:
    timing = Timing()
    with timing.span("db"):
        timing.statements += 1
    assert re.fullmatch(
        r'rid;desc="[0-9a-f]{16}", app;dur=\d+\.\d{3}, db;dur=\d+\.\d{3};desc="1 statement"', timing.header()
    )


def test_blocks_of_one_name_add_up_and_all_are_part_of_app() -> None:
    timing = Timing()
    for name in ("cache", "db", "db", "serialize"):
        with timing.span(name):
            sum(range(1000))
    assert list(timing.spans) == ["cache", "db", "serialize"]
    assert sum(timing.spans.values()) <= timing.elapsed


def test_a_block_that_fails_is_measured_too() -> None:
    timing = Timing()
    with pytest.raises(ZeroDivisionError), timing.span("db"):
        raise ZeroDivisionError
    assert timing.spans["db"] > 0


def test_each_exchange_has_its_own_rid() -> None:
    assert len({Timing().rid for _ in range(1000)}) == 1000


def test_the_header_follows_its_grammar() -> None:
    timing = Timing()
    timing.cache = "miss"
    timing.statements = 2
    for name in ("cache", "db", "serialize", "compress"):
        with timing.span(name):
            pass
    metrics = timing.header().split(", ")
    assert all(METRIC.match(metric) for metric in metrics)
    assert [metric.split(";")[0] for metric in metrics] == [
        "rid",
        "app",
        "cache",
        "db",
        "serialize",
        "compress",
    ]
    assert metrics[2].endswith(';desc="miss"')
    assert metrics[3].endswith(';desc="2 statements"')


def test_a_part_of_a_batch_gets_its_spans_as_numbers() -> None:
    timing = Timing()
    with timing.span("db"):
        timing.statements += 1
    told = timing.as_dict()
    assert set(told) == {"app", "db", "statements"}
    assert told["db"] <= told["app"]
    assert "statements" not in Timing().as_dict()
