"""Where the promise ends: a request that reaches the server when nobody looks for it any more."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.conftest import Running
from tests.e2e import books
from tests.e2e.crash_matrix import Deed
from tests.e2e.faulty_proxy import faulty_proxy
from tests.e2e.patterns import UPLOAD
from tests.e2e.till import Till
from visitjoin.receiver.sandbox.faults import held

SHORT_TIMEOUT: Final = 2.0


def send_and_let_the_first_request_come_late(till: Till, folder: Path) -> None:
    """As it may happen where some buffer on the way keeps it."""
    till.export(books.deal(number) for number in range(3))
    books.import_visits(till.shop, till.deals, folder)
    till.proxy.order(UPLOAD, [held()])
    done = till.run(replace(till.sender(rows_per_batch=3), timeout=SHORT_TIMEOUT))
    till.proxy.release()
    assert done is Deed.SENDS_UNFOUND


def test_a_server_without_idempotency_keys_takes_a_request_that_comes_late_a_second_time(
    till: Till, tmp_path: Path
) -> None:
    """So would Metrica. The two uploadings have one comment."""
    send_and_let_the_first_request_come_late(till, tmp_path)

    assert set(books.held_by_receiver(till.shop).values()) == {2}
    assert len({uploading.comment for uploading in till.shop.uploadings()}) == 1
    assert books.revenue(till.shop) == sum(deal.price for deal in till.deals)


def test_our_receiver_knows_a_request_that_comes_late_by_its_key(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop, faulty_proxy(running.address) as proxy:
        till = Till(running, proxy, shop, tmp_path)

        send_and_let_the_first_request_come_late(till, tmp_path)

        till.assert_exactly_once()
