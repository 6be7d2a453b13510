"""Signing in with a token, signing out, and the choice of a language."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Final

from litestar import get, post
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from visitjoin.receiver.catalog.asking import ask
from visitjoin.receiver.catalog.sessions import close_session, open_session, token_of_session
from visitjoin.receiver.catalog.tokens import TokenState, find_token
from visitjoin.receiver.console.languages import COOKIE, LANGUAGES
from visitjoin.receiver.console.outside import cookie
from visitjoin.receiver.console.pages import form_of, go_to, own_path, page
from visitjoin.receiver.console.sessions import (
    SESSION,
    no_session,
    session_cookie,
)
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock

_A_YEAR: Final = int(timedelta(days=365).total_seconds())

Next = Annotated[str, QueryParameter(name="next")]


@get("/sign-in")
async def ask_for_token(
    request: AnyRequest, catalog: GivenCatalog, clock: GivenClock, next_: Next = "/"
) -> Template | Redirect:
    """The page to sign in; who has signed in already is sent on."""
    name = request.cookies.get(SESSION, "")
    if name and await ask(token_of_session, catalog, name, now=clock()) is not None:
        return go_to(request, own_path(next_))
    return page(request, "sign_in.html", next=own_path(next_), fault="")


@post("/sign-in")
async def sign_in(
    request: AnyRequest, catalog: GivenCatalog, clock: GivenClock
) -> Template | Redirect:
    """Open a session for a token that is valid."""
    request.app.state.door.admit_address(request)
    fields = await form_of(request)
    shown, there = fields.get("token", "").strip(), own_path(fields.get("next", "/"))
    token = await ask(find_token, catalog, shown) if shown else None
    fault = "missing" if not shown else "unknown"
    if token is not None:
        fault = token.state(clock()).value
    if token is None or fault != TokenState.ACTIVE:
        status = HTTPStatus.FORBIDDEN
        return page(request, "sign_in.html", status=status, next=there, fault=fault)
    request.state.token_name = token.name  # for the log of writes
    name = await asyncio.to_thread(open_session, catalog, shown, token, now=clock())
    answer = go_to(request, there)
    answer.set_cookie(session_cookie(request, name))
    return answer


@post("/sign-out")
async def sign_out(request: AnyRequest, catalog: GivenCatalog) -> Redirect:
    """End the session."""
    await form_of(request)
    if name := request.cookies.get(SESSION):
        await asyncio.to_thread(close_session, catalog, name)
    answer = go_to(request, "/sign-in")
    answer.set_cookie(no_session(request))
    return answer


@post("/language")
async def choose_language(request: AnyRequest) -> Redirect:
    """Keep the choice of a language in the browser, and go back to the page."""
    fields = await form_of(request)
    answer = go_to(request, own_path(fields.get("next", "/")))
    if (code := fields.get("language", "")) in LANGUAGES:
        answer.set_cookie(cookie(request, COOKIE, code, seconds=_A_YEAR, samesite="lax"))
    return answer
