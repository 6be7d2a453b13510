"""What a run left on its way is followed by a later one, whatever happened to the first."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger import batches
from visitjoin.sender.ledger.batches import Batch, State
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.place import files_beside, ledger_of
from visitjoin.sender.run.carry_on import CarriedOn, carry_on, carry_on_one
from visitjoin.sender.run.history import history
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.wishes import Wishes

HOUR_AGO = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())


class Died(Exception):  # noqa: N818 - named for what happens
    """The process ended here."""


def dying_at(last: Step) -> Telling:
    def step(name: Step) -> None:
        if name is last:
            raise Died

    return Telling(step=step)


def table(folder: Path, *numbers: int) -> Path:
    path = folder / "deals.csv"
    deals = (f"{1_700_000_000_000_000_000 + n},order_paid,{HOUR_AGO + n}\n" for n in numbers)
    path.write_text("ClientId,Target,DateTime\n" + "".join(deals))
    return path


def send_and_die(shop: Metrica, source: Path, at: Step, wishes: Wishes | None = None) -> None:
    with pytest.raises(Died):
        send(shop, source, wishes, telling=dying_at(at))


def in_ledger(shop: Metrica) -> list[Batch]:
    owner = Owner(server=shop.server, counter=shop.counter_id)
    path = ledger_of(shop.server, shop.counter_id)
    with open_ledger(path, owner, now=datetime.now(UTC)) as ledger:
        return batches.all_batches(ledger)


def test_every_uploading_on_its_way_is_followed_and_concluded(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send_and_die(shop, table(tmp_path, 1, 2, 3), Step.TRACKING, Wishes(rows_per_batch=1))

        found = carry_on(shop)

        assert [one.status.is_last for one in found.uploadings] == [True] * 3
        assert [batch.state for batch in in_ledger(shop)] == [State.DONE] * 3


def test_an_uploading_whose_file_is_gone_is_concluded_all_the_same(
    running: Running, tmp_path: Path
) -> None:
    remarks: list[str] = []
    with running.shop() as shop:
        send_and_die(shop, table(tmp_path, 1), Step.TRACKING)
        (file,) = files_beside(ledger_of(shop.server, shop.counter_id)).iterdir()
        file.unlink()

        carry_on(shop, telling=Telling(remark=remarks.append))

        assert [batch.state for batch in in_ledger(shop)] == [State.DONE]
    assert "cannot be counted by day" in remarks[0]


def test_stopped_between_two_uploadings_the_next_run_follows_the_rest(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send_and_die(shop, table(tmp_path, 1, 2, 3), Step.TRACKING, Wishes(rows_per_batch=1))
        with pytest.raises(Died):
            carry_on(shop, telling=dying_at(Step.CONCLUDED))

        found = carry_on(shop)

        assert len(found.uploadings) == 2
        assert [batch.state for batch in in_ledger(shop)] == [State.DONE] * 3


def test_what_has_not_left_is_told_and_kept_for_the_next_send(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send_and_die(shop, table(tmp_path, 1, 2), Step.RECORDED)

        found = carry_on(shop)

        assert [(batch.state, batch.rows) for batch in found.waiting] == [(State.READY, 2)]
        assert shop.uploadings() == ()


def test_without_a_ledger_nothing_is_on_its_way_and_none_is_made(running: Running) -> None:
    with running.shop() as shop:
        assert carry_on(shop) == CarriedOn(uploadings=(), waiting=())
        assert not ledger_of(shop.server, shop.counter_id).exists()


def test_one_uploading_that_is_followed_is_concluded_in_the_ledger(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send_and_die(shop, table(tmp_path, 1, 2), Step.TRACKING, Wishes(rows_per_batch=1))
        (first, second) = in_ledger(shop)

        assert first.uploading is not None
        assert carry_on_one(shop, first.uploading).status.is_last

        assert [batch.state for batch in in_ledger(shop)] == [State.DONE, State.ACCEPTED]
        assert second.uploading != first.uploading


def test_while_another_run_holds_the_ledger_an_uploading_is_followed_without_it(
    running: Running, tmp_path: Path
) -> None:
    remarks: list[str] = []
    with running.shop() as shop:
        (uploading,) = send(shop, table(tmp_path, 1)).uploadings
        path = ledger_of(shop.server, shop.counter_id)
        owner = Owner(server=shop.server, counter=shop.counter_id)
        with open_ledger(path, owner, now=datetime.now(UTC)):
            found = carry_on_one(shop, uploading.id, telling=Telling(remark=remarks.append))

    assert found.status.is_last
    assert "In use by process" in remarks[0]


def test_history_says_what_the_ledger_knows_beside_what_the_server_lists(
    running: Running, tmp_path: Path
) -> None:
    stranger = tmp_path / "by hand.csv"
    stranger.write_text(f"ClientId,Target,DateTime\n5,order_paid,{HOUR_AGO}\n")
    with running.shop() as shop:
        shop.upload(stranger)
        send(shop, table(tmp_path, 1, 2))
        send_and_die(shop, table(tmp_path, 1, 2, 3), Step.RECORDED)

        found = history(shop, limit=10)

    by_send, by_hand = found.uploadings
    assert by_send.ledger is not None
    assert (by_send.ledger.rows, by_send.ledger.state) == (2, State.DONE)
    assert (by_send.ledger.source, by_hand.ledger) == ("deals.csv", None)
    assert [batch.rows for batch in found.waiting] == [1]


CARRIER = """
import os, signal, sys
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run.carry_on import carry_on
from visitjoin.sender.run.telling import Telling

def step(name):
    if name == "concluded":
        os.kill(os.getpid(), signal.SIGKILL)

with Metrica(counter=int(sys.argv[1]), token=sys.argv[2], base_url=sys.argv[3]) as metrica:
    carry_on(metrica, telling=Telling(step=step))
"""


def test_killed_after_each_uploading_it_needs_one_run_for_each_and_no_more(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        send_and_die(shop, table(tmp_path, 1, 2, 3), Step.TRACKING, Wishes(rows_per_batch=1))
        arguments = [str(shop.counter_id), running.token, running.address]
        for done in (1, 2, 3):
            killed = subprocess.run([sys.executable, "-c", CARRIER, *arguments], check=False)
            assert killed.returncode == -signal.SIGKILL
            states = [batch.state for batch in in_ledger(shop)]
            assert states.count(State.DONE) == done

        assert carry_on(shop).uploadings == ()
