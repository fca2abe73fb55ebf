"""On PostgreSQL too an index answers each question, in one round trip and no transaction."""

import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import postgres
import pytest
from databases import settings_for
from flask import Flask
from flask.testing import FlaskClient
from flask_roundtrip.database import Database, Row
from sqlalchemy import text
from support import end, forget

from roundtrip import create_app
from roundtrip.data.version import DataVersion
from roundtrip.database import reader
from roundtrip.extensions import db

Node = dict[str, Any]  # of a plan, as EXPLAIN (FORMAT JSON) gives it


@pytest.fixture(scope="session")
def database_url(cluster: postgres.Cluster) -> str:
    return cluster.url()


@pytest.fixture
def explained(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[list[Node]]:
    """How PostgreSQL answers each question asked from now on, with the very values that are asked."""
    forget(app)
    plans: list[list[Node]] = []

    def explain_and_fetch(database: Database, sql: str, arguments: object, client: str = "") -> Sequence[Row]:
        ((plan,),) = fetch(database, f"EXPLAIN (FORMAT JSON) {sql}", arguments)
        plans.append(list(_nodes(plan[0]["Plan"])))
        return fetch(database, sql, arguments, client)

    fetch = Database.fetch
    monkeypatch.setattr(Database, "fetch", explain_and_fetch)
    return plans


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def pages(client: FlaskClient, path: str) -> None:
    """Ask the first page and the second."""
    separator = "&" if "?" in path else "?"
    first = client.get(f"/api/v1{path}{separator}limit=5").get_json()
    assert client.get(f"/api/v1{path}{separator}limit=5&after={first['next']}").status_code == 200


def walks(plan: list[Node], index: str) -> bool:
    """Tell whether the plan is a walk along this index alone, until there are enough rows."""
    assert [node["Node Type"] for node in plan] in (["Limit", "Index Scan"], ["Limit", "Index Only Scan"]), plan
    return bool(plan[1]["Index Name"] == index)


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        ("departure", "sched_dep"),
        ("-departure", "sched_dep"),
        ("delay", "earliest_first"),
        ("-delay", "latest_first"),
        ("distance", "distance"),
        ("-distance", "distance"),
    ],
)
def test_each_order_walks_its_index_and_a_page_begins_at_its_cursor(
    client: FlaskClient, explained: list[list[Node]], sort: str, index: str
) -> None:
    pages(client, f"/flights?sort={sort}")
    first, second = explained
    assert walks(first, f"ix_flights_{index}")
    assert walks(second, f"ix_flights_{index}")
    assert "ROW(" in second[1]["Index Cond"]


@pytest.mark.parametrize("sort", ["departure", "-departure"])
@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ("origin=JFK&date=2013-05-05", "sched_dep"),
        ("origin=JFK&from=2013-02-01", "sched_dep"),
        ("date=2013-05-05", "sched_dep"),
        ("from=2013-02-01&to=2013-03-31", "sched_dep"),
        ("dest=LAX", "dest"),
        ("carrier=UA", "carrier"),
        ("flight=15", "flight"),
        ("tailnum=N14228", "tailnum"),
    ],
)
def test_each_filter_seeks_in_the_index_that_has_the_order(
    client: FlaskClient, explained: list[list[Node]], filters: str, index: str, sort: str
) -> None:
    pages(client, f"/flights?{filters}&sort={sort}")
    for plan in explained:
        assert walks(plan, f"ix_flights_{index}")
        assert "Index Cond" in plan[1]


@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("/airports", "pk_airports"),
        ("/airports?served=true", "ix_airports_served_faa"),
        ("/planes", "pk_planes"),
        ("/weather", "ix_weather_local_hour_time_hour_id"),
        ("/weather?origin=JFK&date=2013-05-05", "ix_weather_origin_local_hour_time_hour_id"),
        ("/weather?from=2013-05-05", "ix_weather_local_hour_time_hour_id"),
    ],
)
def test_the_other_lists_walk_an_index_too(
    client: FlaskClient, explained: list[list[Node]], path: str, index: str
) -> None:
    pages(client, path)
    assert all(walks(plan, index) for plan in explained)


def test_planes_of_a_rare_kind_are_looked_up(client: FlaskClient, explained: list[list[Node]]) -> None:
    client.get("/api/v1/planes?manufacturer=CESSNA")
    (plan,) = explained
    assert "ix_planes_manufacturer_tailnum" in {node.get("Index Name") for node in plan}


def test_all_sixteen_airlines_are_rather_read_at_once(client: FlaskClient, explained: list[list[Node]]) -> None:
    """They are one page of the table: no index could save anything."""
    client.get("/api/v1/airlines")
    assert explained[0][-1]["Node Type"] == "Seq Scan"


