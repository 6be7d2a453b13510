"""`visitjoin login`, `logout` and `whoami`: the token, kept between runs."""

import os
import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from visitjoin.cli.connection import Api, Json, Server
from visitjoin.cli.console import remark, say, say_json
from visitjoin.contract.clock import system_clock
from visitjoin.contract.errors import SettingError
from visitjoin.sender.api.address import METRICA
from visitjoin.sender.tokens.address import is_metrica, server_of
from visitjoin.sender.tokens.oauth import YANDEX_OAUTH, Asking
from visitjoin.sender.tokens.owner import YANDEX_ID, look
from visitjoin.sender.tokens.store import VARIABLE, forget_token, keep_token
from visitjoin.sender.tokens.token import Token, token_of

_SECRET_VARIABLE: Final = "VISITJOIN_CLIENT_SECRET"  # noqa: S105 - the name of a variable

_Switch = Parameter(negative=())


def login(
    *,
    client_id: Annotated[str | None, Parameter(env_var="VISITJOIN_CLIENT_ID")] = None,
    ask_secret: Annotated[bool, _Switch] = False,
    token_stdin: Annotated[bool, _Switch] = False,
    expires: datetime | None = None,
    no_keyring: Annotated[bool, _Switch] = False,
    api: Api = METRICA,
    oauth: Annotated[str | None, Parameter(env_var="VISITJOIN_OAUTH")] = None,
) -> None:
    """Get a token from Yandex, or take one made elsewhere, and keep it for the next commands.

    Args:
        client_id: id of your application at oauth.yandex.ru; its token is asked for.
        ask_secret: ask for the application's secret, without showing it; rarely needed.
        token_stdin: take the token from standard input instead, such as one of a receiver.
        expires: when a token from standard input ends (UTC), where that is known.
        no_keyring: keep it in a file of mode 0600, which cron reaches and a keyring's not.
        api: address of the server that the token is for.
        oauth: address of the OAuth server; default Yandex's.
    """
    if token_stdin:
        token = token_of(_line("Token: ", hidden=True), expires and _aware(expires))
    else:
        token = _asked(_asking(client_id, oauth, api, ask_secret=ask_secret))
    place = keep_token(token, api, in_keyring=not no_keyring)
    say(f"The token for {server_of(api)} is in {place}{_until(token)}.")
    if os.environ.get(VARIABLE):
        remark(f"{VARIABLE} is set and goes before it: unset it to use the token that was kept.")
    say("Next: visitjoin whoami")


def logout(*, api: Api = METRICA) -> None:
    """Delete the token that `login` kept for a server. The token itself stays valid.

    Args:
        api: address of the server.
    """
    places = forget_token(api)
    say(f"Deleted from {' and '.join(places)}." if places else "No token was kept.")
    if places and is_metrica(api):
        say(
            "To make it invalid too, withdraw the access at https://id.yandex.ru/personal/data-access."
        )


def whoami(
    *,
    identity: Annotated[str | None, Parameter(env_var="VISITJOIN_IDENTITY")] = None,
    server: Server | None = None,
    json: Json = False,
) -> int:
    """Say whose the token is, which counters it sees, and when it ends.

    Args:
        identity: address of the server that knows whose a token is; default Yandex's for
            Metrica, and nobody for a receiver of one's own.
        server: the server.
        json: print JSON.
    """
    server = server or Server()
    found = server.find_token()
    known_by = identity or (YANDEX_ID if is_metrica(server.api) else None)
    with server.open(found=found) as metrica:
        seen = look(metrica, found.token, known_by)
    if json:
        say_json(
            {"token_from": found.place, "expires_at": found.token.expires_at}
            | msgspec.to_builtins(seen)
        )
        return 1 if seen.problems else 0
    say(f"server    {server_of(server.api)}")
    say(f"token     from {found.place}")
    say(f"expires   {_end(found.token)}")
    if seen.owner:
        say(f"owner     {seen.owner.login or '(no login)'}, id {seen.owner.id}")
    for counter in seen.counters:
        say(f'counter   {counter.id} "{counter.name}"')
    for problem in seen.problems:
        say(f"problem   {problem}")
    return 1 if seen.problems else 0


def _asking(client_id: str | None, oauth: str | None, api: str, *, ask_secret: bool) -> Asking:
    if oauth is None and not is_metrica(api):
        raise SettingError(
            f"{server_of(api)} is not Metrica and takes no token of Yandex. Keep one of its own: "
            "visitjoin login --token-stdin"
        )
    if not client_id:
        raise SettingError(
            "Whose token? Name your application's id with --client-id. To get one, register an "
            "application at https://oauth.yandex.ru/client/new with the Redirect URI "
            "https://oauth.yandex.ru/verification_code and the scope metrika:write."
        )
    secret = _line("The application's secret: ", hidden=True) if ask_secret else None
    return Asking(
        client_id=client_id,
        client_secret=secret or os.environ.get(_SECRET_VARIABLE) or None,
        server=oauth or YANDEX_OAUTH,
    )


def _asked(asking: Asking) -> Token:
    say(f"1. Open this address and allow access:\n   {asking.address}", even_if_quiet=True)
    say("2. Copy the code that the page shows. It lives ten minutes.", even_if_quiet=True)
    code = _line("3. Code: ")
    if not code:
        raise SettingError("No code was given, so nothing was kept.")
    return asking.token(code, system_clock())


def _line(prompt: str, *, hidden: bool = False) -> str:
    """One line from a person, or from a pipe."""
    if hidden and sys.stdin.isatty():
        return getpass(prompt)
    if sys.stdin.isatty():
        sys.stderr.write(prompt)
        sys.stderr.flush()
    return sys.stdin.readline().strip()


def _until(token: Token) -> str:
    return "" if token.expires_at is None else f", until {_end(token)}"


def _end(token: Token) -> str:
    if token.expires_at is None:
        return "not known"
    days = (token.expires_at - system_clock()).days
    return f"{token.expires_at:%Y-%m-%d} ({days:,} days)"


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=moment.tzinfo or UTC)
