"""The share linked, read from a ledger: rows add up, and a repeat adds no rows."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from visitjoin.sender.ledger.health import Basis, Day, health_of
from visitjoin.sender.ledger.schema import bring_up_to_date

from .kept import NOW, TODAY, Kept, days_ago

FATES = ["linked", "visitor_not_found", "goal_not_found", "uploaded", "rejected_at_upload"]
ROWS = st.dictionaries(
    st.tuples(
        st.integers(0, 6).map(days_ago),
        st.sampled_from(["order_paid", "deal_won"]),
        st.sampled_from(["CLIENT_ID", "USER_ID"]),
    ),
    st.dictionaries(st.sampled_from(FATES), st.integers(1, 50), min_size=1),
    min_size=1,
    max_size=6,
)


def on(days: tuple[Day, ...], day: date) -> Day:
    return next(one for one in days if one.day == day)


@settings(max_examples=25, deadline=None)  # each makes a ledger
@given(batches=st.lists(ROWS, min_size=1, max_size=4), found_later=st.floats(0, 1))
def test_rows_add_up_and_no_share_is_above_one(
    batches: list[dict[tuple[date, str, str], dict[str, int]]], found_later: float
) -> None:
    with duckdb.connect() as engine:
        bring_up_to_date(engine, Path("in memory"))
        kept = Kept(engine)
        for daily in batches:
            number = kept.batch(TODAY, daily)
            again = {
                place: {
                    "linked": int(fates["visitor_not_found"] * found_later),
                    "visitor_not_found": 1,
                }
                for place, fates in daily.items()
                if "visitor_not_found" in fates
            }
            if again:
                kept.batch(TODAY, again, repeats=number)

        found = health_of(engine, now=NOW)

    sent = sum(sum(fates.values()) for daily in batches for fates in daily.values())
    parts = (*found.by_kind, *found.by_target)
    assert sum(kind.total.rows for kind in found.by_kind) == sent
    assert sum(target.total.rows for target in found.by_target) == sent
    assert all(sum(day.tally.rows for day in part.days) == part.total.rows for part in parts)
    if found.basis is Basis.ROW:
        assert found.total.rows == sent
        for one in (found.total, *(day.tally for part in parts for day in part.days)):
            assert 0 <= one.later <= one.linked <= one.answered <= one.rows
            assert one.share is None or 0 <= one.share <= 1


def test_a_repeat_adds_linked_rows_and_no_rows(kept: Kept) -> None:
    day = days_ago(3)
    number = kept.nightly(day, linked=60, others=40)
    place = (day, "order_paid", "CLIENT_ID")
    kept.batch(days_ago(1), {place: {"linked": 10, "visitor_not_found": 30}}, repeats=number)

    tally = on(health_of(kept.engine, now=NOW).days, day).tally

    assert (tally.rows, tally.linked, tally.later) == (100, 70, 10)
    assert (tally.share, tally.first_share) == (0.7, 0.6)


def test_a_row_whose_repeat_was_given_up_stays_counted(kept: Kept) -> None:
    day = days_ago(3)
    kept.batch(day, {(day, "order_paid", "USER_ID"): {"linked": 1, "visitor_not_found": 1}})
    kept.batch(day, {(day, "order_paid", "USER_ID"): {"linked": 2}}, state="given_up")

    assert health_of(kept.engine, now=NOW).total.rows == 4


def test_a_day_without_rows_between_others_is_among_the_days(kept: Kept) -> None:
    kept.nightly(days_ago(4))
    kept.nightly(days_ago(2))

    days = health_of(kept.engine, now=NOW).days

    assert [day.day for day in days] == [days_ago(n) for n in (4, 3, 2, 1)]
    assert on(days, days_ago(3)).tally.rows == 0


def test_days_before_those_asked_for_are_left_out(kept: Kept) -> None:
    kept.nightly(days_ago(9))
    kept.nightly(days_ago(2))

    assert health_of(kept.engine, now=NOW, days=5).total.rows == 100


def test_a_day_of_which_rows_are_on_their_way_is_open(kept: Kept) -> None:
    for number in (4, 3, 2):
        kept.nightly(days_ago(number))
    sent = {(days_ago(number), "order_paid", "CLIENT_ID"): {"linked": 0} for number in (4, 3)}
    kept.batch(days_ago(1), sent, state="accepted", rows=7)

    found = health_of(kept.engine, now=NOW)

    assert [day.is_open for day in found.days] == [True, True, False, True]
    assert found.waiting.rows == 7


def test_a_day_is_closed_once_a_run_began_after_it_or_two_days_have_passed(kept: Kept) -> None:
    kept.nightly(days_ago(3))

    at = {wait: health_of(kept.engine, now=NOW + timedelta(days=wait)) for wait in (0, 2)}

    assert not on(at[0].days, days_ago(3)).is_open
    assert on(at[0].days, days_ago(1)).is_open
    assert not on(at[2].days, days_ago(1)).is_open


def test_a_server_that_says_only_numbers_is_read_by_day_of_the_upload(kept: Kept) -> None:
    daily = {(days_ago(5), "order_paid", "CLIENT_ID"): {"uploaded": 100}}
    kept.batch(days_ago(3), daily, linked=64)
    kept.batch(days_ago(3), daily, linked=36)

    found = health_of(kept.engine, now=NOW)

    assert found.basis is Basis.BATCH
    assert on(found.days, days_ago(3)).tally.share == 0.5
    assert found.by_kind[0].total.share is None
    assert on(found.by_kind[0].days, days_ago(5)).tally.rows == 200


def test_a_repeat_in_numbers_counts_anew_on_the_day_of_the_first(kept: Kept) -> None:
    """It sends everything within reach again, linked or not, so its number is no addition."""
    daily = {(days_ago(9), "order_paid", "USER_ID"): {"uploaded": 100}}
    first = kept.batch(days_ago(8), daily, linked=60)
    second = kept.batch(days_ago(4), daily, linked=70, repeats=first, rows=90)
    kept.batch(days_ago(2), daily, linked=66, repeats=second, rows=80)

    found = health_of(kept.engine, now=NOW)

    assert [day.day for day in found.days if day.tally.rows] == [days_ago(8)]
    tally = on(found.days, days_ago(8)).tally
    assert (tally.rows, tally.linked, tally.later) == (100, 70, 10)


def test_a_batch_without_a_number_has_no_share(kept: Kept) -> None:
    kept.batch(days_ago(3), {(days_ago(4), "order_paid", "USER_ID"): {"uploaded": 9}})

    assert health_of(kept.engine, now=NOW).total.share is None


def test_what_the_server_refused_is_in_no_sum(kept: Kept) -> None:
    kept.batch(days_ago(2), {(days_ago(3), "x", "YCLID"): {"uploaded": 9}}, state="refused", rows=9)

    found = health_of(kept.engine, now=NOW)

    assert (found.days, found.total.rows, found.waiting.rows) == ((), 0, 0)
