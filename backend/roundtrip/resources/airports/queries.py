"""The statements about airports."""

from sqlalchemy import bindparam, or_

from ...reading import Page, Single
from .model import Airport

page = Page(
    Airport,
    filters={
        "q": lambda: or_(
            Airport.faa.istartswith(bindparam("q"), autoescape=False),
            Airport.name.icontains(bindparam("q"), autoescape=False),
        ),
        "served": lambda: Airport.served == bindparam("served"),
    },
    sorts={"faa": lambda descending: (Airport.faa,)},
    default_sort="faa",
)
single = Single(Airport, "faa")
