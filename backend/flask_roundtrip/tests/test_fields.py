"""`?fields=` becomes a canonical selection, or a 400 with the fault and the allowed names."""

import pytest
from flask_roundtrip.fields import MOST_NAMES, allowed_names, leaves_of, select
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from flask_roundtrip import Problem


class Owner(Schema):
    name = fields.String()
    town = fields.String()


class House(Schema):
    id = fields.Integer()
    owner = fields.Nested(Owner)
    secret = fields.String(load_only=True)


def test_names_become_a_selection() -> None:
    assert select(House, "id,owner.name").names == ("id", "owner.name")


def test_order_and_repeats_make_no_difference() -> None:
    assert select(House, "owner.name,id,id") == select(House, "id,owner.name")


def test_a_bare_nested_name_means_all_of_it() -> None:
    assert select(House, "owner") == select(House, "owner.town,owner.name")
    assert select(House, "owner,owner.name") == select(House, "owner")


def test_a_selection_knows_its_own_fields_and_the_nested_ones() -> None:
    selection = select(House, "id,owner.town,owner.name")
    assert selection.own == ("id",)
    assert {name: inner.names for name, inner in selection.nested.items()} == {"owner": ("name", "town")}
    assert selection.text == "id,owner.name,owner.town"


@given(st.lists(st.sampled_from(allowed_names(House)), min_size=1, max_size=MOST_NAMES))
def test_every_list_of_allowed_names_is_one_canonical_selection(names: list[str]) -> None:
    selection = select(House, ",".join(names))
    assert list(selection.names) == sorted(set(selection.names))
    assert set(selection.names) <= set(leaves_of(House))
    assert select(House, selection.text) == selection
    assert select(House, ",".join(reversed(names))) == selection


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour", "there is no field 'colour'"),
        ("id,colour", "there is no field 'colour'"),
        ("owner.age", "there is no field 'owner.age'"),
        ("owner.", "there is no field 'owner.'"),
        ("id.name", "there is no field 'id.name'"),
        ("ID", "there is no field 'ID'"),
        (" id", "there is no field ' id'"),
        ("secret", "there is no field 'secret'"),
        ("__class__", "there is no field '__class__'"),
        ("owner.name.length", "'owner.name.length' is nested too deeply"),
        (".".join("a" * 500), "is nested too deeply"),
        ("", "a name is empty"),
        ("id,,owner", "a name is empty"),
        (",", "a name is empty"),
    ],
)
def test_the_error_for_a_wrong_name_lists_the_allowed_names(text: str, said: str) -> None:
    with pytest.raises(Problem) as raised:
        select(House, text)
    (fault,) = raised.value.faults
    assert raised.value.status == 400
    assert fault.parameter == "fields"
    assert said in fault.detail
    assert fault.allowed == ("id", "owner", "owner.name", "owner.town")
    assert len(fault.detail) < 200


def test_too_many_names_are_refused_before_any_is_looked_up() -> None:
    assert select(House, ",".join(["id"] * MOST_NAMES)).names == ("id",)
    with pytest.raises(Problem, match=f"at most {MOST_NAMES} names, got {MOST_NAMES + 1}"):
        select(House, ",".join(["id"] * (MOST_NAMES + 1)))
