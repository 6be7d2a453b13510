"""What is a hit, as the Measurement Protocol writes it, and which hits are taken?

Source: the Measurement Protocol's page ("Data transfer using the Measurement Protocol"), and of our
own: `hid`, by which a hit that is sent again is known.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

import msgspec

from visitjoin.contract.identifiers import LARGEST_UNSIGNED_64

PAGEVIEW: Final = "pageview"
EVENT: Final = "event"
PURCHASE: Final = "purchase"
"""The value of `pa` with which `ti`, `tr` and `tcc` are id, revenue and coupon of a purchase."""

OLDEST: Final = 12 * 3600
"""Seconds. What happened earlier comes too late for the Measurement Protocol ("et")."""

LONGEST_LINE: Final = 32 << 10
"""Bytes of one hit. A page's address has 2 KB and its parameters as much, where a browser sends
them; the rest is for the products of a purchase."""

_DIGITS: Final = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_COUNTER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_PRODUCT: Final = re.compile(r"pr[0-9]+[a-z]{2}", re.ASCII)


class Hit(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What came of one hit. Texts as they were sent, decoded; None where there is none."""

    counter_id: int
    client_id: str
    type: str
    happened_at: int
    """Unix seconds."""
    received_ms: int
    """Unix milliseconds, by the receiver's clock."""
    hit_id: str | None = None
    url: str | None = None
    referrer: str | None = None
    title: str | None = None
    goal: str | None = None
    value: str | None = None
    currency: str | None = None
    params: str | None = None
    user_id: str | None = None
    screen: str | None = None
    action: str | None = None
    """Of e-commerce: detail, add, remove or purchase; another one is kept and means nothing."""
    purchase_id: str | None = None
    revenue: str | None = None
    coupon: str | None = None
    products: str | None = None
    """The fields `pr<N>..` as a JSON object."""
    user_agent: str | None = None
    """Only until robots are marked by it: it is not kept."""


class NotTaken(Exception):  # noqa: N818 - told to who sent it
    """A hit that is not taken. The message says why, and holds nothing that was sent."""


class _Metrica(msgspec.Struct):
    user_id: str | int | None = None


class _Params(msgspec.Struct):
    ym: _Metrica | None = msgspec.field(default=None, name="__ym")


_params: Final = msgspec.json.Decoder(_Params)
_json: Final = msgspec.json.Encoder()


def fields_of(line: str) -> dict[str, str]:
    """The fields of a hit: key=value, URL-encoded UTF-8. Of a repeated one the last.

    `parse_qsl` of the standard library is three times as slow, and this runs for each hit.
    """
    fields = {}
    for pair in line.split("&"):
        name, _, value = pair.partition("=")
        if value:
            value = value.replace("+", " ")
            # What `unquote` does, without its looking for stretches of ASCII.
            fields[name] = (
                unquote_to_bytes(value).decode("utf-8", "replace") if "%" in value else value
            )
    return fields


def counter_of(fields: Mapping[str, str]) -> int:
    """The counter that a hit belongs to. Raises NotTaken."""
    written = fields.get("tid", "")
    if not _COUNTER.fullmatch(written):
        raise NotTaken("tid: the number of a counter is missing, or is no number.")
    return int(written)


def hit_of(
    fields: Mapping[str, str], counter_id: int, *, received_ms: int, user_agent: str | None
) -> Hit:
    """The hit that fields describe.

    received_ms: Unix milliseconds, when it arrived. Raises NotTaken.
    """
    get = fields.get
    type_ = get("t")
    if type_ not in (PAGEVIEW, EVENT):
        raise NotTaken("t: either pageview or event.")
    action = get("pa")
    is_purchase = action == PURCHASE
    params = get("params")
    return Hit(
        counter_id=counter_id,
        client_id=_client_id(get("cid", "")),
        type=type_,
        happened_at=_moment(get("et"), received_ms // 1000),
        received_ms=received_ms,
        hit_id=get("hid"),
        url=get("dl"),
        referrer=get("dr"),
        title=get("dt"),
        goal=get("ea"),
        value=get("ev"),
        currency=get("cu"),
        params=params,
        user_id=_user_id(params) if params and '"__ym"' in params else None,
        screen=get("sr"),
        action=action,
        purchase_id=get("ti") if is_purchase else None,
        revenue=get("tr") if is_purchase else None,
        coupon=get("tcc") if is_purchase else None,
        products=_products(fields) if action else None,
        user_agent=user_agent,
    )


def _client_id(written: str) -> str:
    is_too_large = len(written) == len(LARGEST_UNSIGNED_64) and written > LARGEST_UNSIGNED_64
    if not _DIGITS.fullmatch(written) or is_too_large:
        raise NotTaken("cid: the ClientID is missing, or not a whole number of up to 20 digits.")
    return written


def _moment(written: str | None, received: int) -> int:
    """When it happened. A clock that is ahead of ours is taken for ours."""
    if written is None:
        return received
    if not _DIGITS.fullmatch(written):
        raise NotTaken("et: the time of the event in whole seconds since 1970.")
    happened = int(written)
    if received - happened > OLDEST:
        raise NotTaken(
            "et: more than 12 hours ago. What is older is uploaded as an offline conversion."
        )
    return min(happened, received)


def _user_id(params: str) -> str | None:
    """The UserID of `setUserID`, which the tag sends among the parameters; numbers as text."""
    try:
        found = _params.decode(params).ym
    except msgspec.MsgspecError:
        return None
    return str(found.user_id) if found is not None and found.user_id not in (None, "") else None


def _products(fields: Mapping[str, str]) -> str | None:
    products = {name: value for name, value in fields.items() if _PRODUCT.fullmatch(name)}
    return _json.encode(products).decode() if products else None
