"""How does a request that is not done end? In the API's own form of an error, always.

What our code refuses is a `Refusal`. What the framework refuses (no such route, another method, a
parameter of the wrong type, a broken body) and what nobody expected gets the same form.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.types import ExceptionHandlersMap

from visitjoin.contract.answers import ErrorAnswer, ErrorType, Fault
from visitjoin.contract.errors import EngineError, SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.sandbox import Failing
from visitjoin.contract.uploads import FILE_PART, UploadStatus, UploadType

_log = structlog.get_logger()


class Refusal(Exception):  # noqa: N818 - an answer to the caller, not a fault of ours
    """A request that is not done, and why. The message goes to the caller as it is."""

    def __init__(
        self,
        type_: ErrorType,
        message: str,
        *,
        location: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Refuse. location: which part of the request is meant, where it is one part."""
        self.headers = headers or {}
        self.fault = Fault(error_type=type_.value, message=message, location=location)
        self.status = type_.status
        super().__init__(message)


def not_found(noun: str, id_: int) -> Refusal:
    """There is no such thing, or this counter has none. noun: e.g. "goal"."""
    return Refusal(ErrorType.NOT_FOUND, f"There is no {noun} {id_}.")


def invalid(message: str, *, location: str | None = None) -> Refusal:
    """A parameter or a field has a value that is not taken."""
    return Refusal(ErrorType.INVALID_PARAMETER, message, location=location)


def bad_file(message: str) -> Refusal:
    """The file that a request brings, or the frame around it, is not one that is taken."""
    return Refusal(ErrorType.INVALID_UPLOADING, message, location=FILE_PART)


def refused_file(error: SourceError) -> Refusal:
    """A file cannot be read. The caller is told the line, and not where we keep the file."""
    where = f"Line {error.line}: " if error.line is not None else ""
    return bad_file(f"{where}{error.message}")


_OF_STATUS: Final = {
    HTTPStatus.NOT_FOUND: ErrorType.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorType.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_ACCEPTABLE: ErrorType.NOT_ACCEPTABLE,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorType.TOO_LARGE,
}

_ANY_REQUEST = Request[object, object, State]


def _refused(_: _ANY_REQUEST, refusal: Refusal) -> Response[ErrorAnswer]:
    # HTTP asks for the scheme beside a 401 (RFC 9110, 11.6.1).
    scheme = {"WWW-Authenticate": "OAuth"} if refusal.status is HTTPStatus.UNAUTHORIZED else {}
    return _answer(refusal.status, refusal.fault, headers={**scheme, **refusal.headers})


def _bad_parameter(_: _ANY_REQUEST, error: ValidationException) -> Response[ErrorAnswer]:
    details = error.extra if isinstance(error.extra, list) and error.extra else [{}]
    return _answer(HTTPStatus.BAD_REQUEST, *(_fault(detail) for detail in details))


def _fault(detail: Mapping[str, str]) -> Fault:
    # Our names end in "_" where the API's are words of Python; `data` is the whole body.
    location = detail.get("key", "").rstrip("_")
    if detail.get("source") == "header":
        location = location.replace("_", "-")
    if location == "data":
        return Fault(ErrorType.INVALID_JSON.value, "The body is missing, or not a JSON object.")
    message = detail.get("message", "A parameter has a value that is not taken.")
    return Fault(ErrorType.INVALID_PARAMETER.value, _placed(message, location), location or None)


def _placed(message: str, location: str) -> str:
    """A message with what it is about: clients show the message, and few of them the place."""
    if location in _VALUES:
        return f"{message}. Known are: {', '.join(_VALUES[location])}."
    return f"{location}: {message}" if location else message


_VALUES: Final = {
    "type": tuple(UploadType),
    "client_id_type": tuple(IdentifierKind),
    "failure.what": tuple(Failing),
    "failure.at": tuple(UploadStatus),
}
"""What may be said in parameters and fields that take one of several values."""


def _bad_body(request: _ANY_REQUEST, error: HTTPException) -> Response[ErrorAnswer]:
    match error.__cause__:
        case SerializationException():
            return _not_json(request, error)
        case msgspec.ValidationError() as cause:
            # The framework calls a missing field of a nested object a failure of the server.
            message, _, path = str(cause).partition(" - at ")
            location = path.strip("`").removeprefix("$.data.")
            if "matching regex" in message:
                message = "The text has a control character."
            fault = Fault(
                ErrorType.INVALID_PARAMETER.value, _placed(message, location), location or None
            )
            return _answer(HTTPStatus.BAD_REQUEST, fault)
        case _:
            return _bad_request(request, error)


def _not_json(_: _ANY_REQUEST, __: Exception) -> Response[ErrorAnswer]:
    message = "The body is not JSON of the form that this call takes."
    return _answer(HTTPStatus.BAD_REQUEST, Fault(ErrorType.INVALID_JSON.value, message))


def _bad_request(request: _ANY_REQUEST, error: HTTPException) -> Response[ErrorAnswer]:
    status = HTTPStatus(error.status_code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(request, error)
    type_ = _OF_STATUS.get(status, ErrorType.INVALID_PARAMETER)
    return _answer(
        status, Fault(type_.value, _sentence(request, status, error.detail)), headers=error.headers
    )


def _sentence(request: _ANY_REQUEST, status: HTTPStatus, detail: str) -> str:
    call = f"{request.method} {request.url.path}"
    match status:
        case HTTPStatus.NOT_FOUND:
            return f"There is no call {call}. Ids in the path are whole numbers."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return f"There is no call {call}; the header Allow names the methods that there are."
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return f"The body is larger than {call} takes."
        case _:
            return f"{call}: {detail or status.phrase}."


def _engine_failed(_: _ANY_REQUEST, error: EngineError) -> Response[ErrorAnswer]:
    _log.error("engine_failed", query=error.query)
    message = "The engine could not answer. Try again later."
    return _answer(
        ErrorType.BACKEND_ERROR.status,
        Fault(error_type=ErrorType.BACKEND_ERROR.value, message=message),
    )


def _unexpected(request: _ANY_REQUEST, error: Exception) -> Response[ErrorAnswer]:
    # The path names ids of counters and uploadings, never a visitor's; the query is left out.
    _log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        Fault(error_type=ErrorType.BACKEND_ERROR.value, message="The receiver failed."),
    )


def _answer(
    status: HTTPStatus, *faults: Fault, headers: Mapping[str, str] | None = None
) -> Response[ErrorAnswer]:
    return Response(
        ErrorAnswer(errors=faults, code=status, message=faults[0].message),
        status_code=status,
        headers=headers,
    )


HANDLERS: Final[ExceptionHandlersMap] = {
    Refusal: _refused,
    ValidationException: _bad_parameter,
    HTTPException: _bad_body,
    EngineError: _engine_failed,
    Exception: _unexpected,
}
"""For the framework: which error ends in which answer."""

OF_JSON: Final[ExceptionHandlersMap] = {UnicodeDecodeError: _not_json, RecursionError: _not_json}
"""For calls with a JSON body: what the framework lets through that is not UTF-8, or nested without
end."""
