"""A shop's till: its export, the sender that sends it, and the proxy that the sender must pass."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path
from subprocess import PIPE, run
from sys import executable
from typing import Final

import msgspec

from tests.conftest import Running
from tests.e2e import books
from tests.e2e.books import Deal
from tests.e2e.crash_matrix import Deed
from tests.e2e.faulty_proxy import Proxy, Seen
from tests.e2e.mortal_sender import FAILED, Sender
from tests.e2e.patterns import ANY, STATUS, UPLOAD, UPLOADINGS
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger.batches import State
from visitjoin.sender.ledger.place import files_beside, ledger_of

_SIGNS: Final = {UPLOAD: "u", UPLOADINGS: "l", STATUS: "s"}
_LONGEST_RUN: Final = 120
"""Seconds. A run takes one; on a machine with other work, ten."""


class Till:
    """A counter, its export and its ledger."""

    def __init__(self, running: Running, proxy: Proxy, shop: Metrica, folder: Path) -> None:
        self.running, self.proxy, self.shop = running, proxy, shop
        self.source = folder / "deals.csv"
        self.ledgers = folder / "ledgers"
        server = proxy.address.removeprefix("http://")
        self.ledger = ledger_of(server, shop.counter_id, self.ledgers)
        self.deals: list[Deal] = []

    def export(self, deals: Iterable[Deal]) -> None:
        """Write the export: from here on these are the shop's deals."""
        self.deals = list(deals)
        books.write_deals(self.deals, self.source)

    def sender(self, *, rows_per_batch: int) -> Sender:
        """A sender of the export that dies nowhere."""
        return Sender(
            address=self.proxy.address,
            counter=self.shop.counter_id,
            source=self.source,
            ledgers=self.ledgers,
            rows_per_batch=rows_per_batch,
        )

    def run(self, sender: Sender, *, killed_at_stall: bool = False) -> Deed:
        """Run a sender as a process to its end. Answers what it did about its batch."""
        before = len(self.proxy.seen(ANY))
        with sender.start(self.running.token) as process:
            if killed_at_stall:
                self.proxy.await_stall()
                os.kill(process.pid, signal.SIGKILL)
            _, errors = process.communicate(timeout=_LONGEST_RUN)
        assert process.returncode in (-signal.SIGKILL, FAILED, 0), errors
        return _deed(process.returncode, self.proxy.seen(ANY)[before:])

    def run_here(self, sender: Sender) -> Deed:
        """The same in this process, for a sender that has nothing to die of."""
        before = len(self.proxy.seen(ANY))
        sender.immortal().run(self.running.token)
        return _deed(0, self.proxy.seen(ANY)[before:])

    def run_command(self) -> dict[str, object]:
        """Run `visitjoin send` as a person does. Answers its report."""
        variables = {
            "VISITJOIN_API": self.proxy.address,
            "VISITJOIN_COUNTER": str(self.shop.counter_id),
            "VISITJOIN_LEDGERS": str(self.ledgers),
            "VISITJOIN_TOKEN": self.running.token,
        }
        done = run(
            [executable, "-m", "visitjoin", "send", self.source, "--json"],
            env=os.environ | variables,
            stdout=PIPE,
            check=True,
            timeout=_LONGEST_RUN,
        )
        report = msgspec.json.decode(done.stdout)
        assert isinstance(report, dict)
        return report

    def assert_books_balance(self) -> None:
        """The receiver holds what the ledger says was sent, each row once, and counts its money.

        The money is that of the export: a deal that was sent with several prices has the last.
        """
        sent = books.held_by_ledger(self.ledger)
        assert books.held_by_receiver(self.shop) == sent
        assert set(sent.values()) == {1}
        assert {moment for moment, _ in sent} == {deal.happened_at for deal in self.deals}
        assert books.revenue(self.shop) == sum(deal.price for deal in self.deals)
        assert set(books.states_in_ledger(self.ledger)) == {State.DONE}
        assert list(files_beside(self.ledger).iterdir()) == []
        assert not self.ledger.with_suffix(".run").exists()

    def assert_exactly_once(self) -> None:
        """The export, the receiver and the ledger hold the same rows, each of them once."""
        assert books.held_by_receiver(self.shop) == books.held_by_source(self.deals)
        self.assert_books_balance()


def _deed(code: int, seen: list[Seen]) -> Deed:
    """What a run did about a batch, from its exit code and its requests."""
    if code:
        return Deed.DIES if code == -signal.SIGKILL else Deed.FAILS
    requests = "".join(
        next((sign for pattern, sign in _SIGNS.items() if one.fits(pattern)), "") for one in seen
    )
    uploads_and_looks = requests.replace(_SIGNS[STATUS], "")
    if "l" in uploads_and_looks:
        return Deed.SENDS_UNFOUND if uploads_and_looks.endswith("u") else Deed.FINDS
    if "u" in uploads_and_looks:
        return Deed.SENDS if uploads_and_looks == "u" else Deed.SENDS_AGAIN
    return Deed.FOLLOWS if requests else Deed.NOTHING
