"""Whether the source, the receiver and the ledger say the same, row by row and to the kopeck."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.batches import State
from visitjoin.sender.run.track import track

_FIRST_SALE: Final = int((datetime.now(UTC) - timedelta(days=2)).timestamp())
_HOUR: Final = 3600


@dataclass(frozen=True)
class Deal:
    """A conversion. Its number says its visitor and its moment, which no other has."""

    number: int
    price: Decimal

    @property
    def client_id(self) -> str:
        return f"17{self.number:017d}"

    @property
    def happened_at(self) -> int:
        return _FIRST_SALE + self.number


Held = tuple[int, Decimal]
"""A conversion as a receiver or a ledger holds it: its moment and its price."""


def deal(number: int, *, repriced: int = 0) -> Deal:
    """A deal whose price no other has. repriced: how often its price was changed."""
    return Deal(number, Decimal(number * 100 + repriced) + Decimal("0.37"))


def write_deals(deals: Iterable[Deal], path: Path) -> None:
    """Write deals as a CRM exports them."""
    lines = (f"{one.client_id},order_paid,{one.happened_at},{one.price},RUB\n" for one in deals)
    path.write_text("ClientId,Target,DateTime,Price,Currency\n" + "".join(lines), encoding="utf-8")


def import_visits(shop: Metrica, deals: Iterable[Deal], folder: Path) -> None:
    """Give the receiver a visit for each deal, an hour before it, so that each links."""
    lines = (f"v{one.number},{one.client_id},{one.happened_at - _HOUR},ad\n" for one in deals)
    path = folder / "visits.csv"
    path.write_text("visit_id,client_id,started_at,traffic_source\n" + "".join(lines), "utf-8")
    Receiver(shop).import_visits(path)


def held_by_source(deals: Iterable[Deal]) -> Counter[Held]:
    """What there is to be sent."""
    return Counter((one.happened_at, one.price) for one in deals)


def held_by_receiver(shop: Metrica) -> Counter[Held]:
    """Every row of every uploading, as often as it stands in them."""
    return Counter(_rows_of_uploadings(shop))


def _rows_of_uploadings(shop: Metrica) -> Iterator[Held]:
    for uploading in shop.uploadings():
        track(shop, uploading.id)
        for page in Receiver(shop).all_outcomes(uploading.id):
            for row in page:
                assert row.happened_at is not None
                assert row.price is not None
                yield row.happened_at, row.price


def held_by_ledger(ledger: Path) -> Counter[Held]:
    """Every row that the ledger says was sent."""
    return Counter(_ask(ledger, "select happened_at, price from sent"))


def states_in_ledger(ledger: Path) -> list[State]:
    """Where the batches stand, the oldest first; none where there is no ledger."""
    if not ledger.exists():
        return []
    return [
        State(state) for (state,) in _ask(ledger, "select state from batches order by batch_no")
    ]


def _ask(ledger: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(ledger)) as engine:
        return engine.execute(query).fetchall()


def revenue(shop: Metrica) -> Decimal:
    """The money that the receiver's report counts."""
    return sum((row.revenue for row in Receiver(shop).report()), Decimal(0))
