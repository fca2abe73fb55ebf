"""A selection decides the columns and joins of one statement, and an index answers it."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.fields import allowed_names, select
from flask_roundtrip.respond import Route
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from support import ONE_APP, ROUTES, forget

from roundtrip.extensions import db
from roundtrip.resources.delays.schema import DelaySchema
from roundtrip.resources.flights.schema import SORTS

EXAMPLES = {
    "/flights/<int:id>": "/flights/17",
    "/airlines/<code:carrier>": "/airlines/UA",
    "/airports/<code:faa>": "/airports/JFK",
    "/planes/<code:tailnum>": "/planes/N14228",
}
TABLES = {
    "airline": "airlines",
    "plane": "planes",
    "origin_airport": "airports",
    "dest_airport": "airports",
    "weather": "weather",
}
NOT_A_REPORT = [route for route in ROUTES if route.schema is not DelaySchema]


def url(route: Route, query: str) -> str:
    return f"/api/v1{EXAMPLES.get(route.path, route.path)}?{query}"


def test_only_the_columns_asked_for_are_read(client: FlaskClient, statements: list[str]) -> None:
    client.get("/api/v1/flights/17?fields=id,dep_delay")
    (sql,) = statements
    assert " ".join(sql.split()) == "SELECT flights.dep_delay, flights.id FROM flights WHERE flights.id = ?"


def test_a_nested_resource_is_joined_and_its_key_is_read(client: FlaskClient, statements: list[str]) -> None:
    client.get("/api/v1/flights/17?fields=plane.year")
    (sql,) = statements
    assert " ".join(sql.split()) == (
        "SELECT planes_1.tailnum, planes_1.year FROM flights "
        "LEFT OUTER JOIN planes AS planes_1 ON planes_1.tailnum = flights.plane_tailnum WHERE flights.id = ?"
    )


@settings(ONE_APP, max_examples=60)
@given(data=st.data())
def test_every_selection_is_one_statement_with_its_columns_only(
    app: Flask, client: FlaskClient, statements: list[str], data: st.DataObject
) -> None:
    route = data.draw(st.sampled_from(NOT_A_REPORT))
    names = data.draw(st.lists(st.sampled_from(allowed_names(route.schema)), min_size=1, max_size=12))
    forget(app)
    statements.clear()
    answer = client.get(url(route, f"fields={','.join(names)}"))
    assert answer.status_code == 200
    assert "db;dur=" in answer.headers["Server-Timing"]
    assert ';desc="1 statement"' in answer.headers["Server-Timing"]
    (sql,) = statements
    sql = sql.replace('"', "")  # some names are words of SQL, and quoted
    selection = select(route.schema, ",".join(names))
    table = str(select_table(route))
    joined = re.findall(r"LEFT OUTER JOIN (\w+) AS (\w+)", sql)
    assert sorted(table for table, _ in joined) == sorted(TABLES[name] for name in selection.nested)
    asked = {f"{table}.{name}" for name in selection.own}
    keys = set(re.findall(r"(\w+\.\w+) (?:ASC|DESC)", sql))
    for name, inner in selection.nested.items():
        ((_, alias),) = re.findall(rf"JOIN ({TABLES[name]}) AS (\w+) ON \w+\.\w+ = flights\.{FOREIGN[name]}\b", sql)
        asked |= {f"{alias}.{leaf}" for leaf in inner.own}
        keys.add(f"{alias}.{PRESENCE[name]}")
    read = {column.partition(" AS ")[0] for column in re.findall(r"SELECT (.*?) \n?FROM", sql, re.S)[0].split(", ")}
    assert asked <= read <= asked | keys


FOREIGN = {
    "airline": "carrier",
    "plane": "plane_tailnum",
    "origin_airport": "origin",
    "dest_airport": "dest_faa",
    "weather": "weather_id",
}
PRESENCE = {
    "airline": "carrier",
    "plane": "tailnum",
    "origin_airport": "faa",
    "dest_airport": "faa",
    "weather": "id",
}


def select_table(route: Route) -> str:
    return route.path.split("/")[1]


@pytest.mark.parametrize("by", ["", "carrier", "route", "hour", "weekday,hour", "dest,hour", "route,hour"])
@pytest.mark.parametrize("filters", ["", "&origin=JFK", "&date=2013-05-05", "&tailnum=N14228&status=delayed"])
def test_a_report_is_one_statement(client: FlaskClient, statements: list[str], by: str, filters: str) -> None:
    assert client.get(f"/api/v1/delays?{f'by={by}' if by else ''}{filters}".replace("?&", "?")).status_code == 200
    assert len(statements) == 1


def test_a_report_reads_only_the_measures_asked_for(client: FlaskClient, statements: list[str]) -> None:
    client.get("/api/v1/delays?by=carrier&fields=carrier,count")
    (sql,) = statements
    assert set(re.findall(r"delays_by_\w+\.(\w+)", sql)) == {"carrier", "count", "period", "unit"}


def test_a_hit_runs_no_statement(client: FlaskClient, statements: list[str]) -> None:
    for _ in range(3):
        client.get("/api/v1/flights?limit=3")
    assert len(statements) == 1


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("page", [1, 2])
def test_each_order_walks_an_index(
    app: Flask, client: FlaskClient, statements: list[str], sort: str, page: int
) -> None:
    _walks_an_index(app, client, statements, f"/api/v1/flights?sort={sort}", page)


@pytest.mark.parametrize("sort", ["departure", "-departure"])
@pytest.mark.parametrize("page", [1, 2])
@pytest.mark.parametrize(
    "filters",
    [
        "origin=JFK&date=2013-05-05",
        "origin=JFK&from=2013-02-01",
        "date=2013-05-05",
        "from=2013-02-01&to=2013-03-31",
        "dest=LAX",
        "carrier=UA",
        "flight=15",
        "tailnum=N14228",
    ],
)
def test_each_filter_seeks_in_an_index_that_has_the_order(
    app: Flask, client: FlaskClient, statements: list[str], filters: str, sort: str, page: int
) -> None:
    plan = _walks_an_index(app, client, statements, f"/api/v1/flights?{filters}&sort={sort}", page)
    assert plan.startswith("SEARCH")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("filters", ["", "from=2013-01-01&to=2013-12-31&origin=JFK"])
def test_a_deep_page_seeks_to_its_cursor(client: FlaskClient, statements: list[str], sort: str, filters: str) -> None:
    """SQLite takes the first of two bounds on one column: it must be the cursor's."""
    first = client.get(f"/api/v1/flights?sort={sort}&limit=1&{filters}".rstrip("&")).get_json()
    client.get(f"/api/v1/flights?sort={sort}&limit=1&{filters}&after={first['next']}".replace("&&", "&"))
    conditions = statements[-1].partition("WHERE ")[2]
    assert re.match(r"\(.+?, flights\.id\) [<>] \(\?, \?\) AND ", conditions)


