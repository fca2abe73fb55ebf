"""The statements about airlines."""

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import bindparam, or_

from .model import Airline

FILTERS: Filters = {
    "q": lambda: or_(
        Airline.carrier.istartswith(bindparam("q"), autoescape=False),
        Airline.name.icontains(bindparam("q"), autoescape=False),
    )
}
SORTS: Sorts = {"carrier": lambda descending: (Airline.carrier,)}
