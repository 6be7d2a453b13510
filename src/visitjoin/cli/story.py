"""The example that the demo tells: a shop's visits and its CRM export, with the usual faults.

Everything happens relative to a given moment, so that the visits are always inside the window.
The people and their orders are invented.
"""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Moscow")
TARGET: Final = "order_paid"
GOAL_NAME: Final = "Order paid"
TRACKED_FOR: Final = timedelta(days=15)
"""How long tracking has been on: visits before that are out of reach."""

# ClientID as the tag makes it: the Unix second of the first visit, then a random number.
_ANNA: Final = "1793200000123456789"
_BORIS: Final = "1793300000223456781"
_VERA_LAPTOP: Final = "1793400000323456782"
_VERA_PHONE: Final = "1793500000423456783"
_DMITRI: Final = "1793600000523456784"
_ELENA: Final = "1792000000623456785"
_FEDOR: Final = "1793900000723456786"
_GALINA: Final = "1793700000823456787"
_NOBODY: Final = "1793800000923456788"


@dataclass(frozen=True, kw_only=True)
class _Visit:
    days_ago: float
    client_id: str
    source: str
    campaign: str = ""
    user_id: str = ""
    yclid: str = ""
    purchase_id: str = ""


_VISITS: Final = (
    _Visit(
        days_ago=12, client_id=_ANNA, source="ad", campaign="autumn", yclid="9715500000000000321"
    ),
    _Visit(days_ago=6, client_id=_ANNA, source="organic"),
    _Visit(days_ago=2, client_id=_ANNA, source="direct"),
    _Visit(days_ago=9, client_id=_BORIS, source="email", campaign="letter-44"),
    _Visit(days_ago=3, client_id=_BORIS, source="direct", user_id="crm-204"),
    _Visit(days_ago=8, client_id=_VERA_LAPTOP, source="social", user_id="crm-311"),
    _Visit(days_ago=1.2, client_id=_VERA_PHONE, source="messenger", user_id="crm-311"),
    _Visit(
        days_ago=5,
        client_id=_DMITRI,
        source="ad",
        campaign="brand",
        yclid="9715500000000000654",
        purchase_id="A-1042",
    ),
    _Visit(days_ago=18, client_id=_ELENA, source="ad", campaign="autumn"),
    _Visit(days_ago=1, client_id=_FEDOR, source="referral"),
    _Visit(days_ago=7, client_id=_GALINA, source="organic"),
    _Visit(days_ago=4, client_id=_GALINA, source="ad", campaign="brand"),
)


@dataclass(frozen=True, kw_only=True)
class _Deal:
    days_ago: float
    client_id: str = ""
    user_id: str = ""
    yclid: str = ""
    purchase_id: str = ""
    target: str = TARGET
    amount: str = ""
    currency: str = "RUB"
    written: str = "local"
    """How the CRM wrote the time: local, iso, seconds, milliseconds, or the text itself."""


