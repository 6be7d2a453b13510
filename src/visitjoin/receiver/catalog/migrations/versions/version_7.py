"""A counter may take only hits that bring a token."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "7"
down_revision: Final = "6"


def upgrade() -> None:
    """No counter asks for one."""
    column = sa.Column(
        "measurement_tokens", sa.JSON, nullable=False, server_default=sa.text("'[]'")
    )
    op.add_column("counters", column)
