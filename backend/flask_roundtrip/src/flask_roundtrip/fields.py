"""Field selection: `?fields=id,airline.name` names the fields that the client needs; no other field costs anything.

The names are those of marshmallow's `only`, dotted where a resource is nested. A Selection is canonical: its names are
leaves, sorted, without repeats. So two spellings of one selection share one statement and one cache entry.

    chosen = select(FlightSchema, request.args["fields"])
    return FlightSchema(only=chosen.names).dump(flight)
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from .wire import Fault, Problem

MOST_NAMES = 64
MOST_DEPTH = 2


class Selection(NamedTuple):
    """Validated, canonical fields: leaves such as `id` and `airline.name`, sorted, without repeats."""

    names: tuple[str, ...]
    text: str  # as in a URL

    @property
    def own(self) -> tuple[str, ...]:
        """The fields of the resource itself."""
        return tuple(name for name in self.names if "." not in name)

    @property
    def nested(self) -> dict[str, "Selection"]:
        """The selection of each nested resource, by the name of the nested field."""
        inner: dict[str, list[str]] = {}
        for name in self.names:
            outer, dot, rest = name.partition(".")
            if dot:
                inner.setdefault(outer, []).append(rest)
        return {outer: selection(names) for outer, names in inner.items()}


def selection(names: Iterable[str]) -> Selection:
    """Return the canonical selection of these leaves."""
    sorted_names = tuple(sorted(set(names)))
    return Selection(sorted_names, ",".join(sorted_names))


@lru_cache(maxsize=1024)
def select(schema: type[Schema], text: str) -> Selection:
    """Turn the text of `fields` into a selection of the schema's leaves.

    The bare name of a nested field means all its fields. Raises Problem (400), which states the fault and lists the
    allowed names.
    """
    names = text.split(",")
    if len(names) > MOST_NAMES:
        raise _problem(f"at most {MOST_NAMES} names, got {len(names)}")
    leaves = leaves_of(schema)
    chosen: set[str] = set()
    for name in names:
        found = [leaf for leaf in leaves if leaf == name or leaf.startswith(f"{name}.")] if name else []
        if not found:
            raise _problem(_why_not(name), allowed_names(schema))
        chosen.update(found)
    return selection(chosen)


def kind_of(schema: Schema | type[Schema]) -> type[Schema]:
    """Return the schema's class; of an instance made with `only` or `exclude`, a class that has no other fields.

    Raises TypeError for an instance of a class with an __init__ of its own: its arguments are not known.
    """
    if isinstance(schema, type):
        return schema
    kind = type(schema)
    if kind.__init__ is not Schema.__init__:
        raise TypeError(
            f"Give the class {kind.__name__}: an instance with an __init__ of its own cannot be made again."
        )
    leaves = tuple(_leaves(schema.dump_fields))
    if leaves == leaves_of(kind):
        return kind

    class Narrowed(kind):  # type: ignore[misc, valid-type]  # its base is known when this runs
        class Meta(kind.Meta):  # type: ignore[misc, name-defined]  # as above
            register = False  # the name stays its base's

        def __init__(self, *, only: Any = leaves, **named: Any) -> None:
            super().__init__(only=only, **named)

    Narrowed.__name__ = Narrowed.__qualname__ = kind.__name__
    return Narrowed


@lru_cache
def leaves_of(schema: type[Schema]) -> tuple[str, ...]:
    """Return every leaf that may be selected, dotted, in the schema's order."""
    return tuple(_leaves(schema().dump_fields))


@lru_cache
def allowed_names(schema: type[Schema]) -> tuple[str, ...]:
    """Return the names that `fields` may hold: the leaves, and the bare names of the nested resources."""
    leaves = leaves_of(schema)
    return tuple(dict.fromkeys(part for leaf in leaves for part in (leaf.partition(".")[0], leaf)))


def _leaves(dumped: dict[str, fields.Field[Any]]) -> Iterable[str]:
    for name, field in dumped.items():
        if isinstance(field, fields.Nested):
            yield from (f"{name}.{inner}" for inner in _leaves(field.schema.dump_fields))
        else:
            yield name


def _why_not(name: str) -> str:
    if not name:
        return "a name is empty"
    if name.count(".") >= MOST_DEPTH:
        return f"{name[:80]!r} is nested too deeply"
    return f"there is no field {name[:80]!r}"


def _problem(detail: str, allowed: tuple[str, ...] | None = None) -> Problem:
    return Problem.of_parameters(Fault("fields", detail, allowed))
