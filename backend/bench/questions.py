"""The questions: the same for every contender, in the same order, from a fixed seed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import Engine, text

from .load import Ask, get, post

API = "/api/v1"
MISS, HIT = b"roundtrip; fwd=uri-miss", b"roundtrip; hit; ttl="
ORIGINS = ("EWR", "JFK", "LGA")
DAYS = tuple((date(2013, 1, 1) + timedelta(days=n)).isoformat() for n in range(365))
MONTHS = tuple(f"2013-{month:02d}" for month in range(1, 13))
LIST = "id,carrier,flight,dest,sched_dep,dep_delay,arr_delay,airline.name"
ROW = "id,carrier,flight,origin,dest,sched_dep,dep,dep_delay,arr_delay,distance,status"
DETAIL = f"{ROW},tailnum,sched_arr,arr,air_time,time_hour,airline,plane,origin_airport,dest_airport,weather"
WEATHER = "origin,time_hour,local_hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib"
DELAYS = "count,cancelled,on_time_share,mean_delay"


@dataclass(frozen=True)
class Question:
    """One question, as each of the two APIs spells it."""

    ours: str
    tutorial: str


@dataclass(frozen=True)
class Questions:
    """All questions of a run."""

    lists: Sequence[Question]
    details: Sequence[Question]
    reports: Sequence[Question]
    pages: Sequence[Sequence[Question]]


HOT_LIST = Question(f"{API}/flights?date=2013-03-05&fields={LIST}&origin=JFK", "/flights?date=2013-03-05&origin=JFK")


def questions(engine: Engine) -> Questions:
    """Draw the questions, about flights that this database holds.

    The lists are many more than the response cache can hold, so that none is still there when it is asked
    again: each day at each airport, with 46 to 54 flights.
    """
    chance = Random(2013)  # noqa: S311 - the same questions each time
    lists = [_list(origin, day, limit) for origin in ORIGINS for day in DAYS for limit in range(46, 55)]
    reports = [_report(origin, month) for origin in ORIGINS for month in MONTHS]
    chance.shuffle(lists)
    chance.shuffle(reports)
    with engine.connect() as connection:
        most = connection.scalar(text("SELECT max(id) FROM flights"))
        numbers = connection.execute(
            text("SELECT max(id), carrier, flight, origin, sched_dep FROM flights GROUP BY carrier, flight")
        ).all()
    details = [_detail(number) for number in chance.sample(range(1, most + 1), 60_000)]
    pages = [_page(number, *flight) for number, flight in enumerate(chance.sample(numbers, 2_000))]
    return Questions(lists, details, reports, pages)


def ours(asked: Sequence[Question], mark: bytes = MISS) -> list[Ask]:
    """Return the questions as our API is asked; the mark shows that an answer came as it should."""
    return [Ask(get(question.ours), mark=mark, marks=1) for question in asked]


def tutorial(asked: Sequence[Question], below: str = "") -> list[Ask]:
    """Return the questions as the tutorial's API is asked; its cached views are below /cached."""
    return [Ask(get(below + question.tutorial)) for question in asked]


def batch(page: Sequence[Question], mark: bytes = MISS) -> Ask:
    """Return the questions of a page as one batch, asked as the frontend asks it."""
    requests = [{"id": str(number), "url": question.ours} for number, question in enumerate(page)]
    body = json.dumps({"requests": requests}).encode()
    return Ask(post(f"{API}/batch", body, "application/x-ndjson"), mark=mark, marks=len(page))


def _list(origin: str, day: str, limit: int) -> Question:
    asked = f"date={day}&limit={limit}&origin={origin}"
    return Question(f"{API}/flights?{asked}&fields={LIST}", f"/flights?{asked}")


def _detail(flight_id: int) -> Question:
    return Question(f"{API}/flights/{flight_id}?fields={DETAIL}", f"/flights/{flight_id}")


def _report(origin: str, month: str) -> Question:
    asked = f"origin={origin}&month={month}"
    return Question(f"{API}/delays?by=carrier&fields=carrier,{DELAYS}&{asked}", f"/delays/carrier?{asked}")


def _page(number: int, flight_id: int, carrier: str, flight: int, origin: str, time: str) -> list[Question]:
    """Return the six questions of the page of a flight.

    Names of airlines and airports are the same for all pages; `limit`, which is more than there are, makes
    each page's a question of its own, so that none is answered together with that of another page.
    """
    day = time[:10]
    same = f"carrier={carrier}&flight={flight}"
    return [
        _detail(flight_id),
        Question(f"{API}/flights?{same}&sort=-departure&limit=12&fields={ROW}", f"/flights/same?{same}"),
        Question(f"{API}/delays?{same}&by=month&fields=month,{DELAYS}", f"/delays/month?{same}"),
        Question(
            f"{API}/weather?origin={origin}&date={day}&limit=24&fields={WEATHER}",
            f"/weather?origin={origin}&date={day}",
        ),
        Question(f"{API}/airlines?limit={50 + number % 150}&fields=carrier,name", "/airlines"),
        Question(f"{API}/airports?served=true&limit={110 + number % 90}&fields=faa,name", "/airports"),
    ]
