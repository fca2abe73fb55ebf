"""The statements about airlines."""

from sqlalchemy import bindparam, or_

from ...reading import Page, Single
from .model import Airline

page = Page(
    Airline,
    filters={
        "q": lambda: or_(
            Airline.carrier.istartswith(bindparam("q"), autoescape=False),
            Airline.name.icontains(bindparam("q"), autoescape=False),
        )
    },
    sorts={"carrier": lambda descending: (Airline.carrier,)},
    default_sort="carrier",
)
single = Single(Airline, "carrier")
