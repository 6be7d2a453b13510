"""Leases, and what late visits need to know of an uploading."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "3"
down_revision: Final = "2"

_OPEN: Final = ("visitor_not_found", "no_visit_in_window", "before_first_visit")


def upgrade() -> None:
    """A table of leases; uploadings note the visits they have seen and the rows that are open."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("holder", sa.String(255), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.add_column("uploadings", sa.Column("visits_seen", sa.BigInteger))
    op.add_column("uploadings", sa.Column("open_rows", sa.BigInteger))
    op.create_index("uploadings_by_processing", "uploadings", ["processed_at"])
    _count_open_rows()


def _count_open_rows() -> None:
    uploadings = sa.table(
        "uploadings", sa.column("id"), sa.column("counts", sa.JSON), sa.column("open_rows")
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(uploadings)).all():
        if row.counts:
            open_rows = sum(row.counts.get(outcome, 0) for outcome in _OPEN)
            changed = sa.update(uploadings).where(uploadings.c.id == row.id)
            connection.execute(changed.values(open_rows=open_rows))
