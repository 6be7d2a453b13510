"""Who may come in? Only hashes of tokens are kept: what reads the catalog cannot use them.

A token has 256 bits of chance in it, so a plain hash cannot be searched backwards; the slow hashes
are for passwords that people think of.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import TOKENS

ADMIN: Final = "admin"
SHORTEST: Final = 16
"""Characters of a token that is given from outside: shorter ones could be guessed."""


def keep_admin_token(catalog: Catalog, given: str | None) -> str | None:
    """See to it that there is an administrator's token.

    given: the token that shall be valid from now on, in place of an earlier one; None: the
    earlier one stays, and where there is none, one is made.

    Returns the token that was made, to be shown once, or None. Raises SettingError where the
    given one is too short.
    """
    if given is not None:
        if len(given) < SHORTEST:
            raise SettingError(
                f"The admin token is too short. Give at least {SHORTEST} characters."
            )
        _keep(catalog, given)
        return None
    with catalog.connect() as connection:
        known = connection.scalar(select(TOKENS.c.name).where(TOKENS.c.name == ADMIN))
    if known is not None:
        return None
    made = secrets.token_urlsafe(32)
    try:
        with catalog.begin() as connection:
            connection.execute(insert(TOKENS).values(name=ADMIN, sha256=_hash(made)))
    except IntegrityError:
        return None  # another process that started at the same moment shows the one it made
    return made


def name_of(catalog: Catalog, token: str) -> str | None:
    """The name of a token; None where it is not one of ours.

    Takes the same time wherever the first difference is.
    """
    shown = _hash(token)
    with catalog.connect() as connection:
        known = connection.execute(select(TOKENS.c.name, TOKENS.c.sha256)).all()
    # A list, because all are compared.
    fitting = [name for name, hash_ in known if hmac.compare_digest(shown, hash_)]
    return fitting[0] if fitting else None


def _keep(catalog: Catalog, token: str) -> None:
    with catalog.begin() as connection:
        connection.execute(delete(TOKENS).where(TOKENS.c.name == ADMIN))
        connection.execute(insert(TOKENS).values(name=ADMIN, sha256=_hash(token)))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
