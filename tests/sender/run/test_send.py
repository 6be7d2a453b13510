"""The whole run against a real receiver: every row has a fate, and rows and money add up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import Running
from visitjoin.cli import story
from visitjoin.contract.errors import Refused, SourceError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import UploadStatus
from visitjoin.prepare import Mapping
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.report import Fate, Report, Sum, add
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(story.deals_csv(NOW), encoding="utf-8", newline="")
    return path


def told(running: Running, tmp_path: Path) -> Metrica:
    """A shop that has the visits of the demo's story."""
    shop = running.shop(tracked_days=story.TRACKED_FOR.days)
    visits = tmp_path / "visits.csv"
    visits.write_text(story.visits_csv(NOW), encoding="utf-8", newline="")
    Receiver(shop).import_visits(visits)
    return shop


@pytest.fixture
def report(running: Running, deals: Path, tmp_path: Path) -> Report:
    with told(running, tmp_path) as shop:
        return send(shop, deals, Wishes(every_row=True))


def rows(fates: dict[Fate, Sum]) -> dict[str, int]:
    return {fate.value: total.rows for fate, total in fates.items()}


def test_every_row_of_the_story_ends_where_it_should(report: Report) -> None:
    assert rows(report.fates) == {
        "rejected": 9,
        "duplicate": 1,
        "too_old": 1,
        "goal_not_found": 2,
        "visitor_not_found": 1,
        "no_visit_in_window": 1,
        "before_first_visit": 1,
        "linked": 11,
    }


def test_rows_and_money_add_up(report: Report) -> None:
    kept_back = [report.fates[fate] for fate in (Fate.REJECTED, Fate.DUPLICATE, Fate.TOO_OLD)]

    assert report.in_export == add([*kept_back, report.uploaded])
    assert report.uploaded == add([report.fates[Fate.LINKED], report.not_linked])
    assert report.in_export.money == {"RUB": Decimal("183481.50"), "USD": Decimal(100)}
    assert report.in_export.rows == len(report.rows) == 27


def test_what_the_server_counts_is_what_the_report_counts(report: Report) -> None:
    (uploading,) = report.uploadings
    assert uploading.status is UploadStatus.PROCESSED
    assert uploading.source_quantity == uploading.line_quantity == 16
    assert uploading.linked_quantity == report.fates[Fate.LINKED].rows


def test_each_row_says_its_line_and_its_visit(report: Report) -> None:
    by_line = {row.line: row for row in report.rows}

    assert sorted(by_line, key=str) == sorted(range(2, 29), key=str)
    assert (by_line[2].visit_id, by_line[2].traffic_source) == ("v02", "organic")
    assert (by_line[3].visit_id, by_line[3].linked_by) == ("v01", "YCLID")
    assert (by_line[15].reason, by_line[15].column) == ("identifier_damaged", "ClientId")
    assert (by_line[10].fate, by_line[11].fate) == (Fate.DUPLICATE, Fate.LINKED)


def test_the_most_common_mistake_is_said_by_name(report: Report) -> None:
    assert report.remarks[0].startswith('1 x Target "Order paid" is the name of goal')
    assert 'Write "order_paid"' in report.remarks[0]


def test_revenue_by_source_is_that_of_the_linked_rows(report: Report) -> None:
    revenue = {source.traffic_source: source.revenue for source in report.by_source}

    assert revenue["ad"] == {"RUB": Decimal(20290), "USD": Decimal(100)}
    total = add(Sum(source.conversions, source.revenue) for source in report.by_source)
    assert total == report.fates[Fate.LINKED]


