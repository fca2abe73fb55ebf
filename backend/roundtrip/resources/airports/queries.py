"""The statements about airports."""

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import bindparam, or_

from .model import Airport

FILTERS: Filters = {
    "q": lambda: or_(
        Airport.faa.istartswith(bindparam("q"), autoescape=False),
        Airport.name.icontains(bindparam("q"), autoescape=False),
    ),
    "served": lambda: Airport.served == bindparam("served"),
}
SORTS: Sorts = {"faa": lambda descending: (Airport.faa,)}
