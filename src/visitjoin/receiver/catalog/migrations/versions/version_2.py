"""Keys under which a repeated request is known again, corrections, and calls."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "2"
down_revision: Final = "1"

_ID: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Uploadings get a key and the number of static calls; two tables are new."""
    op.add_column("uploadings", sa.Column("idempotency_key", sa.String(255)))
    op.add_column("uploadings", sa.Column("static_calls", sa.BigInteger))
    op.create_index(
        "uploadings_by_key", "uploadings", ["counter_id", "idempotency_key"], unique=True
    )
    op.create_table(
        "corrections",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("counter_id", _ID, sa.ForeignKey("counters.id"), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("row_no", sa.BigInteger, nullable=False),
        sa.Column("client_id", sa.Text),
        sa.Column("user_id", sa.Text),
        sa.Column("yclid", sa.Text),
        sa.Column("purchase_id", sa.Text),
        sa.Column("target", sa.Text),
        sa.Column("happened_at", sa.BigInteger),
        sa.Column("retract", sa.Boolean, nullable=False),
        sa.Column("price", sa.String(32)),
        sa.Column("currency", sa.String(3)),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("newest_uploading", sa.BigInteger, nullable=False),
        sa.Column("found", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("corrections_of_a_counter", "corrections", ["counter_id", "id"])
    op.create_index(
        "corrections_by_key",
        "corrections",
        ["counter_id", "idempotency_key", "row_no"],
        unique=True,
    )
    op.create_table(
        "calls_tracking",
        sa.Column(
            "counter_id", _ID, sa.ForeignKey("counters.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("enabled_at", sa.BigInteger, nullable=False),
    )
