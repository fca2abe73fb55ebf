"""Summaries for each year, month and day; indexes that hold the columns of all filters; weather by the instant.

The summaries are added up by the loader: after this migration the data set counts as not loaded, and
`flask data load` loads it anew.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-29
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILTERED = ("origin", "carrier", "dest", "status", "weekday", "hour")
ORDERS: dict[str, tuple[sa.TextClause | str, ...]] = {
    "sched_dep": ("sched_dep", "id", "arr_delay"),
    "latest_first": (sa.text("coalesce(arr_delay, -32768)"), "id", "sched_dep", "arr_delay"),
    "earliest_first": (sa.text("coalesce(arr_delay, 32767)"), "id", "sched_dep", "arr_delay"),
    "distance": ("distance", "id", "sched_dep", "arr_delay"),
}
WEATHER_ORDERS: tuple[tuple[str, ...], ...] = (("origin", "local_hour"), ("local_hour",))
CLASSES = tuple(f"class_{number}" for number in range(11))
LATE = CLASSES[4:]
COUNTS = ("count", "cancelled", "diverted", "on_time", "delayed", *CLASSES)
SUMS = (
    *("arr_delay", "dep_delay"),
    *(f"{kind}_arr_delay" for kind in ("on_time", *LATE)),
    *(f"{kind}_dep_delay" for kind in ("diverted", "on_time", *LATE)),
)
SUMMARIES = {
    "delays_by_carrier": ("weekday", "carrier", "origin"),
    "delays_by_route": ("weekday", "dest", "carrier", "origin"),
    "delays_by_time": ("weekday", "hour", "carrier", "origin"),
    "delays_by_route_and_hour": ("hour", "dest", "carrier", "origin"),
    "delays_by_route_and_time": ("weekday", "hour", "dest", "carrier", "origin"),
}


def upgrade() -> None:
    op.execute("DELETE FROM datasets")
    for table in ("delays_by_time", "delays_by_route"):
        op.drop_table(table)
    for table, dimensions in SUMMARIES.items():
        create_summary(table, dimensions)
    for name in ("origin", "status", *ORDERS):
        op.drop_index(f"ix_flights_{name}", "flights")
    for name, columns in ORDERS.items():
        measured = ("dep_delay",) if name == "sched_dep" else ()
        op.create_index(f"ix_flights_{name}", "flights", [*columns, *FILTERED, *measured])
    for columns in WEATHER_ORDERS:
        op.drop_index(f"ix_weather_{'_'.join(columns)}_id", "weather")
        op.create_index(f"ix_weather_{'_'.join(columns)}_time_hour_id", "weather", [*columns, "time_hour", "id"])


def create_summary(table: str, dimensions: tuple[str, ...]) -> None:
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "weekday": sa.SmallInteger(),
        "hour": sa.SmallInteger(),
        "carrier": text(2),
    }
    op.create_table(
        table,
        sa.Column("unit", text(5), nullable=False),
        sa.Column("period", text(10), nullable=False),
        *(sa.Column(name, kinds.get(name, text(3)), nullable=False, autoincrement=False) for name in dimensions),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in COUNTS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("unit", "period", *dimensions, name=f"pk_{table}"),
        sqlite_with_rowid=False,
    )


def text(length: int) -> sa.String:
    """Sorted by bytes, as in 0001."""
    return sa.String(length).with_variant(sa.String(length, "C"), "postgresql")


def downgrade() -> None:
    op.execute("DELETE FROM datasets")
    for table in SUMMARIES:
        op.drop_table(table)
    created_before("delays_by_route", ("month", "carrier", "origin", "dest"))
    created_before("delays_by_time", ("month", "weekday", "hour", "carrier", "origin"))
    for table, columns in (
        ("delays_by_route", ("origin", "month", "carrier")),
        ("delays_by_route", ("dest", "month")),
        ("delays_by_route", ("carrier", "month")),
        ("delays_by_time", ("carrier", "origin")),
        ("delays_by_time", ("origin", "month")),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    for name, order in ORDERS.items():
        op.drop_index(f"ix_flights_{name}", "flights")
        op.create_index(f"ix_flights_{name}", "flights", [order[0], "id"])
    for column in ("origin", "status"):
        op.create_index(f"ix_flights_{column}", "flights", [column, "sched_dep", "id"])
    for of_weather in WEATHER_ORDERS:
        op.drop_index(f"ix_weather_{'_'.join(of_weather)}_time_hour_id", "weather")
        op.create_index(f"ix_weather_{'_'.join(of_weather)}_id", "weather", [*of_weather, "id"])


def created_before(table: str, dimensions: tuple[str, ...]) -> None:
    """Create a summary as 0001 does."""
    measures = ("count", "cancelled", "diverted", "on_time", "delayed", "arr_delay_sum", "dep_delay_sum", *CLASSES)
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "month": text(7),
        "weekday": sa.SmallInteger(),
        "hour": sa.SmallInteger(),
        "carrier": text(2),
    }
    op.create_table(
        table,
        *(sa.Column(name, kinds.get(name, text(3)), nullable=False, autoincrement=False) for name in dimensions),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in measures),
        sa.PrimaryKeyConstraint(*dimensions, name=f"pk_{table}"),
    )
