"""Who may come in, and what may they do? Only hashes of tokens are kept.

What reads the catalog cannot use them: a token has 256 bits of chance in it, so a plain hash cannot
be searched backwards; the slow hashes are for passwords that people think of.

A token begins with a selector that is no secret and finds it, so that a check takes as long with a
thousand tokens as with one. The administrator's may be given from outside and have any form; its
selector is its name.
"""

import hmac
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, Row, bindparam, delete, insert, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from visitjoin.contract.errors import SettingError
from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.moments import maybe_moment, seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import TOKENS

ADMIN: Final = "admin"
SHORTEST: Final = 16
"""Characters of a token that is given from outside: shorter ones could be guessed."""

_PREFIX: Final = "visitjoin_"
"""Tells people, and programs that look for secrets in code, what they found."""

_SELECTOR_BYTES: Final = 8
_SECRET_BYTES: Final = 32


class TokenState(StrEnum):
    """Whether a token opens the door."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a token is allowed; never the token itself. Times are in UTC."""

    name: str
    scopes: frozenset[Scope]
    counters: frozenset[int] | None
    """Ids; None for all, those to come as well."""
    created_at: datetime | None
    """None where an older version of the program made it."""
    expires_at: datetime | None
    """None: never."""
    revoked_at: datetime | None

    def state(self, now: datetime) -> TokenState:
        """Whether it opens the door. now: aware."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return TokenState.EXPIRED
        return TokenState.ACTIVE

    def reaches(self, counter_id: int) -> bool:
        """Whether it may do anything with a counter."""
        return self.counters is None or counter_id in self.counters


@dataclass(frozen=True)
class Candidate:
    """A token that may be the one that somebody shows."""

    token: Token
    sha256: str
    """Of the token as it is shown, in hexadecimal digits."""


def keep_admin_token(catalog: Catalog, given: str | None, *, now: datetime) -> str | None:
    """See to it that there is an administrator's token.

    given: the token that shall be valid from now on, in place of an earlier one; None: the
    earlier one stays, and where there is none or it was revoked, one is made.

    Returns the token that was made, to be shown once, or None. Raises SettingError where the
    given one is too short.
    """
    if given is not None:
        _keep_given(catalog, given, now)
        return None
    valid = select(TOKENS.c.name).where(TOKENS.c.name == ADMIN, TOKENS.c.revoked_at.is_(None))
    with catalog.connect() as connection:
        if connection.scalar(valid) is not None:
            return None
    made = secrets.token_urlsafe(_SECRET_BYTES)
    try:
        _put_admin(catalog, made, now, in_place_of=TOKENS.c.revoked_at.is_not(None))
    except IntegrityError:
        return None  # another process that started at the same moment shows the one it made
    return made


def create_token(
    catalog: Catalog,
    name: str,
    *,
    scopes: Collection[Scope],
    counters: Collection[int] | None,
    now: datetime,
    expires_at: datetime | None,
) -> str | None:
    """Make a token. counters: ids; None for all. Times are aware; expires_at None: never.

    Returns the token, which is not kept, to be shown once; None where the name was given before,
    be it to a token that was revoked since: the log of writes knows tokens by name.
    """
    selector = secrets.token_hex(_SELECTOR_BYTES)
    made = f"{_PREFIX}{selector}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    row = {
        "name": name,
        "selector": selector,
        "sha256": hash_of(made),
        "scopes": sorted(scopes),
        "counters": None if counters is None else sorted(counters),
        "created_at": seconds(now),
        "expires_at": None if expires_at is None else seconds(expires_at),
    }
    try:
        with catalog.begin() as connection:
            connection.execute(insert(TOKENS).values(row))
    except IntegrityError:
        return None
    return made


def revoke_token(catalog: Catalog, name: str, *, now: datetime) -> bool:
    """Let a token in no more, from this moment on. Returns whether it was valid until now."""
    revoked = (
        update(TOKENS)
        .where(TOKENS.c.name == name, TOKENS.c.revoked_at.is_(None))
        .values(revoked_at=seconds(now))
    )
    with catalog.begin() as connection:
        return connection.execute(revoked).rowcount > 0


def tokens(catalog: Catalog) -> tuple[Token, ...]:
    """All tokens by name, those that are not valid any more as well."""
    with catalog.connect() as connection:
        rows = connection.execute(select(TOKENS).order_by(TOKENS.c.name)).all()
    return tuple(token_of(row) for row in rows)


def find_token(catalog: Catalog, shown: str) -> Token | None:
    """The token that somebody shows, valid or not; None where it is none of ours."""
    return the_shown(candidates(catalog, selector_of(shown)), shown)


def selector_of(shown: str) -> str:
    """What of a token that somebody shows is no secret; cut to the length that it has in ours."""
    return shown.removeprefix(_PREFIX).partition("_")[0][: 2 * _SELECTOR_BYTES]


def candidates(catalog: Catalog, selector: str) -> tuple[Candidate, ...]:
    """The tokens that one with this selector may be: the one that has it, the administrator's."""
    with catalog.connect() as connection:
        rows = connection.execute(_CANDIDATES, {"selector": selector}).all()
    return tuple(Candidate(token_of(row), row.sha256) for row in rows)


def the_shown(known: Iterable[Candidate], shown: str) -> Token | None:
    """Which of the candidates somebody shows, valid or not; None where it is none of ours.

    How long it takes tells at most whether there is such a selector, never how much of a secret
    was right.
    """
    hashed = hash_of(shown)
    # A list, because all are compared.
    fitting = [one.token for one in known if hmac.compare_digest(hashed, one.sha256)]
    return fitting[0] if fitting else None


# Built once, for it is asked with every call.
_CANDIDATES: Final = select(TOKENS).where(
    or_(TOKENS.c.selector == bindparam("selector"), TOKENS.c.selector == ADMIN)
)


def _keep_given(catalog: Catalog, given: str, now: datetime) -> None:
    if len(given) < SHORTEST:
        raise SettingError(f"The admin token is too short. Give at least {SHORTEST} characters.")
    known = find_token(catalog, given)
    if known is None or known.name != ADMIN or known.state(now) is not TokenState.ACTIVE:
        _put_admin(catalog, given, now, in_place_of=true())


def _put_admin(
    catalog: Catalog, token: str, now: datetime, *, in_place_of: ColumnElement[bool]
) -> None:
    """Keep a token as the administrator's. in_place_of: in which case an earlier one goes."""
    row = {
        "name": ADMIN,
        "selector": ADMIN,
        "sha256": hash_of(token),
        "scopes": sorted(Scope),
        "created_at": seconds(now),
    }
    with catalog.begin() as connection:
        connection.execute(delete(TOKENS).where(TOKENS.c.name == ADMIN, in_place_of))
        connection.execute(insert(TOKENS).values(row))


def token_of(row: Row[tuple[object, ...]]) -> Token:
    """What a row of the table of tokens says."""
    return Token(
        name=row.name,
        scopes=frozenset(map(Scope, row.scopes)),
        counters=None if row.counters is None else frozenset(row.counters),
        created_at=maybe_moment(row.created_at),
        expires_at=maybe_moment(row.expires_at),
        revoked_at=maybe_moment(row.revoked_at),
    )


def hash_of(secret: str) -> str:
    """What is kept of a token, or of another name made by chance."""
    return sha256(secret.encode()).hexdigest()
