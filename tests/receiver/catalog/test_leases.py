from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from visitjoin.receiver.catalog.leases import Lease, LeaseLost, hold, release, renew, take
from visitjoin.receiver.catalog.opening import Catalog

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OURS, THEIRS = Lease("uploading/7", "us"), Lease("uploading/7", "them")


def _take(
    catalog: Catalog, lease: Lease, *, at: datetime = NOW, dead: frozenset[str] = frozenset()
) -> bool:
    return take(catalog, lease, now=at, until=at + MINUTE, is_dead=dead.__contains__)


def test_a_lease_is_held_by_one_until_it_is_given_back(catalog: Catalog) -> None:
    assert _take(catalog, OURS)
    assert not _take(catalog, THEIRS)
    assert _take(catalog, Lease("uploading/8", "them"))

    release(catalog, OURS)

    assert _take(catalog, THEIRS)


def test_a_lease_that_ran_out_is_taken_over(catalog: Catalog) -> None:
    _take(catalog, OURS)

    assert not _take(catalog, THEIRS, at=NOW + MINUTE - timedelta(seconds=1))
    assert _take(catalog, THEIRS, at=NOW + MINUTE)


def test_a_lease_of_the_dead_is_taken_over_at_once(catalog: Catalog) -> None:
    _take(catalog, OURS)

    assert _take(catalog, THEIRS, dead=frozenset({"us"}))


def test_a_lease_that_is_renewed_lasts_longer(catalog: Catalog) -> None:
    _take(catalog, OURS)

    assert renew(catalog, OURS, until=NOW + 3 * MINUTE)

    assert not _take(catalog, THEIRS, at=NOW + 2 * MINUTE)


def test_who_lost_a_lease_cannot_renew_it_give_it_back_or_write_under_it(catalog: Catalog) -> None:
    _take(catalog, OURS)
    _take(catalog, THEIRS, at=NOW + MINUTE)

    assert not renew(catalog, OURS, until=NOW + 9 * MINUTE)
    release(catalog, OURS)
    with pytest.raises(LeaseLost, match="uploading/7"), catalog.begin() as connection:
        hold(connection, OURS)

    with catalog.begin() as connection:
        hold(connection, THEIRS)


def test_nobody_takes_a_lease_over_while_its_holder_writes(catalog: Catalog) -> None:
    _take(catalog, OURS)
    with ThreadPoolExecutor(1) as thread:
        with catalog.begin() as connection:
            hold(connection, OURS)
            taking = thread.submit(_take, catalog, THEIRS, at=NOW + MINUTE)
            connection.execute(text("insert into requests values ('written', 0, 0)"))
            assert not taking.done()

        assert taking.result(timeout=30)
    with catalog.connect() as connection:
        assert connection.scalar(text("select asked from requests")) == "written"


@pytest.mark.parametrize("held", [False, True])
def test_of_many_who_want_a_lease_at_once_one_gets_it(catalog: Catalog, *, held: bool) -> None:
    if held:
        _take(catalog, OURS, at=NOW - MINUTE)
    ready = Barrier(8)

    def taken(number: int) -> bool:
        ready.wait()
        return _take(catalog, Lease("uploading/7", f"worker {number}"))

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(taken, range(8))) == [False] * 7 + [True]
