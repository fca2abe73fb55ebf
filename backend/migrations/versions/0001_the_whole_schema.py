"""The whole schema: the data set, and the two summaries of its delays.

Revision ID: 0001
Revises:
Create Date: 2026-11-23
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATUS = """
    CASE WHEN dep IS NULL THEN 'cancelled' WHEN arr_delay IS NULL THEN 'diverted'
         WHEN arr_delay < 15 THEN 'on_time' ELSE 'delayed' END
"""


def text(length: int) -> sa.String:
    """Sorted by bytes: PostgreSQL would sort in the language of its cluster."""
    return sa.String(length).with_variant(sa.String(length, "C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "datasets",
        sa.Column("name", text(32), nullable=False),
        sa.Column("version", text(16), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_datasets"),
    )
    create_airlines_airports_and_planes()
    create_weather()
    create_flights()
    create_summaries()


def create_airlines_airports_and_planes() -> None:
    op.create_table(
        "airlines",
        sa.Column("carrier", text(2), nullable=False),
        sa.Column("name", text(64), nullable=False),
        sa.PrimaryKeyConstraint("carrier", name="pk_airlines"),
    )
    op.create_index("ix_airlines_name", "airlines", ["name"])

    op.create_table(
        "airports",
        sa.Column("faa", text(3), nullable=False),
        sa.Column("name", text(64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("alt", sa.Integer(), nullable=False),
        sa.Column("tz", sa.Float(), nullable=False),
        sa.Column("dst", text(1), nullable=False),
        sa.Column("tzone", text(32), nullable=True),
        sa.Column("served", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("faa", name="pk_airports"),
    )
    op.create_index("ix_airports_served_faa", "airports", ["served", "faa"])

    op.create_table(
        "planes",
        sa.Column("tailnum", text(6), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("type", text(32), nullable=False),
        sa.Column("manufacturer", text(32), nullable=False),
        sa.Column("model", text(32), nullable=False),
        sa.Column("engines", sa.SmallInteger(), nullable=False),
        sa.Column("seats", sa.SmallInteger(), nullable=False),
        sa.Column("speed", sa.SmallInteger(), nullable=True),
        sa.Column("engine", text(32), nullable=False),
        sa.PrimaryKeyConstraint("tailnum", name="pk_planes"),
    )
    op.create_index("ix_planes_manufacturer_tailnum", "planes", ["manufacturer", "tailnum"])
    op.create_index("ix_planes_model_tailnum", "planes", ["model", "tailnum"])


def create_weather() -> None:
    op.create_table(
        "weather",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", text(3), nullable=False),
        sa.Column("time_hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_hour", sa.DateTime(), nullable=False),
        sa.Column("temp", sa.Float(), nullable=True),
        sa.Column("dewp", sa.Float(), nullable=True),
        sa.Column("humid", sa.Float(), nullable=True),
        sa.Column("wind_dir", sa.Integer(), nullable=True),
        sa.Column("wind_speed", sa.Float(), nullable=True),
        sa.Column("wind_gust", sa.Float(), nullable=True),
        sa.Column("precip", sa.Float(), nullable=True),
        sa.Column("pressure", sa.Float(), nullable=True),
        sa.Column("visib", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["origin"], ["airports.faa"], name="fk_weather_origin"),
        sa.PrimaryKeyConstraint("id", name="pk_weather"),
    )
    op.create_index("ix_weather_origin_time_hour", "weather", ["origin", "time_hour"], unique=True)
    op.create_index("ix_weather_origin_local_hour_id", "weather", ["origin", "local_hour", "id"])
    op.create_index("ix_weather_local_hour_id", "weather", ["local_hour", "id"])


def create_flights() -> None:
    op.create_table(
        "flights",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("carrier", text(2), nullable=False),
        sa.Column("flight", sa.Integer(), nullable=False),
        sa.Column("tailnum", text(6), nullable=True),
        sa.Column("plane_tailnum", text(6), nullable=True),
        sa.Column("origin", text(3), nullable=False),
        sa.Column("dest", text(3), nullable=False),
        sa.Column("dest_faa", text(3), nullable=True),
        sa.Column("weather_id", sa.Integer(), nullable=True),
        sa.Column("sched_dep", sa.DateTime(), nullable=False),
        sa.Column("dep", sa.DateTime(), nullable=True),
        sa.Column("dep_delay", sa.SmallInteger(), nullable=True),
        sa.Column("sched_arr", sa.DateTime(), nullable=False),
        sa.Column("arr", sa.DateTime(), nullable=True),
        sa.Column("arr_delay", sa.SmallInteger(), nullable=True),
        sa.Column("air_time", sa.SmallInteger(), nullable=True),
        sa.Column("distance", sa.SmallInteger(), nullable=False),
        sa.Column("time_hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", text(9), sa.Computed(STATUS, persisted=True), nullable=False),
        sa.Column("month", text(7), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["carrier"], ["airlines.carrier"], name="fk_flights_carrier"),
        sa.ForeignKeyConstraint(["plane_tailnum"], ["planes.tailnum"], name="fk_flights_plane_tailnum"),
        sa.ForeignKeyConstraint(["origin"], ["airports.faa"], name="fk_flights_origin"),
        sa.ForeignKeyConstraint(["dest_faa"], ["airports.faa"], name="fk_flights_dest_faa"),
        sa.ForeignKeyConstraint(["weather_id"], ["weather.id"], name="fk_flights_weather_id"),
        sa.PrimaryKeyConstraint("id", name="pk_flights"),
    )
    op.create_index("ix_flights_sched_dep", "flights", ["sched_dep", "id"])
    for column in ("origin", "dest", "carrier", "flight", "tailnum", "status"):
        op.create_index(f"ix_flights_{column}", "flights", [column, "sched_dep", "id"])
    # Autogenerate does not see these two on SQLite: SQLAlchemy cannot read expression indexes back from it.
    op.create_index("ix_flights_latest_first", "flights", [sa.text("coalesce(arr_delay, -32768)"), "id"])
    op.create_index("ix_flights_earliest_first", "flights", [sa.text("coalesce(arr_delay, 32767)"), "id"])
    op.create_index("ix_flights_distance", "flights", ["distance", "id"])


def create_summaries() -> None:
    op.create_table(
        "delays_by_route",
        sa.Column("month", text(7), nullable=False),
        sa.Column("carrier", text(2), nullable=False),
        sa.Column("origin", text(3), nullable=False),
        sa.Column("dest", text(3), nullable=False),
        *measures(),
        sa.PrimaryKeyConstraint("month", "carrier", "origin", "dest", name="pk_delays_by_route"),
    )
    op.create_index("ix_delays_by_route_origin_month_carrier", "delays_by_route", ["origin", "month", "carrier"])
    op.create_index("ix_delays_by_route_dest_month", "delays_by_route", ["dest", "month"])
    op.create_index("ix_delays_by_route_carrier_month", "delays_by_route", ["carrier", "month"])

    op.create_table(
        "delays_by_time",
        sa.Column("month", text(7), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("carrier", text(2), nullable=False),
        sa.Column("origin", text(3), nullable=False),
        *measures(),
        sa.PrimaryKeyConstraint("month", "weekday", "hour", "carrier", "origin", name="pk_delays_by_time"),
    )
    op.create_index("ix_delays_by_time_carrier_origin", "delays_by_time", ["carrier", "origin"])
    op.create_index("ix_delays_by_time_origin_month", "delays_by_time", ["origin", "month"])


def measures() -> list[sa.Column[int]]:
    """Return the columns that both summaries have."""
    counts = ("count", "cancelled", "diverted", "on_time", "delayed")
    sums = ("arr_delay_sum", "dep_delay_sum")
    classes = (f"class_{number}" for number in range(11))
    return [sa.Column(name, sa.Integer(), nullable=False) for name in (*counts, *sums, *classes)]


def downgrade() -> None:
    # A table is dropped before the tables it refers to; its indexes are dropped with it.
    for table in ("delays_by_time", "delays_by_route", "flights", "weather"):
        op.drop_table(table)
    for table in ("planes", "airports", "airlines", "datasets"):
        op.drop_table(table)
