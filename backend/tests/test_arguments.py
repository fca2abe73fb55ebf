"""Query parameters: only declared ones, each once, each well-formed; and one canonical way to write them."""

import re
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from flask_roundtrip.arguments import LONGEST_QUERY, as_dates, canonical, declared, parse
from hypothesis import given
from hypothesis import strategies as st
from marshmallow.validate import Regexp
from support import ROUTES

from flask_roundtrip import Problem
from roundtrip.resources.airlines.schema import AirlineArguments
from roundtrip.resources.airports.schema import AirportArguments
from roundtrip.resources.delays.schema import DelayArguments
from roundtrip.resources.flights.schema import FlightArguments
from roundtrip.resources.weather.schema import WeatherArguments


def test_parameters_are_read_by_their_schema() -> None:
    assert parse(FlightArguments, "origin=JFK&flight=15&limit=5", {}) == {
        "origin": "JFK",
        "flight": 15,
        "limit": 5,
        "sort": "departure",
    }


def test_arguments_of_the_path_are_added() -> None:
    assert parse(AirlineArguments, "", {"carrier": "UA"})["carrier"] == "UA"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("fields_=id", "fields_"),
        ("from_=2013-01-01", "from_"),
        ("before=2013-01-01", "before"),
        ("Limit=5", "Limit"),
        ("limit%00=5", "limit\x00"),
        ("limit[]=5", "limit[]"),
        ("offset=5", "offset"),
        ("page=2", "page"),
        ("__proto__=1", "__proto__"),
        (f"{'x' * 500}=1", "x" * 80),
    ],
)
def test_the_error_for_an_unknown_parameter_lists_the_known_ones(query: str, parameter: str) -> None:
    (fault,) = _faults(FlightArguments, query)
    assert fault.parameter == parameter
    assert fault.allowed == tuple(declared(FlightArguments))
    assert {"origin", "from", "fields", "after"} <= set(fault.allowed)


@pytest.mark.parametrize(
    "query", ["limit=5&limit=5", "limit=5&limit=6", "origin=JFK&limit=5&origin=EWR", "q=&q=", "limit=1&l%69mit=2"]
)
def test_a_repeated_parameter_is_refused(query: str) -> None:
    (fault,) = _faults(FlightArguments, query)
    assert fault.detail == "given more than once"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "-1"),
        ("limit", "1e9"),
        ("limit", "ten"),
        ("limit", "1_0"),
        ("limit", " 5"),
        ("limit", "5 "),
        ("limit", "+5"),
        ("limit", "5\n"),
        ("limit", "\u0661\u0662"),
        ("limit", "\uff15"),
        ("limit", "9" * 1000),
        ("limit", "NaN"),
        ("limit", "0x10"),
        ("limit", "5.0"),
        ("flight", "0"),
        ("flight", "10000"),
        ("flight", "99999999999999999999"),
        ("flight", "-5"),
        *(
            ("hour", value)
            for value in ("24", "-1", "", ",", "5,", "5-", "-", "1-2-3", "5 - 6", "5\n", "\u0665", "007")
        ),
        ("hour", ",".join("1" * 25)),
        *(("weekday", value) for value in ("0", "8", "1-8", "0-3", "05", "friday", "1;2", "1,,2")),
        ("month", "2013-13"),
        ("month", "2013-1"),
        ("month", "2013-01\n"),
        ("month", "\u0662013-01"),
        ("origin", "JF"),
        ("origin", "JFKX"),
        ("origin", "J%K"),
        ("origin", "JFK\x00"),
        ("origin", "JFK\n"),
        ("origin", "';-"),
        ("carrier", "U"),
        ("tailnum", ""),
        ("tailnum", "N123456"),
        ("status", "late"),
        ("status", "ON_TIME"),
        ("sort", "arr_delay"),
        ("sort", "--delay"),
        ("min_delay", "1441"),
        ("min_delay", "many"),
        ("date", "2013-02-30"),
        ("date", "20130101"),
        ("date", "2013-W01-1"),
        ("date", "2013-1-1"),
        ("date", "2013-01-01T00:00"),
        ("date", "\u0662013-01-01"),
        ("date", "0000-01-01"),
        ("from", "yesterday"),
        ("to", ""),
        ("after", ""),
        ("after", "x" * 513),
    ],
)
def test_a_malformed_value_is_refused_by_name(name: str, value: str) -> None:
    (fault,) = _faults(FlightArguments, f"{name}={quote(value)}")
    assert fault.parameter == name
    assert fault.detail


