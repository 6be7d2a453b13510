"""`visitjoin token`: create, list, revoke, audit. On the receiver's machine, over its catalog."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from cyclopts import App, Parameter

from visitjoin.cli.catalogs import Kept
from visitjoin.cli.connection import Json
from visitjoin.cli.console import remark, say, say_json, say_table
from visitjoin.cli.groups import RECEIVER
from visitjoin.contract.clock import system_clock
from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.audit import noted
from visitjoin.receiver.catalog.tokens import ADMIN, tokens
from visitjoin.receiver.issuing import existing_catalog, issue_token, withdraw_token

app = App(
    name="token",
    help="Tokens of a receiver: create, list, revoke, and what was written with them.",
    group=RECEIVER,
)

_WEEK: Final = timedelta(days=7)

# As the API calls them: the parser would call them by the names of our members.
ScopeName = Literal["metrika:read", "metrika:write", "metrika:offline_data"]


@app.command
def create(
    name: str,
    *,
    scope: Annotated[list[ScopeName], Parameter(negative=())],
    counter: Annotated[list[int] | None, Parameter(negative=())] = None,
    expires_in: int | None = None,
    kept: Kept,
    json: Json = False,
) -> None:
    """Make a token for an integration, and show it this once: only its hash is kept.

    Args:
        name: what the list and the log of writes call it; given once, never again.
        scope: what it may do; may be given several times.
        counter: number of a counter that it is bound to; may be given several times; default all.
        expires_in: days until it expires; default never.
        kept: the receiver's catalog.
        json: print JSON.
    """
    with existing_catalog(kept.url) as catalog:
        token = issue_token(
            catalog,
            name,
            scopes=[Scope(each) for each in scope],
            bound_to=counter,
            days=expires_in,
            now=system_clock(),
        )
    if json:
        say_json({"name": name, "token": token})
        return
    remark(f"The token {name}, shown this once:")
    say(token, even_if_quiet=True)


@app.command(name="list")
def list_tokens(*, kept: Kept, json: Json = False) -> None:
    """Show the tokens: what each may do, and whether it is still valid. Never the token itself.

    Args:
        kept: the receiver's catalog.
        json: print JSON.
    """
    now = system_clock()
    with existing_catalog(kept.url) as catalog:
        known = tokens(catalog)
    if json:
        told = msgspec.to_builtins(known, order="sorted")
        states = [{"state": token.state(now)} for token in known]
        say_json([token | state for token, state in zip(told, states, strict=True)])
        return
    say_table(
        ("name", "state", "scopes", "counters", "created", "expires"),
        (
            (
                token.name,
                token.state(now).value,
                " ".join(sorted(token.scopes)),
                _bound(token.counters),
                _day(token.created_at, "not known"),
                _day(token.expires_at, "never"),
            )
            for token in known
        ),
    )


@app.command
def revoke(name: str, *, kept: Kept) -> None:
    """Let a token in no more, from this moment on; a receiver that is running need not be told.

    Args:
        name: of the token. Of `admin`, the next start of the receiver makes another.
        kept: the receiver's catalog.
    """
    with existing_catalog(kept.url) as catalog:
        was_valid = withdraw_token(catalog, name, now=system_clock())
    if not was_valid:
        say(f"The token {name} was revoked before.")
        return
    say(f"The token {name} is revoked.")
    if name == ADMIN:
        say("The next start of the receiver takes VISITJOIN_ADMIN_TOKEN, or shows a new one.")


@app.command
def audit(
    name: str | None = None, *, since: datetime | None = None, kept: Kept, json: Json = False
) -> None:
    """Show what was written, with which token and when, and how it was answered.

    Args:
        name: of a token; default all of them.
        since: date or time (UTC) of the first line; default a week ago.
        kept: the receiver's catalog.
        json: print JSON.
    """
    first = system_clock() - _WEEK if since is None else since.replace(tzinfo=since.tzinfo or UTC)
    with existing_catalog(kept.url) as catalog:
        lines = noted(catalog, since=first, made_by=name)
    if json:
        say_json(lines)
        return
    say_table(
        ("when (UTC)", "token", "action", "counter", "object", "result"),
        (
            (
                f"{line.made_at:%Y-%m-%d %H:%M:%S}",
                line.made_by,
                line.action,
                "" if line.counter_id is None else str(line.counter_id),
                line.object or "",
                line.result,
            )
            for line in lines
        ),
    )


def _bound(counters: Collection[int] | None) -> str:
    return "all" if counters is None else ", ".join(map(str, sorted(counters)))


def _day(moment: datetime | None, otherwise: str) -> str:
    return otherwise if moment is None else f"{moment:%Y-%m-%d}"
