"""The sums by Target and by day: nothing is lost, and a day is the counter's own."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from visitjoin.sender.report.breakdown import by_day_of, by_target_of
from visitjoin.sender.report.report import Fate, Sum, add

from .stories import fates_of

MOSCOW = ZoneInfo("Europe/Moscow")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "target": st.sampled_from(["order_paid", "deal_won", None]),
            "fate": st.sampled_from([fate.value for fate in Fate]),
            "happened_at": st.one_of(st.none(), st.integers(1_793_000_000, 1_793_400_000)),
            "price": st.one_of(st.none(), st.integers(0, 10_000).map(Decimal)),
            "currency": st.sampled_from(["RUB", "USD", None]),
        }
    ),
    min_size=1,
    max_size=40,
)


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"price": pl.Decimal(18, 6)}, infer_schema_length=99)


def row(moment: datetime, fate: Fate = Fate.LINKED, price: int | None = 100) -> dict[str, Any]:
    return {
        "target": "order_paid",
        "fate": fate.value,
        "happened_at": int(moment.timestamp()),
        "price": None if price is None else Decimal(price),
        "currency": "RUB" if price else None,
    }


@settings(max_examples=25, deadline=None)  # each writes a file and asks an engine
@given(ROWS)
def test_the_targets_add_up_to_the_export(
    tmp_path_factory: Any,  # noqa: ANN401 - pytest's own factory, one folder for each example
    rows: list[dict[str, Any]],
) -> None:
    workspace = fates_of(tmp_path_factory.mktemp("fates"), table(rows))

    whole = add(total for one in by_target_of(workspace) for total in one.fates.values())

    assert whole.rows == len(rows)
    assert sum(whole.money.values()) == sum(row["price"] or 0 for row in rows)


@settings(max_examples=25, deadline=None)  # each writes a file and asks an engine
@given(ROWS)
def test_the_days_add_up_to_what_was_uploaded_and_has_a_moment(
    tmp_path_factory: Any,  # noqa: ANN401 - pytest's own factory, one folder for each example
    rows: list[dict[str, Any]],
) -> None:
    uploaded = [row for row in rows if row["happened_at"] and Fate(row["fate"]).was_uploaded]
    workspace = fates_of(tmp_path_factory.mktemp("fates"), table(rows))

    days = by_day_of(workspace, MOSCOW)

    assert add(day.uploaded for day in days).rows == len(uploaded)
    linked = [row for row in uploaded if row["fate"] == "linked"]
    assert add(day.linked for day in days).rows == len(linked)
    assert [day.day for day in days] == sorted({day.day for day in days})


def test_a_day_is_that_of_the_counters_zone(tmp_path: Path) -> None:
    """22:30 in London is tomorrow in Moscow."""
    late = row(datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
    workspace = fates_of(tmp_path, table([late]))

    assert by_day_of(workspace, MOSCOW)[0].day == date(2026, 11, 21)
    assert by_day_of(workspace, ZoneInfo("Europe/London"))[0].day == date(2026, 11, 20)


def test_a_zone_whose_day_begins_at_a_quarter_is_kept(tmp_path: Path) -> None:
    before, after = (
        row(datetime(2026, 11, 20, 18, minute, tzinfo=UTC), price=None) for minute in (14, 16)
    )
    workspace = fates_of(tmp_path, table([before, after]))

    days = by_day_of(workspace, ZoneInfo("Asia/Kathmandu"))

    assert [(day.day.day, day.uploaded) for day in days] == [(20, Sum(1, {})), (21, Sum(1, {}))]


def test_the_target_with_the_most_rows_comes_first(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    rows = [row(moment) | {"target": "rare"}, row(moment), row(moment, Fate.DUPLICATE)]

    targets = by_target_of(fates_of(tmp_path, table(rows)))

    assert [one.target for one in targets] == ["order_paid", "rare"]
    assert targets[0].fates == {
        Fate.DUPLICATE: Sum(1, {"RUB": Decimal(100)}),
        Fate.LINKED: Sum(1, {"RUB": Decimal(100)}),
    }
