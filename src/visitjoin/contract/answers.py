"""The envelopes of the API's answers, and its errors.

Both ends use the same definitions: the receiver writes what the sender reads.
Source: introduction, "Error codes"; the reference of each method.
"""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

from msgspec import Struct

from visitjoin.contract.counters import Counter
from visitjoin.contract.goals import Goal
from visitjoin.contract.uploads import Uploading


class ErrorType(StrEnum):
    """The API's names for errors. Each goes with one HTTP status."""

    INVALID_PARAMETER = "invalid_parameter"
    MISSING_PARAMETER = "missing_parameter"
    INVALID_JSON = "invalid_json"
    INVALID_UPLOADING = "invalid_uploading"
    LIMIT_EXCEEDED = "limit_exceeded"
    UNAUTHORIZED = "unauthorized"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - the API's name of an error
    ACCESS_DENIED = "access_denied"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"  # ours: the API documents none
    NOT_ACCEPTABLE = "not_acceptable"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"  # ours: the API documents the limit of 1 GB and no error
    QUOTA = "quota_parallel_requests"
    QUOTA_OF_ADDRESS = "quota_requests_by_ip"
    QUOTA_OF_USER = "quota_requests_by_uid"
    QUOTA_OF_COUNTER = "quota_requests_by_counter_id"
    BACKEND_ERROR = "backend_error"
    TIMEOUT = "timeout"

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status that goes with it."""
        return _STATUS_OF[self]


_STATUS_OF: Final = {
    ErrorType.INVALID_PARAMETER: HTTPStatus.BAD_REQUEST,
    ErrorType.MISSING_PARAMETER: HTTPStatus.BAD_REQUEST,
    ErrorType.INVALID_JSON: HTTPStatus.BAD_REQUEST,
    ErrorType.INVALID_UPLOADING: HTTPStatus.BAD_REQUEST,
    ErrorType.LIMIT_EXCEEDED: HTTPStatus.BAD_REQUEST,
    ErrorType.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    ErrorType.INVALID_TOKEN: HTTPStatus.FORBIDDEN,
    ErrorType.ACCESS_DENIED: HTTPStatus.FORBIDDEN,
    ErrorType.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorType.METHOD_NOT_ALLOWED: HTTPStatus.METHOD_NOT_ALLOWED,
    ErrorType.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
    ErrorType.CONFLICT: HTTPStatus.CONFLICT,
    ErrorType.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ErrorType.QUOTA: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorType.QUOTA_OF_ADDRESS: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorType.QUOTA_OF_USER: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorType.QUOTA_OF_COUNTER: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorType.BACKEND_ERROR: HTTPStatus.SERVICE_UNAVAILABLE,
    ErrorType.TIMEOUT: HTTPStatus.GATEWAY_TIMEOUT,
}


class Fault(Struct, frozen=True, omit_defaults=True):
    """One error of an answer."""

    error_type: str
    message: str
    location: str | None = None


class ErrorAnswer(Struct, frozen=True):
    """What the API answers when it does not do what was asked. `code` is the HTTP status."""

    errors: tuple[Fault, ...]
    code: int
    message: str


class Success(Struct, frozen=True):
    """The answer of calls that have nothing to say."""

    success: bool = True


class JoinThreshold(Struct, frozen=True):
    """From what moment conversions can be joined to visits.

    `date` is text: the API documents no form, so what reads it must take a date as well as a
    date-time. Our receiver writes ISO 8601 in UTC with a Z.
    """

    date: str


class CounterAnswer(Struct, frozen=True):
    """One counter."""

    counter: Counter


class CountersAnswer(Struct, frozen=True):
    """The counters that a token may see. `rows` is how many there are."""

    counters: tuple[Counter, ...]
    rows: int = 0


class GoalAnswer(Struct, frozen=True):
    """One goal."""

    goal: Goal


class GoalsAnswer(Struct, frozen=True):
    """The goals of a counter."""

    goals: tuple[Goal, ...]


class UploadingAnswer(Struct, frozen=True):
    """One uploading."""

    uploading: Uploading


class UploadingsAnswer(Struct, frozen=True):
    """The uploadings of a counter, newest first (our choice: the API documents no order)."""

    uploadings: tuple[Uploading, ...]
