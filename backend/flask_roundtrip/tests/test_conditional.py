"""Validators: the same bytes have the same entity tag, and a client that has them gets 304."""

import pytest
from flask_roundtrip.conditional import etag_of, fails, not_modified
from hypothesis import given
from hypothesis import strategies as st

ETAG = 'W/"a"'
LOADED = "Tue, 01 Jan 2013 12:00:00 GMT"


def test_the_tag_of_the_answer_gets_not_modified() -> None:
    assert not_modified(ETAG, "", ETAG, LOADED)
    assert not not_modified('W/"b"', "", ETAG, LOADED)


@given(st.binary(), st.binary())
def test_a_tag_is_weak_and_quoted_and_differs_for_other_bytes(one: bytes, other: bytes) -> None:
    assert etag_of(one).startswith('W/"')
    assert etag_of(one).endswith('"')
    assert (etag_of(one) == etag_of(other)) == (one == other)


@pytest.mark.parametrize(
    "given_tags",
    ['"a"', 'W/"a"', '"b", "a"', 'W/"b" , W/"a"', '"b","a","c"', "*", ' W/"a" ', '"b",, "a"'],
)
def test_tags_are_compared_weakly_and_in_lists(given_tags: str) -> None:
    assert not_modified(given_tags, "", ETAG, None)


@pytest.mark.parametrize("given_tags", ["a", '"A"', 'w/"a"', '"b", "c"', '"a', '""', ",", 'W/W/"a"'])
def test_another_or_a_malformed_tag_does_not_match(given_tags: str) -> None:
    assert not not_modified(given_tags, "", ETAG, None)


def test_a_tag_with_a_comma_in_a_list_does_not_hide_the_others() -> None:
    assert not_modified('"b,c", "a"', "", ETAG, None)


def test_the_tag_decides_alone_where_both_are_given() -> None:
    assert not not_modified('"b"', LOADED, ETAG, LOADED)
    assert not_modified('"a"', "Mon, 01 Jan 2001 00:00:00 GMT", ETAG, LOADED)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (LOADED, True),
        ("Tue, 01 Jan 2013 12:00:01 GMT", True),
        ("Tue, 01 Jan 2013 11:59:59 GMT", False),
        (
            "Tuesday, 01-Jan-13 12:00:00 GMT",
            True,
        ),  # the two older forms are still to be read: RFC 9110, 5.6.7
        ("Tue Jan  1 12:00:00 2013", True),
        ("Tue, 01 Jan 2013 13:00:00 +0100", True),
    ],
)
def test_a_copy_as_new_as_the_data_is_good(since: str, expected: bool) -> None:
    assert not_modified("", since, ETAG, LOADED) is expected


@pytest.mark.parametrize(
    "since",
    [
        "yesterday",
        "",
        "2013-01-01",
        "Tue, 99 Foo 2013 12:00:00 GMT",
        "0",
        "\x00",
        "Tue, 01 Jan 99999999999 GMT",
    ],
)
def test_an_unreadable_date_counts_as_absent(since: str) -> None:
    assert not not_modified("", since, ETAG, LOADED)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_makes_it_raise(tags: str, since: str) -> None:
    assert not_modified(tags, since, ETAG, LOADED) in (True, False)


def test_a_date_in_a_request_is_ignored_if_the_data_has_no_date() -> None:
    assert not not_modified("", LOADED, ETAG, None)


@pytest.mark.parametrize(
    ("if_match", "until", "expected"),
    [
        ("*", "", False),
        (" * ", "", False),
        (ETAG, "", True),  # it is weak
        ('"a"', "", True),
        ("junk", "", True),
        ("*", "Mon, 31 Dec 2012 12:00:00 GMT", False),  # If-Match decides alone
        ("", "Mon, 31 Dec 2012 12:00:00 GMT", True),
        ("", LOADED, False),
        ("", "Fri, 01 Jan 2100 00:00:00 GMT", False),
        ("", "yesterday", False),
        ("", "", False),
    ],
)
def test_a_precondition_that_does_not_hold_fails(if_match: str, until: str, expected: bool) -> None:
    assert fails(if_match, until, LOADED) is expected


def test_a_date_as_precondition_is_ignored_if_the_data_has_no_date() -> None:
    assert not fails("", "Mon, 31 Dec 2012 12:00:00 GMT", None)
