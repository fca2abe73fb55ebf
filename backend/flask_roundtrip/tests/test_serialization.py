"""Rows become items by one compiled expression, and items become JSON or MessagePack."""

import json
from typing import Any

import ormsgpack
import pytest
from flask_roundtrip.serialization import Array, Column, Object, compiled_shape, encode
from flask_roundtrip.wire import JSON, MSGPACK
from hypothesis import given
from hypothesis import strategies as st


def test_a_shape_makes_an_item_of_each_row() -> None:
    items = compiled_shape(Object({"id": Column(0), "name": Column(1)}))
    assert items([(1, "a"), (2, "b")]) == [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


def test_a_nested_object_is_null_where_its_presence_is() -> None:
    items = compiled_shape(Object({"plane": Object({"year": Column(1)}, presence=Column(0))}))
    assert items([(None, None), ("N1", None), ("N2", 1999)]) == [
        {"plane": None},
        {"plane": {"year": None}},
        {"plane": {"year": 1999}},
    ]


def test_an_array_gathers_columns() -> None:
    assert compiled_shape(Object({"all": Array((Column(1), Column(0)))}))([(1, 2)]) == [{"all": [2, 1]}]


@given(st.lists(st.text(), min_size=1, max_size=8, unique=True))
def test_any_name_is_data_and_never_code(names: list[str]) -> None:
    items = compiled_shape(Object({name: Column(place) for place, name in enumerate(names)}))
    assert items([tuple(range(len(names)))]) == [{name: place for place, name in enumerate(names)}]


def test_an_expression_reaches_no_builtin() -> None:
    hostile: Any = "__import__('os')"
    with pytest.raises(NameError):
        compiled_shape(Object({"a": Column(hostile)}))([()])


plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(plain_values)
def test_both_encoders_encode_the_same_values(value: object) -> None:
    assert json.loads(encode(value, JSON)) == value
    assert ormsgpack.unpackb(encode(value, MSGPACK)) == value
