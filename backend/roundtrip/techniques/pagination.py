"""Keyset pages: a cursor says after which row to go on, so that page 1,000 costs what page 1 costs.

OFFSET reads and throws away all rows before the page, and repeats or misses rows when the data changes in
between. A keyset reads on in an index from the last row seen.
Source: https://use-the-index-luke.com/no-offset. The cursor is signed: nobody can forge one, and one of another
list (other filters, other order) does not fit.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from sqlalchemy import BindParameter, Select, bindparam, tuple_

from ..errors import Fault, Problem

MOST_ITEMS = 200
DEFAULT_ITEMS = 50
LONGEST_CURSOR = 512


class Cursors:
    """Makes and reads opaque cursors, signed with the application's secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def make(self, listed: str, position: Sequence[Any]) -> str:
        """Return the cursor behind a row: the values of its sort columns. `listed` names the list it belongs to."""
        return self._signer(listed).sign(base64_encode(orjson.dumps(tuple(position)))).decode()

    def read(self, listed: str, cursor: str) -> dict[str, Any]:
        """Return the bound values for `paged()`. Raises Problem (400) for a cursor not made for this list."""
        try:
            signed = self._signer(listed).unsign(cursor[:LONGEST_CURSOR])
        except BadSignature:
            raise Problem.of_parameters([Fault("after", "this is no cursor of this list")]) from None
        position = orjson.loads(base64_decode(signed))
        return {f"after_{number}": value for number, value in enumerate(position)}

    def _signer(self, listed: str) -> Signer:
        return Signer(self._secret, salt=f"cursor {listed}")


def paged(statement: Select[Any], order: Sequence[Any], descending: bool, continued: bool) -> Select[Any]:
    """Order a statement, read on after the cursor, and read one row more than asked: it tells of a next page.

    The last of `order` must be unique; the values of these columns are the cursor.
    """
    if continued:
        after = tuple_(*(bindparam(f"after_{number}") for number in range(len(order))))
        statement = statement.where(tuple_(*order) < after if descending else tuple_(*order) > after)
        # Implied by the above. In an index on an expression SQLite needs it to seek, or else walks from the start.
        first: BindParameter[Any] = bindparam("after_0")
        statement = statement.where(order[0] <= first if descending else order[0] >= first)
    directed = [column.desc() if descending else column.asc() for column in order]
    return statement.order_by(*directed).limit(bindparam("rows"))
