"""What became of a request: its answer, or the error that says what may be done next.

What an answer means for sending again is decided here, once:

    it never left, or was refused for its rate      TryLater         safe to send again
    the requests of the day are spent               QuotaSpent       safe to send again, tomorrow
    the server understood and said no               Refused          the same will be refused again
    it left, and no whole answer came               OutcomeUnknown   look before sending again

For a request that changes nothing when it is repeated, an unknown outcome is as good as TryLater.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import BinaryIO, Final, TypeVar

import httpx
import msgspec

from visitjoin.contract.answers import ErrorAnswer, ErrorType
from visitjoin.contract.errors import ApiError, OutcomeUnknown, QuotaSpent, Refused, TryLater
from visitjoin.contract.quotas import DAILY_QUOTAS, next_release
from visitjoin.sender.api.steps import Ask, Download, Request

T = TypeVar("T")
Kind = TypeVar("Kind", bound=ApiError)

_REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE"})
_NEVER_LEFT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_RIGHTS: Final = (
    " The token needs the scope metrika:write or metrika:offline_data, and its owner the right to "
    "edit the counter."
)
_NOT_KNOWN: Final = (
    ". It is mistyped, withdrawn, or of another server than --api. A new one: visitjoin login"
)


def check(request: Request, response: httpx.Response, *, now: datetime) -> None:
    """Raises Refused, TryLater or OutcomeUnknown where the answer is an error. now: aware."""
    if not response.is_success:
        raise _from_answer(request, response, now)


def answer_of(asked: Ask[T], response: httpx.Response, *, now: datetime) -> T:
    """The decoded answer. Raises Refused, TryLater or OutcomeUnknown. now: aware."""
    check(asked.request, response, now=now)
    try:
        return msgspec.json.decode(response.content, type=asked.expected)
    except msgspec.DecodeError as error:
        message = "the answer is not what the API answers"
        raise _unknown(asked.request, message, response) from error


def check_file(asked: Download, response: httpx.Response, file: BinaryIO, *, now: datetime) -> None:
    """Raises as `check` does, and also where the file that came is not whole.

    file: what was written of the answer. now: aware.
    """
    check(asked.request, response, now=now)
    file.seek(max(0, file.tell() - len(asked.ends_with)))
    if file.read() != asked.ends_with:
        raise _unknown(asked.request, "the file that came is not whole", response)


@contextmanager
def told_apart(request: Request, server: str) -> Iterator[None]:
    """Turn a failure on the way into TryLater or OutcomeUnknown. server: its host, for people."""
    try:
        yield
    except _NEVER_LEFT as error:
        raise _error(TryLater, request, f"{server} cannot be reached: {error}") from error
    except httpx.TimeoutException as error:
        raise _unknown(request, "no answer came in time") from error
    except httpx.TransportError as error:
        raise _unknown(request, f"the connection broke: {error}") from error


def quota_spent(
    request: Request,
    message: str,
    response: httpx.Response | None = None,
    error_type: str | None = None,
    *,
    now: datetime,
) -> QuotaSpent:
    """The error of a day without requests left. message: why we think so. now: aware."""
    message += f". No request will be taken {until_release(now)}; run it again after that."
    spent = _error(QuotaSpent, request, message, response, error_type)
    spent.wait = (next_release(now) - now).total_seconds()
    return spent


def until_release(now: datetime) -> str:
    """How long the quota of the day still holds, to be read. now: aware."""
    minutes = int((next_release(now) - now).total_seconds()) // 60
    return f"until 00:00 GMT, in {minutes // 60} h {minutes % 60} min"


def _from_answer(request: Request, response: httpx.Response, now: datetime) -> ApiError:
    """The error that an answer stands for."""
    answer = _error_answer(response)
    message = answer.message if answer else response.reason_phrase or "no explanation"
    error_type = answer.errors[0].error_type if answer and answer.errors else None
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        if error_type in DAILY_QUOTAS:
            return quota_spent(request, message.rstrip("."), response, error_type, now=now)
        later = _error(TryLater, request, message, response, error_type)
        later.wait = _retry_after(response)
        return later
    if response.is_server_error:
        unknown = _unknown(request, message, response, error_type)
        if isinstance(unknown, TryLater):
            unknown.wait = _retry_after(response)
        return unknown
    message += _advice(error_type, message)
    return _error(Refused, request, message, response, error_type)


def _advice(error_type: str | None, message: str) -> str:
    """What Metrica leaves out where it lets nobody in; our receiver says what the token lacks."""
    if error_type == ErrorType.ACCESS_DENIED and "token" not in message:
        return _RIGHTS
    if error_type == ErrorType.INVALID_TOKEN and ":" not in message:
        return _NOT_KNOWN
    return ""


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
