"""One request and its answer, or the error that says what may be done next.

Certificates are always checked, and the token is in one header and nowhere else. What an answer
means for sending again is decided here, once:

    it never left, or was refused for its rate      TryLater         safe to send again
    the server understood and said no               Refused          the same will be refused again
    it left, and no whole answer came               OutcomeUnknown   look before sending again

For a request that changes nothing when it is repeated, an unknown outcome is as good as TryLater.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

import httpx
import msgspec

from visitjoin.contract.answers import ErrorAnswer, ErrorType
from visitjoin.contract.errors import (
    ApiError,
    OutcomeUnknown,
    Refused,
    SettingError,
    TryLater,
)
from visitjoin.contract.version import __version__

T = TypeVar("T")
Kind = TypeVar("Kind", bound=ApiError)

METRICA: Final = "https://api-metrika.yandex.net"
METRICA_HOSTS: Final = frozenset(
    f"api-metri{letter}a.yandex.{zone}" for letter in "kc" for zone in ("net", "ru", "com")
)

TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
UPLOAD_TIMEOUT: Final = httpx.Timeout(60.0, connect=10.0, read=900.0)
"""An upload is answered when it is checked, which can take minutes for a gigabyte."""

_REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE"})
_NEVER_LEFT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_RIGHTS: Final = (
    " The token needs the scope metrika:write or metrika:offline_data, and its owner the right to "
    "edit the counter."
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request to be made. `path` is without the host and the query."""

    method: str
    path: str
    params: Mapping[str, str | int] | None = None
    json: Any = None
    files: Any = None
    batch: str | None = None
    """Id of the batch that an upload carries."""
    is_upload: bool = False
    """Whether the server may think longer before it answers."""


class Transport:
    """A connection to one server with one token."""

    def __init__(self, base_url: str, token: str) -> None:
        """Prepare to talk to a server. Raises SettingError where the address is none."""
        url = _url(base_url)
        self.host = url.host
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"OAuth {token}", "User-Agent": f"visitjoin/{__version__}"},
            timeout=TIMEOUT,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, request: Request, expected: type[T]) -> T:
        """Make a request and decode its answer.

        Raises Refused, TryLater or OutcomeUnknown (contract.errors).
        """
        response = self._send(request)
        try:
            return msgspec.json.decode(response.content, type=expected)
        except msgspec.DecodeError as error:
            raise _unknown(request, "the answer is not what the API answers", response) from error

    def _send(self, request: Request) -> httpx.Response:
        try:
            response = self._client.request(
                request.method,
                request.path,
                params=request.params,
                json=request.json,
                files=request.files,
                timeout=UPLOAD_TIMEOUT if request.is_upload else TIMEOUT,
            )
        except _NEVER_LEFT as error:
            raise _error(TryLater, request, f"the server cannot be reached: {error}") from error
        except httpx.TimeoutException as error:
            raise _unknown(request, "no answer came in time") from error
        except httpx.TransportError as error:
            raise _unknown(request, f"the connection broke: {error}") from error
        if response.is_success:
            return response
        raise _from_answer(request, response)


def server_of(base_url: str) -> str:
    """The name by which a ledger knows a server; one for all of Yandex's own hosts.

    base_url: the server's address. Raises SettingError where it is none.
    """
    url = _url(base_url)
    if url.host in METRICA_HOSTS:
        return "api-metrika.yandex.net"
    return url.netloc.decode() + url.path.rstrip("/")


def _url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise SettingError(f"The API's address {base_url!r} is not an address.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingError(
            f"The API's address {base_url!r} must begin with https:// (or http:// on this machine)."
        )
    return url


def _from_answer(request: Request, response: httpx.Response) -> ApiError:
    """The error that an answer stands for."""
    answer = _error_answer(response)
    message = answer.message if answer else response.reason_phrase or "no explanation"
    error_type = answer.errors[0].error_type if answer and answer.errors else None
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        later = _error(TryLater, request, message, response, error_type)
        later.wait = _retry_after(response)
        return later
    if response.is_server_error:
        unknown = _unknown(request, message, response, error_type)
        if isinstance(unknown, TryLater):
            unknown.wait = _retry_after(response)
        return unknown
    if response.status_code == HTTPStatus.FORBIDDEN and error_type == ErrorType.ACCESS_DENIED:
        message += _RIGHTS
    return _error(Refused, request, message, response, error_type)


def _unknown(
    request: Request,
    message: str,
    response: httpx.Response | None = None,
    error_type: str | None = None,
) -> ApiError:
    repeatable = request.method in _REPEATABLE
    kind = TryLater if repeatable else OutcomeUnknown
    return _error(kind, request, message, response, error_type)


def _error(
    kind: type[Kind],
    request: Request,
    message: str,
    response: httpx.Response | None = None,
    error_type: str | None = None,
) -> Kind:
    return kind(
        message,
        method=request.method,
        path=request.path,
        status=response.status_code if response is not None else None,
        error_type=error_type,
        batch=request.batch,
    )


def _error_answer(response: httpx.Response) -> ErrorAnswer | None:
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(response.content, type=ErrorAnswer)
    return None


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait: the header gives seconds or a date (RFC 9110, section 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return float(value)
    with suppress(ValueError):
        when = parsedate_to_datetime(value)
        # The server's own clock says how long that is, so that ours need not agree with it.
        sent = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (when - sent).total_seconds())
    return None
