"""Real records through the whole path: 69,659 purchases of 23,570 customers of CDNOW, 1997-98.

The data set is not in this repository; the test runs where its folder lies beside it. Days are
moved so that the last one is yesterday, and each customer has a visit an hour before each day's
purchases, so what must come out can be counted by other means.
"""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Running
from visitjoin.contract.columns import Column
from visitjoin.prepare import Mapping
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.report import Fate
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "cdnow_transactions.csv"
HOUR = timedelta(hours=1)


class Purchase(NamedTuple):
    customer: str
    paid_at: datetime
    dollars: Decimal


def purchases() -> list[Purchase]:
    """The records, moved to the present; all of a day are at noon."""
    with RECORDS.open() as file:
        rows = list(csv.DictReader(file))
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    days = [datetime.strptime(row["date"], "%Y%m%d").replace(tzinfo=UTC) for row in rows]
    shift = noon - timedelta(days=1) - max(days)
    return [
        Purchase(row["customer_id"], day + shift, Decimal(row["dollars"]))
        for row, day in zip(rows, days, strict=True)
    ]


@pytest.mark.skipif(not RECORDS.exists(), reason="the CDNOW records are not beside this checkout")
def test_real_purchases_are_all_accounted_for_to_the_cent(running: Running, tmp_path: Path) -> None:
    records = purchases()
    # Purchases of a customer on a day are one conversion here, for they have one moment.
    last = {(row.customer, row.paid_at): row.dollars for row in records}
    deals, visits = tmp_path / "deals.csv", tmp_path / "visits.csv"
    with deals.open("w") as file:
        file.write("Customer ID;Paid at;Amount\n")
        for row in records:
            amount = str(row.dollars).replace(".", ",")
            file.write(f"{row.customer};{row.paid_at.isoformat()};{amount}\n")
    with visits.open("w") as file:
        file.write("visit_id,user_id,started_at,traffic_source\n")
        for number, (customer, paid_at) in enumerate(last):
            file.write(f"v{number},{customer},{(paid_at - HOUR).isoformat()},ad\n")

    with running.shop() as shop:
        Receiver(shop).import_visits(visits)
        threshold = shop.join_threshold()
        constants = {Column.TARGET: "order_paid", Column.CURRENCY: "USD"}
        report = send(shop, deals, Wishes(mapping=Mapping(constants=constants)))

    uploaded = {key: dollars for key, dollars in last.items() if key[1] >= threshold}
    linked = [dollars for key, dollars in uploaded.items() if key[1] - HOUR >= threshold]
    assert report.in_export.rows == len(records) == 69_659
    assert report.in_export.money == {"USD": sum(row.dollars for row in records)}
    assert report.fates[Fate.DUPLICATE].rows == len(records) - len(last)
    assert report.fates[Fate.TOO_OLD].rows == len(last) - len(uploaded)
    assert report.uploaded.rows == len(uploaded)
    assert report.fates[Fate.LINKED].rows == len(linked)
    assert report.fates[Fate.LINKED].money == {"USD": sum(linked)}
