from dataclasses import replace
from datetime import UTC, datetime, timedelta

from visitjoin.receiver.catalog.audit import Written, forget, note, noted
from visitjoin.receiver.catalog.opening import Catalog

NOON = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WRITTEN = Written(
    made_at=NOON,
    made_by="crm",
    action="PUT /management/v1/counter/{counter_id}/goal/{goal_id}",
    counter_id=1,
    object="goal 7",
    result="200",
)


def test_what_is_noted_is_read_oldest_first(catalog: Catalog) -> None:
    bare = replace(WRITTEN, made_at=NOON + HOUR, made_by="shop", counter_id=None, object=None)
    note(catalog, WRITTEN)
    note(catalog, bare)

    assert noted(catalog, since=NOON) == (WRITTEN, bare)
    assert noted(catalog, since=NOON + HOUR) == (bare,)
    assert noted(catalog, since=NOON, made_by="crm") == (WRITTEN,)


def test_what_is_before_a_moment_is_forgotten(catalog: Catalog) -> None:
    for hours in range(3):
        note(catalog, replace(WRITTEN, made_at=NOON + hours * HOUR))

    forget(catalog, before=NOON + HOUR)

    assert [line.made_at for line in noted(catalog, since=NOON)] == [NOON + HOUR, NOON + 2 * HOUR]
