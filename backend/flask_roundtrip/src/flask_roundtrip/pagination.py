"""Keyset pagination: a cursor names the last row seen, so that page 1,000 costs no more than page 1.

OFFSET reads and throws away all rows before the page, and repeats or misses rows when the data changes in between. A
keyset goes on in an index from the last row seen. Source: https://use-the-index-luke.com/no-offset. The cursor is
signed: nobody can forge one, and a cursor of another list (other filters, other order) is refused. A cursor has only
one valid spelling, and so only one cache entry.

    page = keyset(select(Flight), by=(Flight.sched_dep, Flight.id), after=cursor, secret=key)
    flights, cursor = page.read(db.session)         # in any application, with any select()
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from decimal import Decimal
from types import FunctionType
from typing import Any, NamedTuple
from uuid import UUID

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from sqlalchemy import BindParameter, Engine, Select, bindparam, literal, tuple_

from .arguments import DEFAULT_ITEMS
from .query_plan import Answered, Ask, DumpPlan, Filters, Plan, of_type, plan_of
from .serialization import json_bytes
from .wire import Fault, Problem

LONGEST_CURSOR = 512
Sorts = Mapping[str, Callable[[bool], Sequence[Any]]]


def page(model: Any, ask: Ask, *, filters: Filters, sorts: Sorts, sort: str | None = None) -> Answered:
    """Answer with {"items": [...], "next": cursor or null}: the rows that match the given filters, in one order.

    `filters` holds a condition for each argument, with a bound parameter of the argument's name. `sorts` holds the
    orders by name; each order ends with a unique column. `sort` names the order, by default the argument `sort` or the
    first of `sorts`; a leading `-` reverses it.
    """
    given = {name: ask.arguments[name] for name in filters if name in ask.arguments}
    sort = sort or ask.get("sort") or next(iter(sorts))
    after, limit = ask.get("after"), ask["limit"]
    values = {**given, "rows": limit + 1}
    if after is not None:
        values.update(ask.cursors.read(ask.listed, after))
    conditions, order = _Functions(*(filters[name] for name in given)), _Functions(sorts[sort.removeprefix("-")])
    question = (ask.schema, ask.selection, sort.startswith("-"), after is not None)
    plan: Plan = ask.database.compiled(_compile_page, model, conditions, order, *question)
    rows = plan.rows(ask, values)
    with ask.timing.span("serialize"):
        items = plan.items(rows[:limit])
    if len(rows) <= limit:
        return Answered({"items": items, "next": None})
    last = rows[limit - 1]
    cursor = ask.cursors.make(ask.listed, [last[column.position] for column in plan.cursor])
    return Answered({"items": items, "next": cursor}, cursor)


def keyset(
    statement: Select[Any],
    by: Sequence[Any],
    secret: str,
    after: str | None = None,
    limit: int = DEFAULT_ITEMS,
    descending: bool = False,
) -> "Keyset":
    """Return a page of any select(), ordered by these columns. The last column must be unique.

    Raises Problem (400) for a cursor that was not made for this statement and order.
    """
    compiled = statement.compile()
    listed = f"{compiled} {sorted(compiled.params.items())} {[str(column) for column in by]} {descending}"
    cursors = Cursors(secret)
    continued = statement.add_columns(*by).order_by(*_directed(by, descending)).limit(limit + 1)
    if after is not None:
        position = zip(cursors.position(listed, after), by, strict=True)
        columns, row = tuple_(*by), tuple_(*(literal(of_type(value, of.type), of.type) for value, of in position))
        continued = continued.where(columns < row if descending else columns > row)
    return Keyset(continued, len(by), limit, cursors, listed)


class Keyset(NamedTuple):
    """One page of a statement."""

    statement: Select[Any]
    keys: int
    limit: int
    cursors: "Cursors"
    listed: str

    def read(self, session: Any) -> tuple[list[Any], str | None]:
        """Return the page's rows (entities, where the statement selects one), and the next page's cursor or None."""
        rows = session.execute(self.statement).all()
        found = [row[0] if len(row) == self.keys + 1 else row[: -self.keys] for row in rows[: self.limit]]
        if len(rows) <= self.limit:
            return found, None
        return found, self.cursors.make(self.listed, rows[self.limit - 1][-self.keys :])


class Cursors:
    """Makes and reads opaque cursors, signed with the application's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def make(self, listed: str, position: Sequence[Any]) -> str:
        """Return the cursor behind a row: the values of its sort columns. `listed` names the list it belongs to."""
        plain = [str(value) if isinstance(value, Decimal | UUID | time) else value for value in position]
        return self._signer(listed).sign(base64_encode(json_bytes(plain))).decode()

    def position(self, listed: str, cursor: str) -> list[Any]:
        """Return a cursor's values. Raises Problem (400) for a cursor of another list or with another spelling."""
        try:
            signed = self._signer(listed).unsign(cursor[:LONGEST_CURSOR])
            position: list[Any] = json.loads(base64_decode(signed))
            one_spelling = all(base64_encode(base64_decode(part)).decode() == part for part in cursor.split("."))
        except (BadData, ValueError):
            one_spelling = False
        if not one_spelling:
            raise Problem.of_parameters(Fault("after", "this cursor does not belong to this list"))
        return position

    def read(self, listed: str, cursor: str) -> dict[str, Any]:
        """Return a cursor's values as bound values for `paged()`."""
        return {f"after_{number}": value for number, value in enumerate(self.position(listed, cursor))}

    def _signer(self, listed: str) -> Signer:
        return Signer(self._secret, salt=f"cursor {listed}")


