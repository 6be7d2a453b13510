"""Who has signed in with a browser, and with which token?

A session is named by chance, and only the hash of its name is kept: so the token itself never lies
in a browser, and whoever reads the catalog can no more use a session than a token. It ends with the
token that it was opened with: revoked, expired or replaced, that is not found any more.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from visitjoin.receiver.catalog.moments import seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import SESSIONS, TOKENS
from visitjoin.receiver.catalog.tokens import Token, TokenState, hash_of, token_of

LONGEST: Final = timedelta(hours=12)
"""A working day: who comes back tomorrow shows the token again."""

_NAME_BYTES: Final = 32


def open_session(catalog: Catalog, shown: str, token: Token, *, now: datetime) -> str:
    """Begin a session of who showed a token. now: aware.

    shown: the token itself, which is not kept. Returns the session's name, for the browser alone.
    """
    name = secrets.token_urlsafe(_NAME_BYTES)
    row = {
        "sha256": hash_of(name),
        "token_name": token.name,
        "token_sha256": hash_of(shown),
        "expires_at": seconds(now + LONGEST),
    }
    with catalog.begin() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= seconds(now)))
        connection.execute(insert(SESSIONS).values(row))
    return name


def token_of_session(catalog: Catalog, name: str, *, now: datetime) -> Token | None:
    """The token of a session; None where the session, or its token, is over. now: aware."""
    asked = (
        select(TOKENS)
        .join(
            SESSIONS,
            (SESSIONS.c.token_name == TOKENS.c.name) & (SESSIONS.c.token_sha256 == TOKENS.c.sha256),
        )
        .where(SESSIONS.c.sha256 == hash_of(name), SESSIONS.c.expires_at > seconds(now))
    )
    with catalog.connect() as connection:
        row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    token = token_of(row)
    return token if token.state(now) is TokenState.ACTIVE else None


def close_session(catalog: Catalog, name: str) -> None:
    """End a session; nothing happens where it is over."""
    with catalog.begin() as connection:
        connection.execute(delete(SESSIONS).where(SESSIONS.c.sha256 == hash_of(name)))