_DEALS: Final = (
    _Deal(days_ago=5.5, client_id=_ANNA, amount="12 990,50"),
    _Deal(days_ago=5.5, yclid="9715500000000000321", amount="7 400,00", written="iso"),
    _Deal(days_ago=8.5, user_id="crm-204", amount="3 150,00"),
    _Deal(days_ago=1, user_id="crm-311", amount="24 000,00", written="seconds"),
    _Deal(days_ago=4.8, purchase_id="A-1042", amount="5 600,00"),
    _Deal(days_ago=4.2, client_id=_DMITRI, purchase_id="A-1042", amount="990,00"),
    _Deal(days_ago=6, client_id=_GALINA, amount="18 750,00"),
    _Deal(days_ago=3, client_id=_GALINA, amount="100,00", currency="USD"),
    # The same order exported twice; the second time with its price corrected.
    _Deal(days_ago=2.5, client_id=_GALINA, amount="6 000,00"),
    _Deal(days_ago=2.5, client_id=_GALINA, amount="6 300,00"),
    _Deal(days_ago=1.8, client_id=_ANNA, amount="2 100,00", currency="rub"),
    # A currency that ISO 4217 does not know: the row stays, its money does not.
    _Deal(days_ago=1.6, client_id=_ANNA, amount="40,00", currency="BTC"),
    # No identifier at all: consent refused, or a sale by telephone.
    _Deal(days_ago=4, amount="15 000,00"),
    # A spreadsheet took the ClientID for a number.
    _Deal(days_ago=4, client_id="1,79351E+18", amount="8 200,00"),
    _Deal(days_ago=4, client_id="+7 916 000-00-00", amount="1 000,00"),
    _Deal(days_ago=-2, client_id=_ANNA, amount="9 900,00"),
    _Deal(days_ago=3, client_id=_BORIS, amount="4 400,00", written="milliseconds"),
    _Deal(days_ago=3, client_id=_BORIS, amount="4 400,00", written=""),
    _Deal(days_ago=3, client_id=_BORIS, amount="on request"),
    _Deal(days_ago=3, client_id=_BORIS, amount="-4 400,00"),
    _Deal(days_ago=3, client_id=_BORIS, amount="4 400,00", currency="rubles"),
    # A test deal, and the most common mistake: the goal's name instead of its identifier.
    _Deal(days_ago=2, client_id=_BORIS, target="test", amount="1,00"),
    _Deal(days_ago=2, client_id=_BORIS, target=GOAL_NAME, amount="4 700,00"),
    _Deal(days_ago=4, client_id=_ELENA, amount="31 000,00"),
    _Deal(days_ago=3, client_id=_FEDOR, amount="2 800,00"),
    _Deal(days_ago=3, client_id=_NOBODY, amount="3 300,00"),
    # Older than any visit that could still be joined.
    _Deal(days_ago=40, client_id=_ANNA, amount="11 500,00"),
)


_VISIT_HEADERS: Final = (
    "visit_id",
    "client_id",
    "user_id",
    "started_at",
    "yclid",
    "purchase_ids",
    "traffic_source",
    "utm_campaign",
)
_DEAL_HEADERS: Final = (
    "Deal",
    "Client ID",
    "User ID",
    "yclid",
    "Purchase ID",
    "Goal",
    "Paid at",
    "Amount",
    "Currency",
    "Manager",
)


def visits_csv(now: datetime) -> str:
    """The shop's visits as a CSV with our names. now: aware; the visits lie before it."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_VISIT_HEADERS)
    for number, visit in enumerate(_VISITS, start=1):
        started = now - timedelta(days=visit.days_ago)
        rows.writerow(
            (
                f"v{number:02}",
                visit.client_id,
                visit.user_id,
                started.isoformat(timespec="seconds"),
                visit.yclid,
                visit.purchase_id,
                visit.source,
                visit.campaign,
            )
        )
    return text.getvalue()


def deals_csv(now: datetime) -> str:
    """The CRM's export: semicolons, decimal commas, local times, blank lines, and its faults.

    now: aware; local times are written in `ZONE`.
    """
    text = StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(_DEAL_HEADERS)
    for number, deal in enumerate(_DEALS, start=1):
        rows.writerow(
            (
                f"D-{500 + number}",
                deal.client_id,
                deal.user_id,
                deal.yclid,
                deal.purchase_id,
                deal.target,
                _written(deal, now),
                deal.amount,
                deal.currency,
                "Ivanova; O.",
            )
        )
    return "\ufeff" + text.getvalue() + "\r\n"


def _written(deal: _Deal, now: datetime) -> str:
    at = (now - timedelta(days=deal.days_ago)).replace(second=0, microsecond=0)
    match deal.written:
        case "local":
            return at.astimezone(ZONE).strftime("%d.%m.%Y %H:%M")
        case "iso":
            return at.isoformat()
        case "seconds":
            return str(int(at.timestamp()))
        case "milliseconds":
            return str(int(at.timestamp()) * 1000)
        case text:
            return text
