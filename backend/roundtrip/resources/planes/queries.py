"""The statements about planes."""

from sqlalchemy import bindparam, or_

from ...reading import Page, Single
from .model import Plane

page = Page(
    Plane,
    filters={
        "q": lambda: or_(
            Plane.tailnum.istartswith(bindparam("q"), autoescape=False),
            Plane.model.icontains(bindparam("q"), autoescape=False),
        ),
        "manufacturer": lambda: Plane.manufacturer == bindparam("manufacturer"),
        "model": lambda: Plane.model == bindparam("model"),
    },
    sorts={"tailnum": lambda descending: (Plane.tailnum,)},
    default_sort="tailnum",
)
single = Single(Plane, "tailnum")
