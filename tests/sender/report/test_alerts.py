"""What fell is told, with its numbers; what did not fall is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sender.ledger.kept import NOW, Kept, a_ledger, days_ago
from visitjoin.sender.ledger.health import health_of
from visitjoin.sender.report.alerts import Alert, By, Watched, alerts

OLDEST = 20


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with a_ledger(tmp_path / "ledger.duckdb") as ledger:
        yield ledger


def told(kept: Kept, *, floor: float | None = None, at_least: int = 30) -> tuple[Alert, ...]:
    return alerts(health_of(kept.engine, now=NOW), floor=floor, at_least=at_least)


def about(found: tuple[Alert, ...], watched: Watched) -> list[Alert]:
    return [alert for alert in found if alert.watched is watched]


def usual(kept: Kept, until: int, *, linked: int = 80, others: int = 20) -> None:
    """Days like each other, from the oldest to `until` days ago."""
    for number in range(OLDEST, until - 1, -1):
        kept.nightly(days_ago(number), linked=linked, others=others)


def test_days_like_each_other_alert_nobody(kept: Kept) -> None:
    usual(kept, 1)

    assert told(kept, floor=0.6) == ()


def test_a_share_below_the_floor_is_told(kept: Kept) -> None:
    usual(kept, 1)

    (alert,) = told(kept, floor=0.85)

    assert alert.watched is Watched.FLOOR
    assert "below 85.0%: 80.0% of 100 rows on Tue 2026-11-24" in alert.sentence


def test_a_share_that_falls_is_told_although_it_is_above_the_floor(kept: Kept) -> None:
    usual(kept, 2)
    kept.nightly(days_ago(1), linked=40, others=60)

    found = told(kept, floor=0.1)

    assert [(alert.by, alert.part) for alert in found] == [
        (None, None),
        (By.KIND, "CLIENT_ID"),
        (By.TARGET, "order_paid"),
    ]
    assert found[0].sentence == (
        "The share linked fell on Tue 2026-11-24: 40.0% of 100 rows; the median of the 14 days "
        "before is 80.0%, a fall is below 60.0%."
    )


def test_a_fall_of_few_rows_that_chance_explains_is_not_told(kept: Kept) -> None:
    """22 of 40 is under three quarters of 75 %, and no three deviations of a day of 40 from it."""
    usual(kept, 2, linked=75, others=25)
    kept.nightly(days_ago(1), linked=22, others=18)

    assert about(told(kept), Watched.SHARE) == []


def test_a_day_with_too_few_rows_is_not_judged(kept: Kept) -> None:
    usual(kept, 2)
    kept.nightly(days_ago(1), linked=0, others=29)

    assert about(told(kept, floor=0.5), Watched.SHARE) == []
    assert about(told(kept, floor=0.5, at_least=10), Watched.SHARE) != []


def test_a_lasting_fall_is_told_every_day_with_the_day_it_began(kept: Kept) -> None:
    """Fallen days are not among those that later ones are compared with."""
    usual(kept, 10)
    for number in range(9, 0, -1):
        kept.nightly(days_ago(number), linked=20, others=80)

    whole = about(told(kept), Watched.SHARE)[0]

    assert whole.days == tuple(days_ago(number) for number in range(9, 0, -1))
    assert "fell on Mon 2026-11-16: 20.0% of 100 rows on Tue 2026-11-24; " in whole.sentence
    assert whole.usual == 0.8


def test_a_fall_that_is_over_is_not_told(kept: Kept) -> None:
    usual(kept, 4)
    kept.nightly(days_ago(3), linked=10, others=90)
    kept.nightly(days_ago(2))
    kept.nightly(days_ago(1))

    assert told(kept) == ()


def test_what_a_repeat_linked_later_does_not_make_a_new_day_look_bad(kept: Kept) -> None:
    """Visitors who sign in late make old days better than any new day can be."""
    for number in range(OLDEST, 0, -1):
        batch = kept.nightly(days_ago(number), linked=40, others=60)
        if number > 1:
            place = (days_ago(number), "order_paid", "CLIENT_ID")
            kept.batch(days_ago(number - 1), {place: {"linked": 50}}, repeats=batch)

    found = health_of(kept.engine, now=NOW)

    assert (found.days[0].tally.share, found.days[-1].tally.share) == (0.9, 0.4)
    assert alerts(found) == ()


def test_a_kind_of_identifier_that_stops_arriving_is_told(kept: Kept) -> None:
    """Its rows carry UserIds only from Tuesday on; the share of all rows need not fall."""
    for number in range(OLDEST, 0, -1):
        day = days_ago(number)
        kept.nightly(day, kind="USER_ID")
        if number > 1:
            kept.nightly(day)

    (alert,) = told(kept, floor=0.1)

    assert (alert.watched, alert.part) == (Watched.ROWS, "CLIENT_ID")
    assert alert.sentence == (
        "CLIENT_ID stopped arriving on Tue 2026-11-24: 0 rows; the median of the 14 days before is "
        "100, a fall is below 50."
    )


def test_a_quiet_weekday_is_no_fall(kept: Kept) -> None:
    """Until Tuesday; every Tuesday a tenth of the rows."""
    for number in range(OLDEST, 0, -1):
        quiet = days_ago(number).weekday() == days_ago(1).weekday()
        kept.nightly(days_ago(number), linked=8 if quiet else 80, others=2 if quiet else 20)

    assert told(kept) == ()


def test_a_fall_over_a_quiet_weekday_goes_on(kept: Kept) -> None:
    for number in range(OLDEST, 0, -1):
        quiet = days_ago(number).weekday() == days_ago(2).weekday()
        fallen = number <= 3
        kept.nightly(days_ago(number), linked=1 if quiet or fallen else 80, others=0)

    (alert,) = about(told(kept), Watched.ROWS)

    assert alert.days == (days_ago(3), days_ago(1))


def test_an_export_that_stops_is_told_after_two_days(kept: Kept) -> None:
    usual(kept, 4)

    (alert,) = about(told(kept), Watched.ROWS)

    assert alert.days == (days_ago(3),)


def test_open_days_alert_nobody(kept: Kept) -> None:
    usual(kept, 2)
    place = {(days_ago(1), "order_paid", "CLIENT_ID"): {"linked": 0}}
    kept.batch(days_ago(0), place, state="accepted", rows=100)

    assert told(kept, floor=0.7) == ()


def test_an_uploading_on_its_way_for_days_is_told(kept: Kept) -> None:
    usual(kept, 4)
    place = {(days_ago(number), "order_paid", "CLIENT_ID"): {"linked": 0} for number in (3, 1)}
    kept.batch(days_ago(2), place, state="accepted", rows=100)
    kept.batch(days_ago(3), place, state="ready", rows=50)

    (alert,) = told(kept)

    assert alert.watched is Watched.STUCK
    assert "(150 rows)" in alert.sentence


def test_in_numbers_the_share_by_day_of_the_upload_is_watched(kept: Kept) -> None:
    for number in range(OLDEST, 0, -1):
        daily = {(days_ago(number + 1), "order_paid", "CLIENT_ID"): {"uploaded": 100}}
        kept.batch(days_ago(number), daily, linked=80 if number > 1 else 30)

    (alert,) = told(kept)

    assert (alert.watched, alert.days) == (Watched.SHARE, (days_ago(1),))
