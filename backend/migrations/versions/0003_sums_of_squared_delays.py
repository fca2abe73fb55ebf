"""Sums of squared arrival delays in every summary, for the variance.

The summaries are added up by the loader: after this migration the data set counts as not loaded, and
`flask data load` loads it anew.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-30
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CLASSES = tuple(f"class_{number}" for number in range(11))
ARRIVED = ("on_time", *CLASSES[4:])
COUNTS = ("count", "cancelled", "diverted", "on_time", "delayed", *CLASSES)
SUMS = (
    *("arr_delay", "dep_delay"),
    *(f"{kind}_arr_delay" for kind in ARRIVED),
    *(f"{kind}_dep_delay" for kind in ("diverted", *ARRIVED)),
)
SQUARES = ("arr_delay_squares", *(f"{kind}_arr_delay_squares" for kind in ARRIVED))
SUMMARIES = {
    "delays_by_carrier": ("weekday", "carrier", "origin"),
    "delays_by_route": ("weekday", "dest", "carrier", "origin"),
    "delays_by_time": ("weekday", "hour", "carrier", "origin"),
    "delays_by_route_and_hour": ("hour", "dest", "carrier", "origin"),
    "delays_by_route_and_time": ("weekday", "hour", "dest", "carrier", "origin"),
}


def upgrade() -> None:
    make_anew((*SUMS, *SQUARES))


def downgrade() -> None:
    make_anew(SUMS)


def make_anew(sums: tuple[str, ...]) -> None:
    """Make the summaries with these sums, and empty: a column that has no value yet could not be NOT NULL."""
    op.execute("DELETE FROM datasets")
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "weekday": sa.SmallInteger(),
        "hour": sa.SmallInteger(),
        "carrier": text(2),
    }
    for table, dimensions in SUMMARIES.items():
        op.drop_table(table)
        op.create_table(
            table,
            sa.Column("unit", text(5), nullable=False),
            sa.Column("period", text(10), nullable=False),
            *(sa.Column(name, kinds.get(name, text(3)), nullable=False, autoincrement=False) for name in dimensions),
            *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in COUNTS),
            *(sa.Column(name, sa.Integer(), nullable=False) for name in sums),
            sa.PrimaryKeyConstraint("unit", "period", *dimensions, name=f"pk_{table}"),
            sqlite_with_rowid=False,
        )


def text(length: int) -> sa.String:
    """Sorted by bytes, as in 0001."""
    return sa.String(length).with_variant(sa.String(length, "C"), "postgresql")