@pytest.mark.parametrize(
    ("path", "index"),
    [
        ("/flights/17", "pk_flights"),
        ("/airports/JFK", "pk_airports"),
        ("/planes/N14228", "pk_planes"),
        ("/flights/17?fields=plane,weather,dest_airport,origin_airport", "pk_flights"),
    ],
)
def test_a_single_is_found_by_its_key_and_so_is_what_it_refers_to(
    client: FlaskClient, explained: list[list[Node]], path: str, index: str
) -> None:
    client.get(f"/api/v1{path}")
    (plan,) = explained
    used = {node["Index Name"] for node in plan if "Index Name" in node}
    assert index in used
    assert not [node for node in plan if node["Node Type"] == "Seq Scan" and node["Relation Name"] != "airlines"]


def test_a_page_with_joins_looks_up_each_rows_own(client: FlaskClient, explained: list[list[Node]]) -> None:
    client.get("/api/v1/flights?fields=id,plane.model,weather.temp,dest_airport.name")
    used = {node["Index Name"] for node in explained[0] if "Index Name" in node}
    assert used == {"ix_flights_sched_dep", "pk_planes", "pk_weather", "pk_airports"}
    assert not [node for node in explained[0] if node["Node Type"] in ("Seq Scan", "Sort", "Hash")]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("by=carrier&tailnum=N14228", "ix_flights_tailnum"),
        ("by=carrier&flight=15", "ix_flights_flight"),
        ("by=dest&origin=JFK&date=2013-05-05", "ix_flights_sched_dep"),
    ],
)
def test_a_report_over_flights_reads_those_alone_that_it_is_about(
    client: FlaskClient, explained: list[list[Node]], query: str, index: str
) -> None:
    client.get(f"/api/v1/delays?{query}")
    (plan,) = explained
    assert index in {node.get("Index Name") for node in plan}
    assert not [node for node in plan if node["Node Type"] == "Seq Scan"]


@pytest.mark.parametrize(
    ("query", "table"),
    [
        ("by=route", "delays_by_route"),
        ("by=carrier", "delays_by_carrier"),
        ("by=weekday,hour", "delays_by_time"),
        ("by=month&origin=JFK", "delays_by_carrier"),
    ],
)
def test_a_report_over_everything_reads_a_summary(
    client: FlaskClient, explained: list[list[Node]], query: str, table: str
) -> None:
    client.get(f"/api/v1/delays?{query}")
    (plan,) = explained
    assert {node["Relation Name"] for node in plan if "Relation Name" in node} == {table}


# One statement, one round trip


def test_a_read_is_one_statement_without_a_transaction(cluster: postgres.Cluster) -> None:
    log = cluster.folder / "log"
    app = create_app(settings_for(f"{cluster.url()}&options=-c%20log_statement%3Dall"))
    with app.app_context():
        assert app.test_client().get("/api/v1/airlines").status_code == 200  # the connection is made
        before = log.stat().st_size
        app.test_client().get("/api/v1/flights?limit=7")
        app.test_client().get("/api/v1/flights/17")
        DataVersion(Database(reader(db.engine)))()
        end(app)
    lines = log.read_text()[before:].splitlines()
    ran = [found[1] for line in lines if (found := re.search(r"LOG:  (?:statement|execute [^:]*): (\w+)", line))]
    assert ran == ["SELECT"] * 3, lines


def test_a_transaction_is_begun_and_ended_by_whoever_asks_for_one(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect() as connection:
            connection.execute(text("CREATE TEMPORARY TABLE note (line text)"))
            assert connection.scalar(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL"))
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT to_regclass('note')")) is None, "it was rolled back"
        with db.engine.begin() as connection:
            connection.execute(text("CREATE TEMPORARY TABLE note (line text)"))
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT to_regclass('note')")) == "note"
            connection.execute(text("DROP TABLE note"))
            connection.commit()


def test_many_at_once_share_the_pool(app: Flask) -> None:
    asked = threading.Barrier(32)

    def ask(number: int) -> int:
        asked.wait(60)
        return app.test_client().get(f"/api/v1/flights?limit={number + 1}&fields=id,plane.year").status_code

    forget(app)
    with ThreadPoolExecutor(32) as executor:
        assert set(executor.map(ask, range(32))) == {200}


def test_texts_sort_by_bytes_though_the_cluster_sorts_as_english_does(app: Flask) -> None:
    otherwise = """SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        AND attcollation NOT IN (0, 'pg_catalog."C"'::regcollation)"""
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text(otherwise)).all() == []
        assert connection.scalar(text("SELECT 'a' < 'B'")) is True, "as English has it"


def test_a_word_is_found_as_on_sqlite_where_case_is_folded_in_ascii_only(client: FlaskClient) -> None:
    found = client.get("/api/v1/airports?q=KENNEDY&fields=faa").get_json()["items"]
    assert found == [{"faa": "JFK"}]
    assert client.get("/api/v1/airports?q=%C4%B0&fields=faa").get_json()["items"] == []