def test_the_receivers_own_report_says_the_same(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    with told(running, tmp_path) as shop:
        ours = send(shop, deals)
        theirs = Receiver(shop).report()

    assert sum(row.conversions for row in theirs) == ours.fates[Fate.LINKED].rows
    rub = sum((row.revenue for row in theirs if row.currency == "RUB"), Decimal(0))
    assert rub == ours.fates[Fate.LINKED].money["RUB"]


def test_a_dry_run_sends_nothing(running: Running, deals: Path) -> None:
    with running.shop() as shop:
        report = send(shop, deals, Wishes(dry_run=True))

        assert shop.uploadings() == ()
    assert report.uploadings == ()
    assert report.uploaded.rows > 0
    assert report.in_export.rows == 27


def test_a_table_of_which_nothing_is_left_is_not_uploaded(running: Running, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    table.write_text("ClientId,Target,DateTime\n,order_paid,1794690000\n17,order_paid,852076800\n")

    with running.shop() as shop:
        report = send(shop, table)

        assert shop.uploadings() == ()
    assert rows(report.fates) == {"rejected": 1, "too_old": 1}


def test_the_fates_and_the_rejects_are_written_where_wished(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    fates, rejects = tmp_path / "fates.csv", tmp_path / "rejects.csv"

    with told(running, tmp_path) as shop:
        send(shop, deals, Wishes(fates=fates, rejects=rejects))

    written = pl.read_csv(fates, infer_schema=False)
    assert written["line"].to_list() == [str(line) for line in range(2, 29)]
    assert written["fate"].value_counts().height == 8
    assert len(rejects.read_text().splitlines()) == 1 + 9


def test_local_times_are_read_in_the_counters_own_zone(running: Running, tmp_path: Path) -> None:
    """A minute ago in Almaty is hours in the future in London."""
    local = datetime.now(UTC) + timedelta(hours=5) - timedelta(minutes=1)
    table = tmp_path / "deals.csv"
    table.write_text(f"ClientId,Target,DateTime\n17,order_paid,{local:%Y-%m-%d %H:%M}\n")

    with running.shop(zone="Asia/Almaty") as almaty:
        assert "rejected" not in rows(send(almaty, table, Wishes(dry_run=True)).fates)
    with running.shop(zone="Europe/London") as london:
        assert rows(send(london, table, Wishes(dry_run=True)).fates) == {"rejected": 1}


def test_one_kind_of_identifier_is_sent_in_the_older_form(running: Running, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    bought = int(datetime.now(UTC).timestamp()) - 60
    table.write_text(f"User,Date\ncrm-204,{bought}\n")

    with running.shop() as shop:
        report = send(
            shop,
            table,
            Wishes(
                only=IdentifierKind.USER_ID,
                mapping=Mapping(
                    columns={IdentifierKind.USER_ID.column: "User"},
                    constants={"Target": "order_paid"},  # type: ignore[dict-item]
                ),
            ),
        )

    assert [uploading.client_id_type for uploading in report.uploadings] == ["USER_ID"]


def test_without_tracking_nothing_is_sent_and_the_way_out_is_said(
    running: Running, deals: Path
) -> None:
    with (
        running.shop(tracked_days=None) as shop,
        pytest.raises(Refused, match="Enable it: visitjoin tracking enable"),
    ):
        send(shop, deals)


def test_a_table_that_cannot_be_read_is_an_error_before_anything_is_sent(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop, pytest.raises(SourceError, match="no such file"):
        send(shop, tmp_path / "nothing.csv")


def test_the_folder_of_ledgers_may_have_any_name(running: Running, tmp_path: Path) -> None:
    """A quote would end a text of SQL, and the others make a path a pattern."""
    ledgers = tmp_path / "it's a [test] *"
    table = tmp_path / "deals.csv"
    table.write_text(f"ClientId,Target,DateTime\n17,order_paid,{int(NOW.timestamp()) - 60}\n")
    with running.shop() as shop:
        report = send(shop, table, Wishes(ledgers=ledgers, every_row=True))
        again = send(shop, table, Wishes(ledgers=ledgers))

    assert rows(report.fates) == {"visitor_not_found": 1}
    assert rows(again.fates) == {"known": 1}


def test_a_counter_that_is_not_there_gets_no_ledger(
    running: Running, deals: Path, tmp_path: Path
) -> None:
    ledgers = tmp_path / "ledgers"
    with running.client(404) as nobodys, pytest.raises(Refused):
        send(nobodys, deals, Wishes(ledgers=ledgers))

    assert not ledgers.exists()
