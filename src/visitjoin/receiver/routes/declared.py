"""What can a call answer beside what it is for? Declared once, for the OpenAPI document."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)

from visitjoin.contract.answers import ErrorAnswer
from visitjoin.contract.uploads import FILE_PART

_WHEN: Final = {
    HTTPStatus.BAD_REQUEST: "A parameter, the body or the file is not taken; says which and why",
    HTTPStatus.UNAUTHORIZED: "No token",
    HTTPStatus.FORBIDDEN: "The token is not known, or has not the right",
    HTTPStatus.NOT_FOUND: "There is no such thing",
    HTTPStatus.CONFLICT: "Not yet: ask again later",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large",
    HTTPStatus.TOO_MANY_REQUESTS: "Over a quota; says which",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not now: try again later",
    HTTPStatus.GATEWAY_TIMEOUT: "The body stood still for too long",
}


def refusals(*more: HTTPStatus) -> dict[int, ResponseSpec]:
    """The errors of a call. more: beyond those that every call with a token can answer."""
    return _errors(
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
        *more,
    )


def _errors(*statuses: HTTPStatus) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(ErrorAnswer, generate_examples=False, description=_WHEN[status])
        for status in statuses
    }


_OF_BODY: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.GATEWAY_TIMEOUT)

OF_ALL: Final = refusals()
OF_BODY: Final = refusals(*_OF_BODY)
OF_COUNTER: Final = refusals(HTTPStatus.NOT_FOUND)
OF_COUNTER_AND_BODY: Final = refusals(HTTPStatus.NOT_FOUND, *_OF_BODY)
OF_OUTCOMES: Final = refusals(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
OF_OPERATIONS: Final = _errors(HTTPStatus.SERVICE_UNAVAILABLE)


def _file_body(types: Iterable[str]) -> RequestBody:
    file = Schema(type=OpenAPIType.STRING, format="binary")  # type: ignore[arg-type] # free text
    form = Schema(type=OpenAPIType.OBJECT, properties={FILE_PART: file}, required=[FILE_PART])
    content = {type_: OpenAPIMediaType(schema=file) for type_ in types}
    return RequestBody(
        content={"multipart/form-data": OpenAPIMediaType(schema=form), **content},
        description="A form with one part named `file`; the file itself is taken as well",
        required=True,
    )


@dataclass
class TakesConversions(Operation):
    """A call whose body is a file of conversions or calls: it is streamed, and not parsed."""

    def __post_init__(self) -> None:
        """The framework does not know of the body."""
        self.request_body = _file_body(["text/csv"])


@dataclass
class TakesVisits(Operation):
    """A call whose body is a table of visits: it is streamed, and not parsed."""

    def __post_init__(self) -> None:
        """The framework does not know of the body."""
        self.request_body = _file_body(
            ["text/csv", "text/tab-separated-values", "application/vnd.apache.parquet"]
        )
