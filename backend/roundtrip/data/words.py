"""The words that the page's search and choices know, with how many flights of the data set each stands for.

cities.json says what people call the served airports, the city first: the data set knows no cities.

flask words > ../frontend/src/flights/words.json
"""

import json
from pathlib import Path

import click
from sqlalchemy import func, select

from ..extensions import db
from ..resources.airlines.model import Airline
from ..resources.airports.model import Airport
from ..resources.flights.model import Flight

CITIES = Path(__file__).parent / "cities.json"


@click.command("words")
def words_command() -> None:
    """Print the airlines, airports (with cities) and routes of the data set, each with its flights, as JSON."""
    routes = select(Flight.origin, Flight.dest, func.count()).group_by(Flight.origin, Flight.dest)
    carriers = select(Flight.carrier, Airline.name, func.count()).join(Airline).group_by(Flight.carrier, Airline.name)
    with db.engine.connect() as connection:
        flown: list[tuple[str, str, int]] = sorted((row[0], row[1], row[2]) for row in connection.execute(routes))
        airlines: list[tuple[str, str, int]] = sorted((row[0], row[1], row[2]) for row in connection.execute(carriers))
        names: dict[str, str] = {row[0]: row[1] for row in connection.execute(select(Airport.faa, Airport.name))}
    origins = {origin for origin, _, _ in flown}
    airports: dict[str, int] = {}
    for origin, dest, count in flown:
        airports[origin] = airports.get(origin, 0) + count
        if dest not in origins:  # to a searcher, New York's own airports are those that one leaves from
            airports[dest] = airports.get(dest, 0) + count
    cities: dict[str, list[str]] = json.loads(CITIES.read_text())
    words = {
        "airlines": {carrier: {"name": name, "flights": count} for carrier, name, count in airlines},
        "airports": {
            faa: {"name": names.get(faa, ""), "also": cities.get(faa, []), "flights": airports[faa]}
            for faa in sorted(airports)
        },
        "routes": {f"{origin}-{dest}": count for origin, dest, count in flown},
    }
    click.echo(json.dumps(words, indent=2, ensure_ascii=False))
