"""Cursors: opaque, signed, and good for one list only."""

import pytest
from flask_roundtrip.pagination import Cursors
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from flask_roundtrip import Problem

CURSORS = Cursors("a secret")
LISTED = "/flights?origin=JFK&sort=departure"


def test_a_cursor_holds_the_values_of_the_last_row() -> None:
    cursor = CURSORS.make(LISTED, ["2013-01-01T05:15:00", 17])
    assert CURSORS.read(LISTED, cursor) == {"after_0": "2013-01-01T05:15:00", "after_1": 17}


def test_a_cursor_can_stand_in_a_url_as_it_is() -> None:
    assert (
        CURSORS.make(LISTED, ["2013-01-01T05:15:00", 17]).replace("-", "").replace("_", "").replace(".", "").isalnum()
    )


@pytest.mark.parametrize("other", ["/flights?origin=EWR&sort=departure", "/flights?sort=departure", "/weather?", ""])
def test_a_cursor_of_another_list_does_not_fit(other: str) -> None:
    _refused(other, CURSORS.make(LISTED, [1]))


def test_a_cursor_signed_with_another_secret_is_refused() -> None:
    _refused(LISTED, Cursors("another secret").make(LISTED, [1]))
    _refused(LISTED, str(URLSafeSerializer("a secret").dumps([1])))


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda some: some.decode("latin-1")))
def test_nobody_can_forge_a_cursor(cursor: str) -> None:
    _refused(LISTED, cursor)


@given(st.data())
def test_a_truncated_or_changed_cursor_is_refused(data: st.DataObject) -> None:
    cursor = CURSORS.make(LISTED, ["2013-01-01T05:15:00", 17])
    _refused(LISTED, cursor[: data.draw(st.integers(0, len(cursor) - 1))])
    place = data.draw(st.integers(0, len(cursor) - 1))  # the last one too, whose unused bits decide nothing
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != cursor[place]))
    _refused(LISTED, cursor[:place] + other + cursor[place + 1 :])


@given(
    st.lists(
        st.text(max_size=12) | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False),
        max_size=3,
    ),
    st.data(),
)
def test_a_cursor_has_one_spelling(position: list[object], data: st.DataObject) -> None:
    cursor = CURSORS.make(LISTED, position)
    assert CURSORS.position(LISTED, cursor) == position
    added = data.draw(
        st.sampled_from(["\u00e9", "=", "==", "A", ".", "\n", " ", "%3D", "\0"]) | st.text(min_size=1, max_size=3)
    )
    place = data.draw(st.integers(0, len(cursor)))
    _refused(LISTED, cursor[:place] + added + cursor[place:])
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if last != cursor[-1]:
            _refused(LISTED, cursor[:-1] + last)


def _refused(listed: str, cursor: str) -> None:
    with pytest.raises(Problem) as raised:
        CURSORS.read(listed, cursor)
    assert raised.value.status == 400
    assert [fault.parameter for fault in raised.value.faults] == ["after"]
