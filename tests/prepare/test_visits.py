from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from visitjoin.contract.errors import SourceError
from visitjoin.contract.reasons import VisitReason
from visitjoin.contract.tables import VISIT
from visitjoin.prepare.visits import PreparedVisits, prepare_visits

Read = Callable[..., tuple[PreparedVisits, list[dict[str, Any]]]]
MOSCOW = ZoneInfo("Europe/Moscow")
LOGS = (
    "ym:s:visitID\tym:s:clientID\tym:s:dateTime\tym:s:visitDuration\tym:s:startURL\t"
    "ym:s:lastTrafficSource\tym:s:purchaseID\n"
)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(
        table: str | Path,
        *,
        name: str = "visits.csv",
        zone: ZoneInfo | None = MOSCOW,
    ) -> tuple[PreparedVisits, list[dict[str, Any]]]:
        source = table if isinstance(table, Path) else tmp_path / name
        if isinstance(table, str):
            source.write_text(table, encoding="utf-8", newline="")
        out = tmp_path / "visits.parquet"
        prepared = prepare_visits(source, visits=out, rejects=tmp_path / "rejects.csv", zone=zone)
        return prepared, pl.read_parquet(out).to_dicts()

    return run


def test_an_export_of_the_logs_api_is_read(read: Read) -> None:
    marks = "yclid=97155&utm_source=ya%20dir&utm_campaign=%D0%BE%D1%81%D0%B5%D0%BD%D1%8C#top"
    cells = (
        *("18446744073709551615", "1793200000123456789", "2026-11-03 14:05:07", "95"),
        *(f"https://shop.example/?{marks}", "ad", r"['A-1','A\'2']"),
    )
    prepared, (visit,) = read(LOGS + "\t".join(cells) + "\n", name="visits.tsv")

    assert prepared == PreparedVisits(rows=1, accepted=1, rejected=0, rejected_by_reason={})
    assert list(visit) == list(VISIT)
    assert (visit["visit_id"], visit["client_id"]) == (
        "18446744073709551615",
        "1793200000123456789",
    )
    assert (visit["started_at"], visit["ended_at"]) == (1793703907, 1793703907 + 95)
    assert (visit["yclid"], visit["utm_source"], visit["utm_campaign"]) == (
        "97155",
        "ya dir",
        "осень",
    )
    assert (visit["traffic_source"], visit["purchase_ids"]) == ("ad", ["A-1", "A'2"])


def test_a_client_id_of_zero_is_none(read: Read) -> None:
    prepared, _ = read(
        LOGS + "1\t0\t2026-11-03 14:05:07\t5\thttps://shop.example/\tad\t[]\n", name="v.tsv"
    )

    assert prepared.rejected_by_reason == {VisitReason.NO_IDENTIFIER: 1}


def test_our_own_names_are_enough(read: Read) -> None:
    _, visits = read(
        "visit_id,started_at,client_id,user_id,purchase_ids\n"
        "v1,1794690000,17,,A-1|A-2\n"
        'v2,2026-11-15T00:00:00+03:00,,anna,"[""A-3""]"\n'
    )

    assert [visit["started_at"] for visit in visits] == [1794690000, 1794690000]
    assert [visit["purchase_ids"] for visit in visits] == [["A-1", "A-2"], ["A-3"]]
    assert [visit["user_id"] for visit in visits] == [None, "anna"]


def test_a_parquet_table_is_read(read: Read, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "visit_id": ["v1"],
            "started_at": [1794690000],
            "client_id": ["17"],
            "purchase_ids": [["A", "B"]],
        }
    )
    frame.write_parquet(tmp_path / "in.parquet")

    _, (visit,) = read(tmp_path / "in.parquet")

    assert (visit["started_at"], visit["purchase_ids"]) == (1794690000, ["A", "B"])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1794690000,17", VisitReason.NO_VISIT_ID),
        ("v1,1794690000,", VisitReason.NO_IDENTIFIER),
        ("v1,1794690000,1.79E+18", VisitReason.IDENTIFIER_DAMAGED),
        ("v1,,17", VisitReason.START_MISSING),
        ("v1,soon,17", VisitReason.START_NOT_A_TIME),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_line(
    read: Read, tmp_path: Path, row: str, reason: VisitReason
) -> None:
    prepared, visits = read(f"visit_id,started_at,client_id\nv0,1794690000,17\n\n{row}\n")

    assert (prepared.rows, prepared.accepted, prepared.rejected) == (2, 1, 1)
    assert prepared.rejected_by_reason == {reason: 1}
    assert [visit["visit_id"] for visit in visits] == ["v0"]
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1].startswith(f"4,{reason},")


def test_a_local_time_without_a_zone_is_not_guessed(read: Read) -> None:
    prepared, _ = read("visit_id,started_at,client_id\nv1,2026-11-03 14:05,17\n", zone=None)

    assert prepared.rejected_by_reason == {VisitReason.START_NOT_A_TIME: 1}


def test_a_table_without_a_required_column_is_an_error_that_names_it(read: Read) -> None:
    with pytest.raises(
        SourceError, match="No column for started_at, client_id or another identifier"
    ):
        read("visit_id,when\nv1,5\n")


def test_a_row_with_too_many_fields_does_not_stop_the_others(read: Read) -> None:
    prepared, _ = read("visit_id,started_at,client_id\nv1,1794690000,17,x\nv2,1794690000,18\n")

    assert prepared.accepted == 2
