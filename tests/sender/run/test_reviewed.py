"""Ways in which money once went astray: each was found, and stays mended."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.uploads import UploadType
from visitjoin.prepare import Condition, Mapping
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.place import files_beside, ledger_of
from visitjoin.sender.ledger.verify import verify
from visitjoin.sender.run.correct import correct
from visitjoin.sender.run.resend import resend
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)
BOUGHT = int((NOW - timedelta(hours=1)).timestamp())
OLDER = Wishes(generation=1)


def deals(folder: Path, price: int, *, client: str = "17", yclid: str = "23") -> Path:
    """One deal with two identifiers, of which the older API is sent the click alone."""
    path = folder / "deals.csv"
    header = "ClientId,Yclid,Target,DateTime,Price,Currency"
    path.write_text(f"{header}\n{client},{yclid},order_paid,{BOUGHT},{price},RUB\n")
    return path


def clicked(shop: Metrica, folder: Path) -> None:
    visits = folder / "visits.csv"
    visits.write_text(f"visit_id,client_id,yclid,started_at\nv1,17,23,{BOUGHT - 60}\n")
    Receiver(shop).import_visits(visits)


def counted(shop: Metrica) -> list[tuple[int, Decimal]]:
    return [(row.conversions, row.revenue) for row in Receiver(shop).report()]


def faults(shop: Metrica) -> list[str]:
    path = ledger_of(shop.server, shop.counter_id)
    owner = Owner(server=shop.server, counter=shop.counter_id)
    with open_ledger(path, owner, now=NOW) as ledger:
        return [fault for check in verify(ledger) for fault in check.faults]


def test_a_ledger_with_a_batch_that_was_given_up_is_whole(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, deals(tmp_path, 100))
        send(shop, deals(tmp_path, 150))
        resend(shop, pause=timedelta())

        assert faults(shop) == []


def test_the_older_api_gets_no_old_price_back(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, deals(tmp_path, 100), OLDER)
        send(shop, deals(tmp_path, 250), OLDER)
        clicked(shop, tmp_path)

        resend(shop, pause=timedelta())

        assert counted(shop) == [(1, Decimal(250))]


def test_what_the_older_api_was_sent_is_known_to_the_newer_one(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send(shop, deals(tmp_path, 100), OLDER)
        again = send(shop, deals(tmp_path, 100))

    assert [fate.value for fate in again.fates] == ["known"]


def test_what_the_older_api_was_sent_is_withdrawn_by_the_name_it_went_by(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        clicked(shop, tmp_path)
        send(shop, deals(tmp_path, 100), OLDER)

        correct(shop, deals(tmp_path, 100), refunded=True, apply=True)

        assert counted(shop) == []


def test_a_refund_that_the_server_does_not_know_is_told_and_not_written_down(
    running: Running, tmp_path: Path
) -> None:
    """Another ledger of the same counter has it; the server never did."""
    with running.shop() as shop, running.shop() as other:
        send(other, deals(tmp_path, 100))
        theirs = ledger_of(other.server, other.counter_id)
        with open_ledger(
            theirs, Owner(server=other.server, counter=other.counter_id), now=NOW
        ) as ledger:
            ledger.engine.execute(
                "update about set value = $1 where name = 'counter'", [str(shop.counter_id)]
            )
        theirs.rename(ledger_of(shop.server, shop.counter_id))

        done = correct(shop, deals(tmp_path, 100), refunded=True, apply=True)
        again = correct(shop, deals(tmp_path, 100), refunded=True)

    assert [change.state.value for change in done.changes] == ["not_known"]
    assert [change.state.value for change in again.changes] == ["retracted"]


def test_a_refund_by_price_is_not_undone_by_the_next_export(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        clicked(shop, tmp_path)
        send(shop, deals(tmp_path, 100))
        correct(shop, deals(tmp_path, 100), refunded=True, apply=True, by_price_alone=True)

        report = send(shop, deals(tmp_path, 100))

        assert counted(shop) == [(1, Decimal(0))]
    assert [fate.value for fate in report.fates] == ["known"]


def test_an_order_that_is_refunded_in_one_row_is_not_sold_in_another(
    running: Running, tmp_path: Path
) -> None:
    keyed = Wishes(mapping=Mapping(key="Order"))
    table = tmp_path / "orders.csv"
    header = "Order,ClientId,Target,DateTime,Price,Status\n"
    sold = f"A-1,17,order_paid,{BOUGHT},100,won\n"
    with running.shop() as shop:
        clicked(shop, tmp_path)
        table.write_text(header + sold)
        send(shop, table, keyed)
        table.write_text(header + sold + sold.replace("won", "refund"))

        done = correct(
            shop,
            table,
            keyed,
            refunded=Condition(column="Status", equals="refund"),
            apply=True,
            by_price_alone=True,
        )

        assert counted(shop) == [(1, Decimal(0))]
    assert sorted(change.state.value for change in done.changes) == ["repeated", "set_to_zero"]


def test_files_of_people_go_when_no_window_can_reach_them(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop:
        send(shop, deals(tmp_path, 100))
        files = files_beside(ledger_of(shop.server, shop.counter_id))
        assert len(list(files.iterdir())) == 1

        later = NOW + timedelta(days=22)
        send(shop, deals(tmp_path, 100), clock=lambda: later)

    assert list(files.iterdir()) == []


def test_calls_are_sent_again_within_the_window_of_calls(running: Running, tmp_path: Path) -> None:
    """Conversions are not tracked at all."""
    calls = tmp_path / "calls.csv"
    calls.write_text(f"UserId,DateTime,StaticCall\ncrm-1,{BOUGHT},0\n")
    with running.shop(tracked_days=None) as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        send(shop, calls, Wishes(type=UploadType.CALLS))

        assert resend(shop, pause=timedelta()).rows == 1


def test_a_file_that_somebody_removed_keeps_nobody_else_waiting(
    running: Running, tmp_path: Path
) -> None:
    said: list[str] = []
    with running.shop() as shop:
        send(shop, deals(tmp_path, 100))
        for file in files_beside(ledger_of(shop.server, shop.counter_id)).iterdir():
            file.unlink()
        send(shop, deals(tmp_path, 100, client="18", yclid="24"))

        again = resend(shop, pause=timedelta(), telling=Telling(remark=said.append))

    assert again.rows == 1
    assert "is gone from" in said[0]


def test_the_other_batches_go_though_the_server_refuses_one(
    running: Running, tmp_path: Path
) -> None:
    """Tracking of calls is off, so calls that an earlier run left are refused."""
    with running.shop() as shop:
        calls = tmp_path / "calls.csv"
        calls.write_text(f"UserId,DateTime,StaticCall\ncrm-1,{BOUGHT},0\n")
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)
        with pytest.raises(KeyboardInterrupt):
            send(shop, calls, Wishes(type=UploadType.CALLS), telling=Telling(step=_stop))
        shop.disable_tracking(type=UploadType.CALLS)

        report = send(shop, deals(tmp_path, 100))

        assert ["Tracking of calls is off" in one.refusal for one in report.refused] == [True]
        assert [one.source_quantity for one in shop.uploadings()] == [1]
        path = ledger_of(shop.server, shop.counter_id)
        owner = Owner(server=shop.server, counter=shop.counter_id)
        with open_ledger(path, owner, now=NOW) as ledger:
            states = [batch.state.value for batch in batches.all_batches(ledger)]
    assert states == ["refused", "done"]


def _stop(step: object) -> None:
    if step == "recorded":
        raise KeyboardInterrupt


def test_an_uploading_that_the_server_lost_keeps_nobody_else_waiting(
    running: Running, tmp_path: Path
) -> None:
    said: list[str] = []
    with running.shop() as shop:
        send(shop, deals(tmp_path, 100))
        path = ledger_of(shop.server, shop.counter_id)
        owner = Owner(server=shop.server, counter=shop.counter_id)
        with open_ledger(path, owner, now=NOW) as ledger:
            ledger.engine.execute("update batches set state = 'accepted', uploading = 999999")

        table = deals(tmp_path, 100, client="18", yclid="24")
        report = send(shop, table, telling=Telling(remark=said.append))

    assert len(report.uploadings) == 1
    assert "does not know uploading 999999" in said[0]
