"""A new receiver at an old address is not taken for the old one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.errors import LedgerError
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.forgetting import forget
from visitjoin.sender.ledger.instance import forget_instance
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.place import ledger_of
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    table = tmp_path / "deals.csv"
    table.write_text(f"ClientId,Target,DateTime\n17,order_paid,{int(NOW.timestamp()) - 60}\n")
    return table


def owner(shop: Metrica) -> Owner:
    return Owner(server=shop.server, counter=shop.counter_id)


def path(shop: Metrica) -> Path:
    return ledger_of(shop.server, shop.counter_id)


def sent_to_another_receiver(shop: Metrica, deals: Path) -> None:
    """What is in the ledger was sent to a receiver that is no more."""
    send(shop, deals)
    with open_ledger(path(shop), owner(shop), now=NOW) as ledger:
        ledger.engine.execute("update about set value = 'old' where name = 'instance'")


def fates(shop: Metrica, deals: Path) -> list[str]:
    return [fate.value for fate in send(shop, deals).fates]


def test_a_receiver_has_one_name_and_its_ledger_knows_it(running: Running, deals: Path) -> None:
    with running.shop() as shop:
        assert fates(shop, deals) == ["visitor_not_found"]
        assert Receiver(shop).instance() == Receiver(shop).instance()
        assert fates(shop, deals) == ["known"]


@pytest.mark.parametrize("wishes", [Wishes(), Wishes(dry_run=True)])
def test_another_receiver_is_told_before_anything_is_sent(
    running: Running, deals: Path, wishes: Wishes
) -> None:
    with running.shop() as shop:
        sent_to_another_receiver(shop, deals)

        with pytest.raises(LedgerError, match=r"Another receiver answers .* ledger forget"):
            send(shop, deals, wishes)


def test_to_a_new_receiver_everything_is_sent_anew(running: Running, deals: Path) -> None:
    with running.shop() as shop:
        sent_to_another_receiver(shop, deals)

        aside = forget(path(shop), owner(shop), now=NOW)

        assert aside.exists()
        assert fates(shop, deals) == ["visitor_not_found"]


def test_to_the_same_receiver_with_its_data_moved_nothing_is_sent_twice(
    running: Running, deals: Path
) -> None:
    with running.shop() as shop:
        sent_to_another_receiver(shop, deals)

        with open_ledger(path(shop), owner(shop), now=NOW) as ledger:
            forget_instance(ledger)

        assert fates(shop, deals) == ["known"]
