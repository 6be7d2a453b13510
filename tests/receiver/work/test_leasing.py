"""A lease lasts as long as the work, however long that is, and no longer."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.receiver.uploaded import Clock, accept, opened
from visitjoin.contract.uploads import UploadingId, UploadStatus
from visitjoin.receiver.catalog.leases import LeaseLost
from visitjoin.receiver.catalog.progress import advance, progress
from visitjoin.receiver.catalog.tables import LEASES
from visitjoin.receiver.work.leasing import leased
from visitjoin.receiver.work.stores import Stores

ONE = UploadingId(1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stores(tmp_path: Path, clock: Clock) -> Iterator[Stores]:
    with opened(tmp_path, clock) as stores:
        accept(stores)
        yield stores


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        pass


def _expiry(stores: Stores) -> int:
    with stores.catalog.connect() as connection:
        return int(connection.scalars(select(LEASES.c.expires_at)).one())


def test_a_lease_is_renewed_while_the_work_goes_on(stores: Stores, clock: Clock) -> None:
    brief = replace(stores, settings=replace(stores.settings, lease=timedelta(seconds=0.03)))
    with leased(brief, [ONE]) as ours:
        clock.now += timedelta(hours=1)
        _until(lambda: _expiry(stores) >= clock.now.timestamp())

        advance(stores.catalog, ours, UploadStatus.EXPORTED)

    with leased(stores, [ONE]) as theirs:
        assert theirs


def test_who_is_late_does_not_write_down_what_another_does(stores: Stores, clock: Clock) -> None:
    with leased(stores, [ONE]) as ours:
        clock.now += stores.settings.lease
        with leased(stores, [ONE]) as theirs:
            assert theirs

            with pytest.raises(LeaseLost):
                advance(stores.catalog, ours, UploadStatus.EXPORTED)

    assert progress(stores.catalog, ONE).status is UploadStatus.UPLOADED


def test_a_lease_is_given_back_when_the_work_fails(stores: Stores) -> None:
    with pytest.raises(KeyError), leased(stores, [ONE]):
        raise KeyError

    with leased(stores, [ONE]) as leases:
        assert leases
