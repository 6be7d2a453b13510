"""What does every page have: its language, its reader, its headers, and how it fails?"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

import structlog
from litestar import Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.response import Redirect, Template
from litestar.types import ExceptionHandlersMap

from visitjoin.contract.answers import ErrorType
from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import EngineError
from visitjoin.contract.version import __version__
from visitjoin.receiver.catalog.tokens import Token
from visitjoin.receiver.console.languages import COOKIE, LANGUAGES, Language, language_of
from visitjoin.receiver.console.outside import root_of
from visitjoin.receiver.console.sessions import (
    FIELD,
    SignInNeeded,
    check_form,
    form_cookie,
    form_word,
    may,
)
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.refusals import Refusal
from visitjoin.receiver.routes.given import AnyRequest

_log = structlog.get_logger()

HEADERS: Final = {
    # Everything is ours and in files of its own: nothing inline, nothing from elsewhere.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Of every page: what is on it is for who signed in, and for no other page."""

PART: Final = "x-part"
"""The header with which a page's script asks for the part that moves."""


def language(request: AnyRequest) -> Language:
    """The language of who asks."""
    return language_of(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))


def page(
    request: AnyRequest,
    template: str,
    *,
    counter: Counter | None = None,
    at: str = "",
    part: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    **shown: Any,  # noqa: ANN401 - whatever a template shows
) -> Template:
    """A page. at: which of the counter's pages it is, for the navigation.

    part: the template of the part that moves, which is all that the page's own script asks for.
    """
    cookie = form_cookie(request)
    token: Token | None = getattr(request.state, "token", None)
    context = {
        "lang": language(request),
        "languages": LANGUAGES.values(),
        "token": token,
        "may": _permissions(token),
        "counter": counter,
        "at": at,
        "here": _here(request),
        "root": root_of(request),
        "form_field": FIELD,
        "form_word": form_word(request),
        "version": __version__,
    }
    return Template(
        part if part and PART in request.headers else template,
        context=context | shown,
        status_code=status,
        headers=HEADERS,
        media_type="text/html",
        cookies=[] if cookie is None else [cookie],
    )


def go_to(request: AnyRequest, path: str) -> Redirect:
    """Send the browser on to a page after a form was done. path: from the first page, as `/` is."""
    return Redirect(root_of(request) + path[1:], status_code=303, headers=HEADERS)


async def form_of(request: AnyRequest) -> Mapping[str, str]:
    """The fields of a form. Raises Refusal where it is not one of ours."""
    fields = {name: value for name, value in (await request.form()).items() if type(value) is str}
    check_form(request, fields.get(FIELD))
    return fields


def own_path(text: str) -> str:
    """A path of this console that a browser sent; `/` where it leads elsewhere."""
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or not text.startswith("/") or text.startswith(("//", "/\\")):
        return "/"
    return text


def _here(request: AnyRequest) -> str:
    """The page that is asked, with what it was asked for."""
    asked = request.scope["query_string"].decode("latin-1")
    return quote(request.scope["path"]) + (f"?{asked}" if asked else "")


def _permissions(token: Token | None) -> dict[str, bool]:
    return {right.name.lower(): token is not None and may(token, right) for right in Right}


def _sign_in(request: AnyRequest, _: SignInNeeded) -> Response[Any]:
    if PART in request.headers:
        # The script that asks for a part of a page loads the whole page anew, which leads here.
        return Response(b"", status_code=HTTPStatus.UNAUTHORIZED, headers=HEADERS)
    there = _here(request) if request.method == "GET" else "/"
    return go_to(request, "/sign-in" + (f"?next={quote(there)}" if there != "/" else ""))


def _refused(request: AnyRequest, refusal: Refusal) -> Template:
    if refusal.fault.location == FIELD:
        problem = "form"
    else:
        problem = _PROBLEMS.get(refusal.fault.error_type, "other")
    return page(
        request,
        "problem.html",
        status=refusal.status,
        problem=problem,
        message=refusal.fault.message,
    )


_PROBLEMS: Final = {
    ErrorType.NOT_FOUND.value: "nothing",
    ErrorType.ACCESS_DENIED.value: "denied",
    ErrorType.CONFLICT.value: "early",
    ErrorType.QUOTA_OF_ADDRESS.value: "often",
}


def _failed_in_http(request: AnyRequest, error: HTTPException) -> Template:
    status = HTTPStatus(error.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(request, error)
    problem = "nothing" if status in _NO_SUCH_PAGE else "other"
    return page(request, "problem.html", status=status, problem=problem, message=error.detail)


_NO_SUCH_PAGE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
"""The second is that of a form that was done, opened again as a page."""


def page_or(answer: Callable[..., Any]) -> ExceptionHandlersMap:
    """How an address is answered that is none: with a page to who looks at it in a browser.

    answer: to everybody else, and to all that ask for a call of the API.
    """

    def handle(request: AnyRequest, error: HTTPException) -> Response[Any] | Template:
        in_a_browser = "text/html" in request.headers.get("accept", "")
        if in_a_browser and not request.url.path.startswith(_OF_PROGRAMS):
            return _failed_in_http(request, error)
        found: Response[Any] = answer(request, error)
        return found

    return {NotFoundException: handle, MethodNotAllowedException: handle}


_OF_PROGRAMS: Final = ("/management/", "/visitjoin/", "/schema")


def _failed(request: AnyRequest, error: Exception) -> Template:
    _log.error("page_failed", method=request.method, path=request.url.path, exc_info=error)
    return page(
        request,
        "problem.html",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        problem="failed",
        message="",
    )


HANDLERS: Final[ExceptionHandlersMap] = {
    SignInNeeded: _sign_in,
    Refusal: _refused,
    # By name what the API's own handlers name: the nearest class wins, not the nearest handler.
    ValidationException: _failed_in_http,
    EngineError: _failed,
    HTTPException: _failed_in_http,
    Exception: _failed,
}
"""For the framework: a page that fails is a page too."""
