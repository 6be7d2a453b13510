"""Who looks at a page, and may they? And does a form come from a page of ours?

A browser shows the name of its session, in a cookie that no script reads and that no other site can
make it send. Each form carries a word besides that only our pages can know.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from visitjoin.contract.answers import ErrorType
from visitjoin.receiver.catalog.asking import ask
from visitjoin.receiver.catalog.sessions import LONGEST, token_of_session
from visitjoin.receiver.catalog.tokens import Token
from visitjoin.receiver.console.outside import cookie
from visitjoin.receiver.door.auth import Door
from visitjoin.receiver.door.quotas import AnyConnection
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.refusals import Refusal
from visitjoin.receiver.routes.given import AnyRequest

SESSION: Final = "visitjoin_session"
FORM: Final = "visitjoin_form"
"""The cookie from which the word of the forms is made; every browser gets its own."""

FIELD: Final = "form_word"
"""The field of a form that carries it."""

NEEDS: Final = "needs"
"""Of a handler's options: the `Right` that its page needs."""

_BYTES: Final = 24


class SignInNeeded(Exception):  # noqa: N818 - not a fault: the answer is the page to sign in
    """Nobody has signed in, or not any more."""


async def need_session(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Let nobody in without a session whose token has the right to the page.

    The token is in the request's state, as `need_token` leaves it there. Raises SignInNeeded, and
    Refusal where the token lacks the right or the counter.
    """
    door: Door = connection.app.state.door
    door.admit_address(connection)
    name = connection.cookies.get(SESSION, "")
    token = await ask(token_of_session, door.catalog, name, now=door.clock()) if name else None
    if token is None:
        raise SignInNeeded
    connection.state.token = token
    connection.state.token_name = token.name
    counter_id: int | None = connection.path_params.get("counter_id")
    if not may(token, handler.opt.get(NEEDS, Right.CHANGE)) or (
        counter_id is not None and not token.reaches(counter_id)
    ):
        raise Refusal(ErrorType.ACCESS_DENIED, "Access is denied.")


def may(token: Token, right: Right) -> bool:
    """Whether a token has a right."""
    return right.is_held(token.scopes)


def session_cookie(request: AnyRequest, name: str) -> Cookie:
    """The cookie of a session that was opened now."""
    return cookie(request, SESSION, name, seconds=int(LONGEST.total_seconds()))


def no_session(request: AnyRequest) -> Cookie:
    """The cookie that takes it away."""
    return cookie(request, SESSION, "", seconds=0)


def form_cookie(request: AnyRequest) -> Cookie | None:
    """The cookie of a browser that has none yet; to be set before `form_word` is asked."""
    if request.cookies.get(FORM):
        return None
    made = secrets.token_urlsafe(_BYTES)
    request.cookies[FORM] = made
    return cookie(request, FORM, made, seconds=None)


def form_word(request: AnyRequest) -> str:
    """The word that a form of this browser, in this session, has to carry."""
    key = request.cookies.get(FORM, "")
    session = request.cookies.get(SESSION, "")
    return hmac.new(key.encode(), session.encode(), sha256).hexdigest()


def check_form(request: AnyRequest, word: str | None) -> None:
    """Raises Refusal where a form does not come from a page of ours."""
    has_cookie = bool(request.cookies.get(FORM))
    if not has_cookie or not hmac.compare_digest(word or "", form_word(request)):
        raise Refusal(ErrorType.ACCESS_DENIED, "The form has expired.", location=FIELD)
