"""Tokens with scopes, counters and an end; who wrote what; the requests of a day."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "4"
down_revision: Final = "3"

_ID: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_EVERY_SCOPE: Final = ["metrika:read", "metrika:write", "metrika:offline_data"]


def upgrade() -> None:
    """Tokens are made anew, with what they were; two tables are new.

    Until here there was one token, the administrator's.
    """
    old = sa.table("tokens", sa.column("name"), sa.column("sha256"))
    known = op.get_bind().execute(sa.select(old.c.name, old.c.sha256)).all()
    op.drop_table("tokens")
    tokens = op.create_table(
        "tokens",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("selector", sa.String(32), nullable=False, unique=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("counters", sa.JSON(none_as_null=True)),
        sa.Column("created_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )
    for name, sha256 in known:
        op.execute(
            sa.insert(tokens).values(name=name, selector=name, sha256=sha256, scopes=_EVERY_SCOPE)
        )
    op.create_table(
        "audit",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(255), nullable=False),
        sa.Column("action", sa.String(255), nullable=False),
        sa.Column("counter_id", sa.BigInteger),
        sa.Column("object", sa.String(255)),
        sa.Column("result", sa.String(32), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_by_time", "audit", ["made_at"])
    op.create_table(
        "requests",
        sa.Column("asked", sa.String(255), primary_key=True),
        sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("made", sa.BigInteger, nullable=False),
    )
