"""What is set about the hits of a counter."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "5"
down_revision: Final = "4"


def upgrade() -> None:
    """Counters get three settings, each as it stands where nobody says otherwise."""
    for name, type_, default in (
        ("visit_threshold", sa.Integer, sa.text("1800")),
        ("honours_do_not_track", sa.Boolean, sa.true()),
        ("hits_days", sa.Integer, sa.text("365")),
    ):
        column = sa.Column(name, type_, nullable=False, server_default=default)
        op.add_column("counters", column)
