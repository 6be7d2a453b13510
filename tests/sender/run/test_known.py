"""What was sent before: found by the ledger, whichever run sent it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.errors import LedgerError
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.place import files_beside, ledger_of
from visitjoin.sender.report.report import Report, Repriced
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import OnChange, Wishes

HOUR_AGO = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())


def table(
    folder: Path, *rows: str, header: str = "ClientId,Target,DateTime,Price,Currency"
) -> Path:
    path = folder / "deals.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return path


def deal(number: int, price: object = 100) -> str:
    return f"{1_700_000_000_000_000_000 + number},order_paid,{HOUR_AGO + number},{price},RUB"


def rows(report: Report) -> dict[str, int]:
    return {fate.value: total.rows for fate, total in report.fates.items()}


def in_all_uploadings(shop: Metrica) -> int:
    return sum(one.source_quantity or 0 for one in shop.uploadings())


def test_sending_the_same_table_twice_uploads_nothing_the_second_time(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1), deal(2)))
        again = send(shop, table(tmp_path, deal(1), deal(2)))

        assert in_all_uploadings(shop) == 2
    assert rows(again) == {"known": 2}
    assert again.uploadings == ()


def test_of_a_longer_export_only_what_is_new_is_sent(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1)))
        again = send(shop, table(tmp_path, deal(2), deal(1), deal(3)))

        assert in_all_uploadings(shop) == 3
    assert rows(again) == {"known": 1, "visitor_not_found": 2}


def test_a_changed_price_is_sent_again_and_reported(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1), deal(2)))
        again = send(shop, table(tmp_path, deal(1), deal(2, price="90.50")))

        assert in_all_uploadings(shop) == 3
    assert rows(again) == {"known": 1, "visitor_not_found": 1}
    assert again.repriced == (Repriced("RUB", 1, Decimal(100), Decimal("90.5")),)


def test_a_changed_price_is_left_where_that_is_wished(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1)))
        again = send(shop, table(tmp_path, deal(1, price=90)), Wishes(on_change=OnChange.SKIP))

        assert in_all_uploadings(shop) == 1
    assert rows(again) == {"changed": 1}
    assert again.repriced == ()


def test_a_price_that_was_sent_again_is_known_afterwards(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        for price in (100, 90, 90):
            last = send(shop, table(tmp_path, deal(1, price=price)))

    assert rows(last) == {"known": 1}


def test_a_price_that_was_taken_away_is_a_changed_price(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1)))
        again = send(shop, table(tmp_path, deal(1, price="")), Wishes(on_change=OnChange.SKIP))

    assert rows(again) == {"changed": 1}


def test_a_dry_run_says_what_was_sent_before_and_remembers_nothing(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1)))
        for _ in range(2):
            told = send(shop, table(tmp_path, deal(1), deal(2)), Wishes(dry_run=True))

    assert rows(told) == {"known": 1, "uploaded": 1}


def test_counters_have_ledgers_of_their_own(running: Running, tmp_path: Path) -> None:
    for _ in range(2):
        with running.shop() as shop:
            assert rows(send(shop, table(tmp_path, deal(1)))) == {"visitor_not_found": 1}


def test_a_table_is_cut_into_batches_and_every_row_has_its_fate(
    running: Running, tmp_path: Path
) -> None:
    deals = [deal(number) for number in range(25)]
    with running.shop() as shop:
        report = send(
            shop, table(tmp_path, *deals, deal(3)), Wishes(rows_per_batch=10, every_row=True)
        )

        assert sorted(one.source_quantity or 0 for one in shop.uploadings()) == [5, 10, 10]
    assert [row.fate.value for row in report.rows] == [
        "duplicate" if number == 3 else "visitor_not_found" for number in range(26)
    ]


def test_a_file_that_comes_out_too_large_is_cut_in_two(running: Running, tmp_path: Path) -> None:
    deals = [deal(number) for number in range(16)]
    with running.shop() as shop:
        send(shop, table(tmp_path, *deals), Wishes(bytes_per_batch=300))

        assert in_all_uploadings(shop) == 16
        assert len(shop.uploadings()) == 4


def test_the_older_api_gets_one_kind_of_identifier_in_a_file(
    running: Running, tmp_path: Path
) -> None:
    mixed = table(
        tmp_path,
        f"1700000000000000001,,order_paid,{HOUR_AGO}",
        f"1700000000000000002,crm-2,order_paid,{HOUR_AGO}",
        f",crm-3,order_paid,{HOUR_AGO}",
        header="ClientId,UserId,Target,DateTime",
    )
    with running.shop() as shop:
        report = send(shop, mixed, Wishes(generation=1))

    kinds = {one.client_id_type: one.source_quantity for one in report.uploadings}
    assert kinds == {"CLIENT_ID": 2, "USER_ID": 1}


def test_whoever_comes_second_is_told_who_holds_the_ledger(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        path = ledger_of(shop.server, shop.counter_id)
        owner = Owner(server=shop.server, counter=shop.counter_id)
        with (
            open_ledger(path, owner, now=datetime.now(UTC)),
            pytest.raises(LedgerError, match=r"In use by process \d+ .*One writer at a time"),
        ):
            send(shop, table(tmp_path, deal(1)))


def test_files_of_people_are_kept_only_while_they_are_needed(
    running: Running, tmp_path: Path
) -> None:
    """One visitor is not found and may be found later; in the next shop there is nobody to find."""
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1)))
        path = ledger_of(shop.server, shop.counter_id)
        kept = list(files_beside(path).iterdir())

    assert [oct(file.stat().st_mode & 0o777) for file in kept] == ["0o600"]
    with running.shop() as shop:
        send(shop, table(tmp_path, deal(1).replace("order_paid", "no such goal")))
        path = ledger_of(shop.server, shop.counter_id)

        assert list(files_beside(path).iterdir()) == []
