"""How does a browser see the console: under which address, and with which cookies?

A proxy may have put TLS and a prefix before it. Links and redirections are relative to the page
that was asked, so they lead where they should under any prefix, told or not. What must be whole,
the path of a cookie and the address in a tag, goes by what the proxy says of itself. Whoever
claims it without a proxy harms nobody: the answer is for their own browser.
"""

import re
from typing import Final, Literal

from litestar.datastructures import Cookie

from visitjoin.receiver.routes.given import AnyRequest

_PREFIX: Final = re.compile(r"(?:/[\w.~-]+)+", re.ASCII)
"""Of a path, and nothing that could be more than that in a cookie or a tag."""


def root_of(request: AnyRequest) -> str:
    """The way from the page that is asked to the first one, such as `./../../`.

    Never without its dot: a path that follows it cannot be taken for an address of its own.
    """
    # As it was sent: the framework takes a slash off the end of the path that it routes by.
    below = request.scope["raw_path"].partition(b"?")[0].count(b"/") - 1
    return "./" + "../" * below


def address_of(request: AnyRequest) -> str:
    """The address of the receiver, without a slash at its end."""
    return (
        f"{_scheme(request)}://{request.headers.get('host', request.url.netloc)}{_prefix(request)}"
    )


def cookie(
    request: AnyRequest,
    name: str,
    value: str,
    *,
    seconds: int | None,
    samesite: Literal["lax", "strict"] = "strict",
) -> Cookie:
    """A cookie for the pages, which no script reads. seconds: its life; None for the browser's."""
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        path=f"{_prefix(request)}/",
        httponly=True,
        samesite=samesite,
        # Whoever claims to have come by TLS gets a cookie that only goes by TLS.
        secure=_scheme(request) == "https",
    )


def _scheme(request: AnyRequest) -> str:
    said = request.headers.get("x-forwarded-proto", request.url.scheme)
    return "https" if said == "https" else "http"


def _prefix(request: AnyRequest) -> str:
    said = request.headers.get("x-forwarded-prefix", "").rstrip("/")
    return said if _PREFIX.fullmatch(said) else ""
