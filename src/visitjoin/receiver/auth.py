"""Who is asking?"""

import asyncio
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tokens import is_known
from visitjoin.receiver.refusals import Refusal

SCHEMES: Final = ("oauth", "bearer")
"""The API documents `OAuth`; many clients only know how to say `Bearer`."""


async def need_token(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Let nobody in without a known token: 401 without one, 403 with one that is not known."""
    token = _token(connection.headers.get("authorization", ""))
    catalog: Catalog = connection.app.state.catalog
    if not await asyncio.to_thread(is_known, catalog, token):
        raise Refusal(ErrorType.INVALID_TOKEN, "Invalid oauth_token")


def _token(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.casefold() not in SCHEMES or not token.strip():
        raise Refusal(
            ErrorType.UNAUTHORIZED, "No token. Send the header `Authorization: OAuth <token>`."
        )
    return token.strip()
