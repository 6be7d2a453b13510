"""Sessions of browsers."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "6"
down_revision: Final = "5"


def upgrade() -> None:
    """A new table; nobody has signed in yet."""
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("token_name", sa.String(255), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
