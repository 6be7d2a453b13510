from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from visitjoin.contract.reasons import Reason

from .conftest import Check


def table(*times: str) -> str:
    return "ClientId;Target;DateTime\n" + "".join(f"17;order_paid;{time}\n" for time in times)


MOMENT = int(datetime(2026, 11, 3, 11, 5, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "written",
    [
        str(MOMENT),
        f"{MOMENT}.0",
        "2026-11-03T11:05:00Z",
        "2026-11-03T11:05Z",
        "2026-11-03T14:05:00+03:00",
        "2026-11-03 14:05:00.000 +0300",
        "2026-11-03T06:05-05:00",
        "2026-11-03 14:05",
        "2026-11-03T14:05:00",
        "03.11.2026 14:05",
        "3.11.2026 14:05:00",
    ],
)
def test_one_moment_is_read_from_every_way_of_writing_it(check: Check, written: str) -> None:
    assert check(table(written)).only["happened_at"] == MOMENT


def test_a_table_may_write_its_times_in_several_ways(check: Check) -> None:
    result = check(table(str(MOMENT), "03.11.2026 14:05", "2026-11-03T11:05Z", str(MOMENT)))

    assert [row["happened_at"] for row in result.conversions] == [MOMENT] * 4


def test_a_local_time_without_a_zone_is_never_guessed(check: Check) -> None:
    result = check(table("03.11.2026 14:05", str(MOMENT)), zone=None)

    assert result.reasons == [Reason.DATE_TIME_WITHOUT_ZONE]
    assert result.only["happened_at"] == MOMENT


def test_a_local_time_that_came_twice_or_never_is_not_guessed(check: Check) -> None:
    """In Berlin, 02:30 came twice on 25 October 2026 and never on 29 March."""
    result = check(
        table("2026-10-25 02:30", "2026-03-29 02:30", "2026-10-25 03:30"),
        zone=ZoneInfo("Europe/Berlin"),
    )

    assert result.reasons == [Reason.DATE_TIME_AMBIGUOUS] * 2
    assert len(result.conversions) == 1


def test_a_time_of_1997_is_a_time(check: Check) -> None:
    assert check(table("852076800")).only["happened_at"] == 852076800
