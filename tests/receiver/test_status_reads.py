"""A receiver answers from memory only what still stands, whichever process wrote last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert, update

from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.counters import create_counter, delete_counter
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.tables import UPLOADINGS
from visitjoin.receiver.catalog.tokens import revoke_token
from visitjoin.receiver.issuing import issue_token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Running
    from tests.receiver.conftest import Receiver
    from visitjoin.receiver.catalog.opening import Catalog


@pytest.fixture
def catalog(running: Running) -> Iterator[Catalog]:
    """That of a receiver which runs in a process of its own, opened in the test's process."""
    catalog = open_catalog(f"sqlite:///{running.data / 'catalog.sqlite'}")
    yield catalog
    catalog.dispose()


@pytest.fixture
def counter(catalog: Catalog) -> int:
    now = datetime.now(UTC)
    return create_counter(catalog, name="Shop", site="", time_zone_name="Europe/Moscow", now=now).id


@pytest.fixture
def path(catalog: Catalog, counter: int) -> str:
    """Of an uploading at its end, which the receiver's worker does not touch."""
    made = insert(UPLOADINGS).values(
        counter_id=counter,
        status="PROCESSED",
        created_at=0,
        source_quantity=1_000_000,
        line_quantity=1_000_000,
        comment="",
        type="BASIC",
        folder="",
        tracked_since=0,
        counts={"linked": 0},
    )
    with catalog.begin() as connection:
        id_ = connection.scalar(made.returning(UPLOADINGS.c.id))
    return f"/management/v1/counter/{counter}/offline_conversions/uploading/{id_}"


def _token(catalog: Catalog) -> tuple[str, dict[str, str]]:
    """The name of a new token, and the headers of who holds it."""
    name = f"crm-{uuid4()}"
    token = issue_token(
        catalog,
        name,
        scopes=[Scope.OFFLINE_DATA],
        bound_to=None,
        days=None,
        now=datetime.now(UTC),
    )
    return name, {"Authorization": f"OAuth {token}"}


def test_what_another_process_committed_is_answered_at_once(
    running: Running, catalog: Catalog, counter: int, path: str
) -> None:
    _, headers = _token(catalog)

    with httpx.Client(base_url=running.address, headers=headers) as client:
        for linked in range(50):
            linking = update(UPLOADINGS).where(UPLOADINGS.c.counter_id == counter)
            with catalog.begin() as connection:
                connection.execute(linking.values(counts={"linked": linked}))
            answers = [client.get(path).json()["uploading"] for _ in range(2)]

            assert [answer["linked_quantity"] for answer in answers] == [linked] * 2


def test_a_token_that_another_process_revokes_is_refused_at_once(
    running: Running, catalog: Catalog, path: str
) -> None:
    name, headers = _token(catalog)

    with httpx.Client(base_url=running.address, headers=headers) as client:
        before = [client.get(path).status_code for _ in range(2)]
        revoke_token(catalog, name, now=datetime.now(UTC))
        after = client.get(path)

    assert before == [200, 200]
    assert (after.status_code, after.json()["errors"][0]["error_type"]) == (403, "invalid_token")


def test_the_uploadings_of_a_counter_that_another_process_deletes_are_gone(
    running: Running, catalog: Catalog, counter: int, path: str
) -> None:
    _, headers = _token(catalog)

    with httpx.Client(base_url=running.address, headers=headers) as client:
        before = client.get(path).status_code
        delete_counter(catalog, counter, now=datetime.now(UTC))
        after = client.get(path)

    assert before == 200
    assert (after.status_code, after.json()["message"]) == (404, f"There is no counter {counter}.")


def test_a_token_that_is_remembered_expires_at_its_moment(shared: Receiver) -> None:
    goals = f"{shared.shop()}/goals"
    holder = shared.holder(Scope.READ, days=1)
    holder.call("GET", goals)

    shared.clock.advance(timedelta(days=1))

    status, error_type, _ = holder.refused("GET", goals)
    assert (status, error_type) == (403, "invalid_token")