@pytest.mark.parametrize("value", ["%", "_", "a%25", "\x00", "a\\b", "x" * 65, "", "a\x7f", "a\nb"])
def test_words_to_search_for_have_no_wildcards_or_control_characters(value: str) -> None:
    (fault,) = _faults(AirlineArguments, f"q={quote(value)}")
    assert fault.parameter == "q"


@pytest.mark.parametrize("value", ["yes", "1", "True", "", "none"])
def test_a_boolean_is_true_or_false(value: str) -> None:
    (fault,) = _faults(AirportArguments, f"served={value}")
    assert fault.parameter == "served"


def test_the_error_for_a_choice_lists_the_allowed_values() -> None:
    (fault,) = _faults(FlightArguments, "status=late")
    assert fault.allowed == ("on_time", "delayed", "cancelled", "diverted")


def test_one_error_lists_all_faults() -> None:
    faults = _faults(FlightArguments, "limit=0&origin=x&colour=red&date=soon")
    assert sorted(fault.parameter for fault in faults) == ["colour", "date", "limit", "origin"]


@pytest.mark.parametrize(
    "query", ["limit", "&", "limit=5&", "a;b", "=", "=5", "limit=%FF", "limit=%ED%A0%80", "%FF=1", "?"]
)
def test_a_malformed_query_is_refused(query: str) -> None:
    with pytest.raises(Problem) as raised:
        parse(FlightArguments, query, {})
    assert raised.value.status == 400


def test_a_semicolon_does_not_separate_parameters() -> None:
    (fault,) = _faults(FlightArguments, "limit=5;sort=delay")
    assert fault.parameter == "limit"


def test_a_plus_is_a_space_and_so_is_percent_20() -> None:
    assert parse(AirlineArguments, "q=air+lines", {}) == parse(AirlineArguments, "q=air%20lines", {})


def test_a_very_long_query_is_refused_unread() -> None:
    with pytest.raises(Problem) as raised:
        parse(FlightArguments, "x" * (LONGEST_QUERY + 1), {})
    assert raised.value.status == 414


# Dates


def test_a_day_is_a_span_of_local_time() -> None:
    loaded = parse(WeatherArguments, "date=2013-01-31", {})
    assert (loaded["from"], loaded["before"]) == ("2013-01-31T00:00:00", "2013-02-01T00:00:00")
    assert loaded == parse(WeatherArguments, "from=2013-01-31&to=2013-01-31", {})


@pytest.mark.parametrize("query", ["date=2013-01-01&from=2013-01-01", "date=2013-01-01&to=2013-01-01"])
def test_a_day_is_not_given_twice(query: str) -> None:
    assert [fault.parameter for fault in _faults(WeatherArguments, query)] == ["date"]


def test_a_span_does_not_end_before_it_begins() -> None:
    assert [fault.parameter for fault in _faults(FlightArguments, "from=2013-01-02&to=2013-01-01")] == ["to"]


@given(st.dates(), st.dates())
def test_any_span_can_be_turned_back_into_parameters(one: Any, other: Any) -> None:
    first, last = min(one, other), max(one, other)
    loaded = parse(WeatherArguments, f"from={first}&to={last}", {})
    assert as_dates(loaded).get("from") == str(first)
    assert as_dates(loaded).get("to", "9999-12-31") == str(last)