def paged(statement: Select[Any], order: Sequence[Any], descending: bool, continued: bool) -> Select[Any]:
    """Order a statement, begin after the cursor, and read one row more than asked: that row means a next page.

    The last of `order` must be unique; the values of these columns are the cursor.
    """
    if continued:
        after = tuple_(*(bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(order)))
        statement = statement.where(tuple_(*order) < after if descending else tuple_(*order) > after)
        # The condition above implies this one. SQLite needs it to seek in an index on an expression.
        first: BindParameter[Any] = bindparam("after_0", type_=order[0].type)
        statement = statement.where(order[0] <= first if descending else order[0] >= first)
    return statement.order_by(*_directed(order, descending)).limit(bindparam("rows"))


def _compile_page(
    engine: Engine,
    model: Any,
    conditions: "_Functions",
    orders: "_Functions",
    schema: Any,
    selection: Any,
    descending: bool,
    continued: bool,
) -> Plan | DumpPlan:
    (order,) = (function(descending) for function in orders.all)

    def finish(statement: Select[Any]) -> Select[Any]:
        # With two bounds on one column SQLite seeks by the first, which must be the cursor's, not the filter's.
        statement = paged(statement, order, descending, continued)
        return statement.where(*(condition() for condition in conditions.all))

    return plan_of(engine, model, schema, selection, order, finish)


class _Functions:
    """Functions as a part of a cache key: by their code, for those written in a view are new in each request."""

    __slots__ = ("_key", "all")

    def __init__(self, *functions: Callable[..., Any]) -> None:
        self.all = functions
        self._key = tuple([_made_of(function) for function in functions])

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Functions) and self._key == other._key


def _made_of(function: Any) -> Any:
    """Return all that decides what the function does, or the function itself where that cannot be compared."""
    if not isinstance(function, FunctionType):
        return function
    around = tuple([cell.cell_contents for cell in function.__closure__ or ()])
    by_name = tuple((function.__kwdefaults__ or {}).items())
    made = (id(function.__globals__), function.__code__, function.__defaults__, around, by_name)
    try:
        hash(made)
    except TypeError:
        return function
    return made


def _directed(order: Sequence[Any], descending: bool) -> list[Any]:
    return [column.desc() if descending else column.asc() for column in order]
