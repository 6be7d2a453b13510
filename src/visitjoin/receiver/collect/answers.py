"""What is a hit answered with? Answers that are made once, whole, for they are sent often."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from visitjoin.contract.hits import LONGEST_LINE

LARGEST_BODY: Final = 64 << 10
"""Bytes: what browsers let a beacon have (Fetch, "keepalive")."""

_ANY_SITE: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
"""Hits come from the pages of other origins, and none may be answered from a cache."""

_TEXT: Final = b"text/plain; charset=utf-8"

_RETRY_AFTER: Final = b"5"
"""Seconds. A full disk takes longer, but a hit is worth less each minute."""

_PIXEL: Final = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""One transparent point."""


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    status: HTTPStatus
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    def with_header(self, name: bytes, value: bytes) -> "Answer":
        """The same with one more header."""
        return Answer(self.status, self.body, (*self.headers, (name, value)))


def _answer(status: HTTPStatus, body: bytes, type_: bytes) -> Answer:
    length = str(len(body)).encode()
    return Answer(status, body, ((b"content-type", type_), (b"content-length", length), *_ANY_SITE))


def refused(why: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Answer:
    """Sending the same again will not help. why: holds nothing that was sent."""
    return _answer(status, why.encode(), _TEXT)


def body_too_late(seconds: float) -> Answer:
    """Sending it again may help. seconds: how long was waited for it."""
    why = (
        f"The body did not come within {seconds:g} seconds: nothing of it was counted. "
        "Send it again."
    )
    return refused(why, HTTPStatus.GATEWAY_TIMEOUT)


def too_many(most: int) -> Answer:
    """Sending it again later helps. most: requests that an address may send in a second."""
    why = f"More than {most} requests in a second from one address. Send it again later."
    return refused(why, HTTPStatus.TOO_MANY_REQUESTS).with_header(b"retry-after", b"1")


OK: Final = _answer(HTTPStatus.OK, b"<!-- OK -->", b"text/html; charset=utf-8")
"""As Metrica answers, word for word."""

IMAGE: Final = _answer(HTTPStatus.OK, _PIXEL, b"image/gif")

PREFLIGHT: Final = (
    _answer(HTTPStatus.OK, b"", _TEXT)
    .with_header(b"access-control-allow-methods", b"GET, POST")
    .with_header(b"access-control-allow-headers", b"content-type")
    .with_header(b"access-control-max-age", b"86400")
)
"""A browser asks first where a page sends another type of body than a form's."""

LATER: Final = _answer(
    HTTPStatus.SERVICE_UNAVAILABLE, b"The hit was not kept. Send it again later.", _TEXT
).with_header(b"retry-after", _RETRY_AFTER)

BODY_TOO_LARGE: Final = refused(
    f"A body has {LARGEST_BODY:,} bytes at most.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
)
BODY_BROKEN_OFF: Final = refused("The body broke off: nothing of it was counted.")
"""Nobody reads it: who sent the body is gone."""
LINE_TOO_LONG: Final = refused(
    f"A hit has {LONGEST_LINE:,} bytes at most.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
)
NO_MEASUREMENT_TOKEN: Final = refused(
    "ms: this counter takes no hit without one of its measurement tokens.", HTTPStatus.FORBIDDEN
)
OTHER_METHOD: Final = refused(
    "Hits come by GET or POST.", HTTPStatus.METHOD_NOT_ALLOWED
).with_header(b"allow", b"GET, HEAD, POST, OPTIONS")
