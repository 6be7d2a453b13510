"""The rules of a row once more: one row at a time, slow, obvious, and with other means.

`test_against_slow.py` holds the fast checks against this.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from visitjoin.contract.currencies import known_currencies
from visitjoin.contract.reasons import Reason

IDENTIFIERS = ("ClientId", "UserId", "Yclid", "PurchaseId")
FORMATS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
)


def slow_check(
    cells: dict[str, str], *, now: datetime, zone: ZoneInfo | None
) -> Reason | dict[str, object]:
    """The reason for which a row is rejected, or the conversion that it is."""
    row = {name: value.strip() for name, value in cells.items()}
    if not any(row[name] for name in IDENTIFIERS):
        return Reason.NO_IDENTIFIER
    for name in ("ClientId", "Yclid"):
        if row[name] and (fault := identifier_fault(row[name])):
            return fault
    if not row["Target"]:
        return Reason.TARGET_EMPTY
    moment = read_time(row["DateTime"], zone)
    if isinstance(moment, Reason):
        return moment
    if moment > now.timestamp():
        return Reason.DATE_TIME_IN_THE_FUTURE
    price = read_price(row["Price"])
    if isinstance(price, Reason):
        return price
    currency = row["Currency"].upper()
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        return Reason.CURRENCY_NOT_THREE_LETTERS
    if currency and currency not in known_currencies():
        price, currency = None, ""
    return {
        "client_id": row["ClientId"] or None,
        "user_id": row["UserId"] or None,
        "yclid": row["Yclid"] or None,
        "purchase_id": row["PurchaseId"] or None,
        "target": row["Target"],
        "happened_at": moment,
        "price": price,
        "currency": currency or None,
    }


def identifier_fault(text: str) -> Reason | None:
    if text.isascii() and text.isdigit() and len(text) <= 20 and int(text) < 2**64:
        return None
    body = text.lstrip("+-").replace(",", ".").lower()
    mantissa, e, exponent = body.partition("e")
    whole, point, fraction = mantissa.partition(".")
    looks_like_a_double = (
        (bool(e) or bool(point))
        and whole.isdigit()
        and (not point or fraction.isdigit())
        and (not e or exponent.lstrip("+-").isdigit())
    )
    return Reason.IDENTIFIER_DAMAGED if looks_like_a_double else Reason.IDENTIFIER_NOT_A_NUMBER


def read_time(text: str, zone: ZoneInfo | None) -> int | Reason:
    if not text:
        return Reason.DATE_TIME_MISSING
    if text.isdigit():
        if len(text) in (12, 13):
            return Reason.DATE_TIME_IN_MILLISECONDS
        return int(text) if len(text) in (9, 10) else Reason.DATE_TIME_NOT_A_TIME
    if found := re.fullmatch(r"(.*\d)(Z|[+-]\d\d:\d\d)", text):
        for way in FORMATS[:4]:
            try:
                local = datetime.strptime(found[1], way)  # noqa: DTZ007 - its offset comes next
            except ValueError:
                continue
            offset = datetime.strptime(found[2].replace("Z", "+00:00"), "%z").tzinfo
            return int(local.replace(tzinfo=offset).timestamp())
        return Reason.DATE_TIME_NOT_A_TIME
    for way in FORMATS:
        try:
            local = datetime.strptime(text, way)  # noqa: DTZ007 - its zone comes next
        except ValueError:
            continue
        if zone is None:
            return Reason.DATE_TIME_WITHOUT_ZONE
        return in_zone(local, zone)
    return Reason.DATE_TIME_NOT_A_TIME


def in_zone(local: datetime, zone: ZoneInfo) -> int | Reason:
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        return Reason.DATE_TIME_AMBIGUOUS
    return int(first.astimezone(UTC).timestamp())


def read_price(text: str) -> Decimal | Reason | None:
    """As in a table cut by semicolons, where a comma can only be decimal."""
    if not text:
        return None
    negative = text.startswith("-")
    number = re.sub(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))", "", text.removeprefix("-"))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", number):
        number = number.replace(".", "")
    number = number.replace(",", ".", 1)
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", number):
        return Reason.PRICE_NOT_A_NUMBER
    if negative:
        return Reason.PRICE_NEGATIVE
    try:
        price = Decimal(number)
    except InvalidOperation:
        return Reason.PRICE_NOT_A_NUMBER
    too_fine = price != round(price, 6)
    return Reason.PRICE_OUT_OF_RANGE if price >= 10**12 or too_fine else price
