"""What does the OpenAPI document say of `/collect`?

Told here, for the framework never sees a hit.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    PathItem,
    RequestBody,
    Responses,
    Schema,
)

from visitjoin.contract.hits import EVENT, PAGEVIEW
from visitjoin.receiver.collect.answers import LARGEST_BODY

_TEXT: Final = OpenAPIType.STRING
_WHOLE: Final = OpenAPIType.INTEGER

_FIELDS: Final[Mapping[str, Schema]] = {
    "tid": Schema(type=_WHOLE, minimum=0, description="The counter's number"),
    "cid": Schema(
        type=_TEXT,
        pattern="^[1-9][0-9]{0,19}$",
        description="The ClientID, a whole number of up to 64 bits",
    ),
    "t": Schema(type=_TEXT, enum=[PAGEVIEW, EVENT], description="What it is"),
    "dl": Schema(type=_TEXT, description="The page's address"),
    "dr": Schema(type=_TEXT, description="Its referrer"),
    "dt": Schema(type=_TEXT, description="Its title"),
    "ea": Schema(type=_TEXT, description="Of an event: the identifier of the goal"),
    "ev": Schema(type=_TEXT, description="The goal's value, a decimal number"),
    "cu": Schema(type=_TEXT, description="Currency of the value and the revenue"),
    "et": Schema(
        type=_WHOLE,
        description="When it happened, Unix seconds, at most 12 hours ago; left out: now",
    ),
    "params": Schema(
        type=_TEXT,
        description='Parameters as a JSON object; {"__ym": {"user_id": "…"}} sets the UserID',
    ),
    "pa": Schema(
        type=_TEXT,
        description="Of e-commerce: detail, add, remove or purchase. Its products are in pr1id, "
        "pr1nm, pr1br, pr1ca, pr1va, pr1pr, pr1qt, pr1cc, pr1ps, pr2id and so on",
    ),
    "ti": Schema(type=_TEXT, description="Of a purchase: its PurchaseId"),
    "tr": Schema(type=_TEXT, description="Of a purchase: its revenue, a decimal number"),
    "tcc": Schema(type=_TEXT, description="Of a purchase: its coupon"),
    "sr": Schema(type=_TEXT, description="The screen, such as 1440x900x30"),
    "ms": Schema(type=_TEXT, description="A measurement token, where the counter asks for one"),
    "hid": Schema(type=_TEXT, description="Ours: an id of the hit. Sent twice, it counts once"),
}
"""As contract.hits reads them."""

_NEEDED: Final = ("tid", "cid", "t")

_ERRORS: Final = {
    HTTPStatus.BAD_REQUEST: "A field is missing or wrong; says which. Of several hits the others "
    "were taken",
    HTTPStatus.FORBIDDEN: "The counter takes no hit without one of its measurement tokens",
    HTTPStatus.NOT_FOUND: "There is no such counter",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The hit or the body is too large",
    HTTPStatus.TOO_MANY_REQUESTS: "More than an address may send in a second: send it again later",
    HTTPStatus.SERVICE_UNAVAILABLE: "The disk does not keep up: send it again later",
}


def _answers(kept: str, *types: str, **more: str) -> Responses:
    errors = {str(status.value): why for status, why in _ERRORS.items()} | more
    return {
        "200": _answer(kept, types),
        **{status: _answer(why, ["text/plain"]) for status, why in errors.items()},
    }


def _answer(description: str, types: Iterable[str]) -> OpenAPIResponse:
    text = OpenAPIMediaType(schema=Schema(type=_TEXT))
    return OpenAPIResponse(description=description, content=dict.fromkeys(types, text))


_KEPT: Final = "On disk; or not wanted, as the visitor asked not to be tracked"

_GET: Final = Operation(
    operation_id="CollectHit",
    summary="CollectHit",
    description="Take a hit of the Measurement Protocol. Without a token: a page can keep none "
    "secret. Asked for as an image (`Accept: image/…`), it answers one, and takes the visitor from "
    "the cookie `_ym_uid` and the page from the referrer where `cid` and `dl` are left out.",
    parameters=[
        Parameter(
            name=name,
            param_in="query",
            schema=schema,
            description=schema.description,
            required=name in _NEEDED,
        )
        for name, schema in _FIELDS.items()
    ],
    responses=_answers(_KEPT, "text/html", "image/gif"),
)

_POST: Final = Operation(
    operation_id="CollectHits",
    summary="CollectHits",
    description="Take hits of the Measurement Protocol, one a line, each written as a form is. "
    "What stands in the address holds for every line.",
    request_body=RequestBody(
        description=f"{LARGEST_BODY >> 10} KB at most. The type is not looked at",
        content={
            "application/x-www-form-urlencoded": OpenAPIMediaType(
                schema=Schema(
                    type=OpenAPIType.OBJECT, properties=dict(_FIELDS), required=list(_NEEDED)
                )
            ),
            "text/plain": OpenAPIMediaType(schema=Schema(type=_TEXT)),
        },
        required=True,
    ),
    responses=_answers(
        _KEPT,
        "text/html",
        **{str(HTTPStatus.GATEWAY_TIMEOUT.value): "The body did not come in time: send it again"},
    ),
)

COLLECT: Final = PathItem(get=_GET, post=_POST)
"""Of the path `/collect`."""
