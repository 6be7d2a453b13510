"""What can who runs a receiver do about tokens? On its machine, over its catalog.

Not over HTTP: so no token can make others, and whoever steals the administrator's loses everything
with it once it is replaced. Whoever may read and write the catalog could write a token into it
anyway. A receiver that is running asks the catalog at each request, and need not be told.
"""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from visitjoin.contract.errors import SettingError
from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.audit import Written, note
from visitjoin.receiver.catalog.counters import counters
from visitjoin.receiver.catalog.opening import Catalog, open_catalog
from visitjoin.receiver.catalog.tokens import ADMIN, create_token, revoke_token
from visitjoin.receiver.catalog.tokens import tokens as all_tokens

CONSOLE: Final = "console"
"""In the log of writes, in place of a token's name: a command on the receiver's machine."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@contextmanager
def existing_catalog(url: str) -> Iterator[Catalog]:
    """The catalog of a receiver, for a command. url: as `Settings.catalog` has it.

    Raises SettingError where there is none: a new one in a place that was mistyped helps nobody.
    """
    if url.startswith("sqlite:"):
        file = make_url(url).database
        if file is None or not Path(file).exists():
            raise SettingError(
                f"There is no catalog {file}. Is it another --data? A receiver makes its catalog "
                "at its first start: visitjoin serve"
            )
    catalog = open_catalog(url)
    try:
        yield catalog
    finally:
        catalog.dispose()


def issue_token(
    catalog: Catalog,
    name: str,
    *,
    scopes: Collection[Scope],
    bound_to: Collection[int] | None,
    days: int | None,
    now: datetime,
) -> str:
    """Make a token, valid at once.

    name: of the integration that gets it; bound_to: ids of counters, None for all; days: after how
    many it expires, None for never; now: aware.

    Returns the token, to be shown once: it is not kept. Raises SettingError where the name is not
    taken, or there is no such counter.
    """
    _check_name(name)
    if days is not None and days < 1:
        raise SettingError(f"--expires-in {days}: a token is valid for a day or more.")
    _check_counters(catalog, bound_to or (), now)
    made = create_token(
        catalog,
        name,
        scopes=scopes,
        counters=bound_to,
        now=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    if made is None:
        raise SettingError(
            f'The name "{name}" was given to a token before, and the log of writes knows it by '
            f"that. Choose another, such as {name}-2."
        )
    _note(catalog, "token create", name, now)
    return made


def withdraw_token(catalog: Catalog, name: str, *, now: datetime) -> bool:
    """Revoke a token, from this moment on. now: aware.

    Returns whether it was not revoked before. Raises SettingError where there is none of the name.
    """
    if revoke_token(catalog, name, now=now):
        _note(catalog, "token revoke", name, now)
        return True
    known = [token.name for token in all_tokens(catalog)]
    if name not in known:
        raise SettingError(f'There is no token "{name}". There are: {", ".join(known) or "none"}.')
    return False


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SettingError(
            f'"{name}" is no name of a token. Write up to 64 Latin letters, digits, points, '
            "hyphens and underscores, and name the integration, not a person."
        )
    if name in (ADMIN, CONSOLE):
        raise SettingError(f'"{name}" is taken. Name the integration that gets the token.')


def _check_counters(catalog: Catalog, ids: Collection[int], now: datetime) -> None:
    known = {counter.id for counter in counters(catalog, now=now)}
    if unknown := sorted(set(ids) - known):
        there = ", ".join(map(str, sorted(known))) or "none"
        raise SettingError(f"There is no counter {unknown[0]}. There are: {there}.")


def _note(catalog: Catalog, action: str, name: str, now: datetime) -> None:
    written = Written(
        made_at=now, made_by=CONSOLE, action=action, object=f"token {name}", result="done"
    )
    note(catalog, written)
