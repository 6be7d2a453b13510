"""What the catalog is told of each noun it tells again, whichever database it is in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from visitjoin.contract.extension import Correction
from visitjoin.contract.goals import Condition, Goal, GoalId
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.uploads import UploadingId, UploadStatus, UploadType
from visitjoin.receiver.catalog.corrections import (
    Making,
    corrections,
    corrections_under,
    keep_corrections,
    newest_uploading,
)
from visitjoin.receiver.catalog.counters import counter, counters, create_counter, delete_counter
from visitjoin.receiver.catalog.goals import (
    add_goal,
    change_goal,
    delete_goal,
    goal,
    goals,
)
from visitjoin.receiver.catalog.leases import Lease, LeaseLost, take
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.progress import (
    Conclusion,
    advance,
    begin_linking,
    conclude,
    counters_open_to_visits,
    is_needed,
    open_to_visits,
    progress,
    unfinished,
)
from visitjoin.receiver.catalog.tracking import disable_tracking, enable_tracking, tracked_since
from visitjoin.receiver.catalog.uploadings import (
    Accepted,
    KeyTaken,
    outcome_counts,
    quantities_by_status,
    record,
    uploading,
    uploading_under,
    uploadings,
)

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOAL = Goal(
    id=GoalId(0),
    name="Заказ оплачен",
    type="action",
    conditions=(Condition(type="exact", url="order_paid"),),
    default_price=9.5,
    is_favorite=True,
)
ACCEPTED = Accepted(
    counter_id=1,
    folder="f00d",
    created_at=NOW,
    tracked_since=NOW - 60 * DAY,
    source_quantity=5,
    line_quantity=4,
    comment="batch 7",
    type=UploadType.BASIC,
    client_id_type=None,
    key="once",
)
LEASE = Lease("uploading/1", "us")
LEASES = {UploadingId(1): LEASE}


@pytest.fixture(autouse=True)
def _counter(catalog: Catalog) -> None:
    create_counter(catalog, name="Лавка", site="shop.example", time_zone_name="UTC", now=NOW)


def _leased(catalog: Catalog) -> None:
    assert take(catalog, LEASE, now=NOW, until=NOW + DAY, is_dead=lambda _: False)


def _processed(counts: dict[Outcome, int], *, visits_seen: int) -> dict[UploadingId, Conclusion]:
    status = UploadStatus.PROCESSED
    found = Conclusion(status=status, counts=counts, visits_seen=visits_seen)
    return {UploadingId(1): found}


def test_a_deleted_counter_is_listed_no_more_and_its_number_is_not_given_again(
    catalog: Catalog,
) -> None:
    delete_counter(catalog, 1, now=NOW)
    again = create_counter(catalog, name="Shop", site="", time_zone_name="Asia/Omsk", now=NOW)

    assert counters(catalog, now=NOW) == (again,)
    assert counter(catalog, 1, now=NOW) is None
    assert (again.id, again.time_zone_offset) == (2, 360)


def test_a_goal_is_changed_and_deleted_in_its_own_counter_alone(catalog: Catalog) -> None:
    made = add_goal(catalog, 1, GOAL)
    changed = Goal(id=made.id, name="Paid", type="action", conditions=GOAL.conditions)

    assert goal(catalog, 1, made.id) == made
    assert made.conditions == GOAL.conditions
    assert made.is_favorite is True
    assert change_goal(catalog, 2, changed) is None
    assert change_goal(catalog, 1, changed) == changed
    assert not delete_goal(catalog, 2, made.id, now=NOW)
    assert delete_goal(catalog, 1, made.id, now=NOW)
    assert goals(catalog, 1) == ()
    assert [found.status for found in goals(catalog, 1, deleted=True)] == ["Deleted"]


def test_conversions_and_calls_are_tracked_apart(catalog: Catalog) -> None:
    enable_tracking(catalog, 1, UploadType.BASIC, since=NOW - DAY)
    enable_tracking(catalog, 1, UploadType.BASIC, since=NOW)
    enable_tracking(catalog, 1, UploadType.CALLS, since=NOW - DAY)
    disable_tracking(catalog, 1, UploadType.CALLS)

    assert tracked_since(catalog, 1, UploadType.BASIC) == NOW
    assert tracked_since(catalog, 1, UploadType.CALLS) is None


def test_a_key_has_one_uploading_and_no_key_has_many(catalog: Catalog) -> None:
    first = record(catalog, ACCEPTED)
    record(catalog, replace(ACCEPTED, key=None))
    record(catalog, replace(ACCEPTED, key=None))

    with pytest.raises(KeyTaken) as taken:
        record(catalog, ACCEPTED)

    assert taken.value.uploading == first == uploading_under(catalog, 1, "once")
    listed = uploadings(catalog, 1, type_=UploadType.BASIC, limit=2, offset=1)
    ids = [found.id for found in listed]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 2


def test_an_uploading_comes_to_its_end_under_its_lease_alone(catalog: Catalog) -> None:
    record(catalog, ACCEPTED)
    with pytest.raises(LeaseLost):
        advance(catalog, LEASES, UploadStatus.EXPORTED)
    _leased(catalog)

    begin_linking(catalog, LEASES, now=NOW, imports=3)
    begin_linking(catalog, LEASES, now=NOW + DAY, imports=4)
    begun = progress(catalog, 1)
    assert (begun.processed_at, begun.visits_seen) == (NOW, 4)
    advance(catalog, LEASES, UploadStatus.MATCHED)
    assert [found.status for found in unfinished(catalog)] == [UploadStatus.MATCHED]
    assert is_needed(catalog, "f00d")
    counts = {Outcome.LINKED: 1, Outcome.VISITOR_NOT_FOUND: 3, Outcome.REJECTED: 1}
    conclude(catalog, LEASES, _processed(counts, visits_seen=4))

    assert unfinished(catalog) == ()
    assert not is_needed(catalog, "f00d")
    assert outcome_counts(catalog, 1) == counts
    assert quantities_by_status(catalog)[UploadStatus.PROCESSED] == 1
    found = uploading(catalog, 1, 1)
    assert found is not None
    assert (found.linked_quantity, found.user_not_found_quantity) == (1, 3)


def test_an_uploading_is_open_to_visits_that_it_has_not_seen(catalog: Catalog) -> None:
    record(catalog, ACCEPTED)
    _leased(catalog)
    begin_linking(catalog, LEASES, now=NOW, imports=4)
    counts = {Outcome.LINKED: 1, Outcome.VISITOR_NOT_FOUND: 3}
    conclude(catalog, LEASES, _processed(counts, visits_seen=4))

    assert counters_open_to_visits(catalog, since=NOW - DAY) == {1: 4}
    assert open_to_visits(catalog, 1, since=NOW - DAY, imports=5) == (progress(catalog, 1),)
    assert open_to_visits(catalog, 1, since=NOW - DAY, imports=4) == ()
    assert open_to_visits(catalog, 2, since=NOW - DAY, imports=5) == ()
    assert counters_open_to_visits(catalog, since=NOW) == {}

    conclude(catalog, LEASES, _processed({Outcome.LINKED: 4}, visits_seen=5))

    assert counters_open_to_visits(catalog, since=NOW - DAY) == {}


def test_corrections_are_kept_with_who_and_when_and_once_for_their_key(catalog: Catalog) -> None:
    record(catalog, ACCEPTED)
    making = Making(
        counter_id=1,
        key="once",
        made_at=NOW,
        made_by="admin",
        newest_uploading=newest_uploading(catalog, 1),
    )
    price = Decimal("123456789012.000001")  # no float holds it
    asked = [
        Correction(client_id="17", target="order_paid", happened_at=1773999000, retract=True),
        Correction(purchase_id="A", price=price, currency="RUB", comment="возврат"),
    ]

    kept = keep_corrections(catalog, making, asked, [1, 0])
    again = keep_corrections(catalog, making, asked[:1], [9])

    assert again == kept == corrections_under(catalog, 1, "once")
    assert corrections(catalog, 1) == kept[::-1]
    assert [(one.made_by, one.made_at, one.newest_uploading) for one in kept] == [
        ("admin", NOW, 1)
    ] * 2
    assert (kept[1].price, kept[1].comment, kept[1].state) == (price, "возврат", "not_found")
