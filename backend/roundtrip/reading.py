"""The questions that every resource answers: a page of it, or one of it. Each is one SQL statement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from .arguments import LARGEST
from .errors import Problem
from .techniques.fields import Selection
from .techniques.pagination import Cursors, paged
from .techniques.query_plan import Built, Database, Plan, columns_of
from .techniques.timing import Timing

Values = Mapping[str, Any]
Filters = Mapping[str, Callable[[], ColumnElement[bool]]]


@dataclass(frozen=True)
class Reader:
    """What a question needs to be answered: the database, the maker of cursors, and the exchange's timing."""

    database: Database
    cursors: Cursors
    timing: Timing


@dataclass(frozen=True)
class Answered:
    """Plain values, ready to be encoded; and for a page that has a next one, its cursor."""

    value: Any
    next: str | None = None


@dataclass(frozen=True, eq=False)
class Page:
    """Rows that match the filters given, in an order, a page at a time.

    `filters` holds a condition for each argument, with a bound parameter of the argument's name.
    `sorts` names orders; each ends with a unique column. A leading `-` in the argument turns one round.
    """

    model: Any
    filters: Filters
    sorts: Mapping[str, Callable[[bool], Sequence[Any]]]
    default_sort: str

    def read(self, reader: Reader, arguments: Values, selection: Selection, listed: str) -> Answered:
        """Return {"items": [...], "next": cursor or null}."""
        given = {name: arguments[name] for name in self.filters if name in arguments}
        sort = arguments.get("sort", self.default_sort)
        after = arguments.get("after")
        limit = arguments["limit"]
        values = {**given, "rows": limit + 1}
        if after is not None:
            values.update(reader.cursors.read(listed, after))
        plan: Plan = reader.database.plan(self._build, selection, tuple(given), sort, after is not None)
        rows = plan.rows(reader.database, values, reader.timing)
        with reader.timing.span("serialize"):
            items = plan.items(rows[:limit])
        if len(rows) <= limit:
            return Answered({"items": items, "next": None})
        last = rows[limit - 1]
        cursor = reader.cursors.make(listed, [last[column.position] for column in plan.cursor])
        return Answered({"items": items, "next": cursor}, cursor)

    def _build(self, selection: Selection, given: tuple[str, ...], sort: str, continued: bool) -> Built:
        descending = sort.startswith("-")
        order = self.sorts[sort.removeprefix("-")](descending)
        statement, shape, cursor = columns_of(self.model, selection, order)
        # Of two bounds on one column SQLite seeks to the first: the cursor's, which moves on, not the filter's.
        statement = paged(statement, order, descending, continued)
        return statement.where(*(self.filters[name]() for name in given)), shape, cursor


@dataclass(frozen=True, eq=False)
class Single:
    """The one row whose key column, of the argument's name, has the value asked for."""

    model: Any
    key: str

    def read(self, reader: Reader, arguments: Values, selection: Selection, listed: str) -> Answered:
        """Return the object. Raises Problem (404) when there is none."""
        key = arguments[self.key]
        plan: Plan = reader.database.plan(self._build, selection)
        rows = plan.rows(reader.database, {self.key: key}, reader.timing) if _can_be_a_key(key) else ()
        if not rows:
            raise Problem(404, f"There is no such {self.model.__name__.lower()}: {str(key)[:80]}.")
        with reader.timing.span("serialize"):
            return Answered(plan.items(rows)[0])

    def _build(self, selection: Selection) -> Built:
        statement, shape, _ = columns_of(self.model, selection)
        return statement.where(getattr(self.model, self.key) == bindparam(self.key)), shape, ()


def _can_be_a_key(value: int | str) -> bool:
    """Tell whether a database takes the value: SQLite knows 64 bits, PostgreSQL no NUL in a text."""
    return value <= LARGEST if isinstance(value, int) else value.isprintable()
