"""The statements about planes."""

from flask_roundtrip.pagination import Sorts
from flask_roundtrip.query_plan import Filters
from sqlalchemy import bindparam, or_

from .model import Plane

FILTERS: Filters = {
    "q": lambda: or_(
        Plane.tailnum.istartswith(bindparam("q"), autoescape=False),
        Plane.model.icontains(bindparam("q"), autoescape=False),
    ),
    "manufacturer": lambda: Plane.manufacturer == bindparam("manufacturer"),
    "model": lambda: Plane.model == bindparam("model"),
}
SORTS: Sorts = {"tailnum": lambda descending: (Plane.tailnum,)}
