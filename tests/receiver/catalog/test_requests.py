from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.requests import count_request, forget_days_before
from visitjoin.receiver.catalog.tables import REQUESTS

NOON = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_requests_that_come_together_are_all_counted(catalog: Catalog) -> None:
    def count(_: int) -> bool:
        return count_request(catalog, "token crm", now=NOON, most=20)

    with ThreadPoolExecutor(8) as threads:
        counted = list(threads.map(count, range(40)))

    assert counted.count(True) == 20


def test_each_day_of_greenwich_and_whoever_asks_is_counted_apart(catalog: Catalog) -> None:
    midnight = datetime(2026, 3, 21, tzinfo=UTC)
    moscow = datetime.fromisoformat("2026-03-21T02:59:59+03:00")

    counted = [
        count_request(catalog, asked, now=now, most=1)
        for asked, now in [
            ("token crm", NOON),
            ("token crm", moscow),
            ("token crm", midnight),
            ("token shop", NOON),
        ]
    ]

    assert counted == [True, False, True, True]


def test_the_counts_of_earlier_days_are_forgotten(catalog: Catalog) -> None:
    for days in range(3):
        count_request(catalog, "token crm", now=NOON + days * DAY, most=1)

    forget_days_before(catalog, NOON + 2 * DAY)

    with catalog.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(REQUESTS)) == 1
    assert not count_request(catalog, "token crm", now=NOON + 2 * DAY, most=1)
