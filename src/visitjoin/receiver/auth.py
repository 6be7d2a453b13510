"""Who is asking?"""

import asyncio
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tokens import name_of
from visitjoin.receiver.refusals import Refusal

SCHEMES: Final = ("oauth", "bearer")
"""The API documents `OAuth`; many clients only know how to say `Bearer`."""


async def need_token(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let nobody in without a known token: 401 without one, 403 with one that is not known.

    The name of the token is in the request's state as `token_name`: who does something.
    """
    token = _token(connection.headers.get("authorization", ""))
    catalog: Catalog = connection.app.state.catalog
    name = await asyncio.to_thread(name_of, catalog, token)
    if name is None:
        raise Refusal(ErrorType.INVALID_TOKEN, "Invalid oauth_token")
    connection.state.token_name = name


def _token(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.casefold() not in SCHEMES or not token.strip():
        raise Refusal(
            ErrorType.UNAUTHORIZED, "No token. Send the header `Authorization: OAuth <token>`."
        )
    return token.strip()