@pytest.mark.parametrize(
    "path",
    [
        "/airports",
        "/airports?served=true",
        "/airlines",
        "/planes",
        "/planes?manufacturer=BOEING",
        "/weather",
        "/weather?origin=JFK&date=2013-05-05",
        "/weather?from=2013-05-05",
    ],
)
@pytest.mark.parametrize("page", [1, 2])
def test_the_other_lists_walk_an_index_too(
    app: Flask, client: FlaskClient, statements: list[str], path: str, page: int
) -> None:
    _walks_an_index(app, client, statements, f"/api/v1{path}", page)


@pytest.mark.parametrize("path", sorted(EXAMPLES.values()))
def test_a_single_is_found_by_its_key(app: Flask, client: FlaskClient, statements: list[str], path: str) -> None:
    client.get(f"/api/v1{path}")
    assert all(step.startswith("SEARCH") for step in _plan(app, statements[-1]))


def _walks_an_index(app: Flask, client: FlaskClient, statements: list[str], path: str, page: int) -> str:
    """Assert that the first or second page is read in the order of one index, and return how."""
    separator = "&" if "?" in path else "?"
    path = f"{path}{separator}limit=5"
    for _ in range(page - 1):
        path = f"{path}&after={client.get(path).get_json()['next']}"
    assert client.get(path).status_code == 200
    sql = statements[-1]
    assert "OFFSET" not in sql.replace("LIMIT ? OFFSET ?", "")  # SQLAlchemy writes a constant 0 for SQLite
    (step,) = _plan(app, sql)
    assert re.match(r"(SEARCH|SCAN) \w+ USING (COVERING )?INDEX ", step), step
    if page == 2:
        assert step.startswith("SEARCH"), step
    return step


def _plan(app: Flask, sql: str) -> list[str]:
    with app.app_context(), db.engine.connect() as connection:
        marks = dict.fromkeys(f"p{number}" for number in range(sql.count("?")))
        named = iter(marks)
        explained = text("EXPLAIN QUERY PLAN " + re.sub(r"\?", lambda _: f":{next(named)}", sql))
        rows: list[Any] = list(connection.execute(explained, marks))
    return [row[3] for row in rows]