# Weekdays and hours


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("hour=17", {"hour": "17"}),
        ("hour=07", {"hour": "7"}),
        ("hour=17-21", {"hour": "17,18,19,20,21"}),
        ("hour=22-3", {"hour": "0,1,2,3,22,23"}),
        ("hour=18,6,17,6-7", {"hour": "6,7,17,18"}),
        ("hour=5-5", {"hour": "5"}),
        ("hour=0-23", {}),
        ("hour=12-11", {}),
        ("weekday=5", {"weekday": "5"}),
        ("weekday=1-5", {"weekday": "1,2,3,4,5"}),
        ("weekday=7,6", {"weekday": "6,7"}),
        ("weekday=6-1", {"weekday": "1,6,7"}),
        ("weekday=1-7", {}),
    ],
)
def test_weekdays_and_hours_are_some_of_a_circle_and_all_of_them_are_no_filter(
    query: str, chosen: dict[str, str]
) -> None:
    loaded = parse(DelayArguments, query, {})
    assert {name: loaded[name] for name in ("weekday", "hour") if name in loaded} == chosen


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), min_size=1, max_size=24))
def test_all_spellings_of_the_same_hours_have_one_canonical_form(ranges: list[tuple[int, int]]) -> None:
    spelled = ",".join(f"{first}-{last}" for first, last in ranges)
    hours = {hour for first, last in ranges for hour in range(24) if (hour - first) % 24 <= (last - first) % 24}
    again = ",".join(map(str, sorted(hours, reverse=True)))
    loaded = parse(DelayArguments, f"hour={spelled}", {})
    assert canonical(loaded) == canonical(parse(DelayArguments, f"hour={again}", {}))
    assert loaded.get("hour", ",".join(map(str, range(24)))) == ",".join(map(str, sorted(hours)))


def test_the_error_for_weekdays_and_hours_says_the_expected_form() -> None:
    weekday, hour = _faults(FlightArguments, "weekday=0&hour=25")
    assert weekday.detail == "Expected weekdays such as 5, 6,7 or 1-5, with numbers from 1 to 7."
    assert hour.detail == "Expected hours such as 17, 6,7, 17-21 or 22-3, with numbers from 0 to 23."


@pytest.mark.parametrize("name", declared(FlightArguments))
def test_every_pattern_is_one_of_ecma_262_too(name: str) -> None:
    for validator in declared(FlightArguments)[name].validators:
        if isinstance(validator, Regexp):
            pattern = str(validator.regex.pattern)
            assert pattern.startswith("^")
            assert pattern.endswith("$")
            assert not re.search(r"\\[AZzGbB]|\(\?[P<#i]|\(\?<", pattern)


# Reports


@pytest.mark.parametrize(
    "by", ["colour", "carrier,colour", "month,weekday,hour", "carrier,carrier", "", ",", "carrier,", "Carrier"]
)
def test_a_report_goes_by_at_most_two_known_dimensions(by: str) -> None:
    (fault,) = _faults(DelayArguments, f"by={by}")
    assert fault.parameter == "by"


@pytest.mark.parametrize(
    "query", ["fields=month", "by=carrier&fields=month", "by=dest&fields=dest,origin", "by=hour&fields=count,weekday"]
)
def test_a_report_has_no_field_of_a_dimension_that_it_does_not_go_by(query: str) -> None:
    (fault,) = _faults(DelayArguments, query)
    assert fault.parameter == "fields"


@pytest.mark.parametrize("name", ["sort=delay", "limit=5", "after=x"])
def test_a_report_has_no_pages(name: str) -> None:
    (fault,) = _faults(DelayArguments, name)
    assert fault.detail == "there is no such parameter"


# The canonical form

values = st.text(max_size=10) | st.integers() | st.booleans()


@given(st.dictionaries(st.text(min_size=1, max_size=5), values, max_size=5))
def test_the_canonical_form_depends_on_no_order_and_loses_nothing(arguments: dict[str, Any]) -> None:
    written = canonical(arguments)
    assert written == canonical(dict(reversed(arguments.items())))
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in arguments.items()}
    assert dict(parse_qsl(written, keep_blank_values=True)) == texts
    assert " " not in written


@given(st.text(max_size=60))
def test_any_query_is_read_or_is_a_problem(query: str) -> None:
    for route in ROUTES:
        try:
            status = 200 if parse(route.arguments, query, {}) is not None else 500
        except Problem as problem:
            status = problem.status
        assert status in (200, 400)


def _faults(schema: Any, query: str) -> Any:
    with pytest.raises(Problem) as raised:
        parse(schema, query, {})
    assert raised.value.status == 400
    assert raised.value.faults
    return raised.value.faults
