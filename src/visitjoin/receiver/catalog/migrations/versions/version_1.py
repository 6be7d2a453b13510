"""The tables of the first release."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "1"
down_revision: Final = None

_ID: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Counters with their goals and tracking, tokens, uploadings."""
    op.create_table(
        "counters",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("time_zone_name", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "goals",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("counter_id", _ID, sa.ForeignKey("counters.id"), nullable=False, index=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("conditions", sa.JSON, nullable=False),
        sa.Column("default_price", sa.Float, nullable=False),
        sa.Column("is_favorite", sa.Boolean, nullable=False),
        sa.Column("flag", sa.String(64), nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_table(
        "tracking",
        sa.Column(
            "counter_id", _ID, sa.ForeignKey("counters.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("enabled_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "uploadings",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("counter_id", _ID, sa.ForeignKey("counters.id"), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("source_quantity", sa.BigInteger, nullable=False),
        sa.Column("line_quantity", sa.BigInteger, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("client_id_type", sa.String(32)),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("tracked_since", sa.BigInteger, nullable=False),
        sa.Column("processed_at", sa.BigInteger),
        sa.Column("counts", sa.JSON),
        sqlite_autoincrement=True,
    )
    op.create_index("uploadings_of_a_counter", "uploadings", ["counter_id", "id"])
    op.create_index("uploadings_by_status", "uploadings", ["status"])
