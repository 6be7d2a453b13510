"""An export that grows, sent every hour by a sender that dies and a server that fails by chance.

A seed says what goes wrong, and stands in the name of its test. `VISITJOIN_SEEDS=200 pytest …`
tries two hundred of them instead of three.
"""

import os
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.e2e import books
from tests.e2e.crash_matrix import ENDS_EARLY, Deed
from tests.e2e.mortal_sender import Sender
from tests.e2e.patterns import ANY, OUTCOMES, STATUS, UPLOAD, UPLOADINGS
from tests.e2e.till import Till
from visitjoin.receiver.sandbox.faults import (
    ANSWER_OF_NOTHING,
    CUT_IN_THE_ANSWER,
    HALF_AN_ANSWER,
    PASS,
    Moment,
    Order,
    cut,
    lost,
    refused,
    stall,
)
from visitjoin.sender.run.telling import Step

SEEDS: Final = int(os.environ.get("VISITJOIN_SEEDS", "1"))
HOURS: Final = 5
MOST_DEALS: Final = HOURS * 8

ORDERS: Final[tuple[Order, ...]] = (
    PASS,
    PASS,
    PASS,
    refused(429),
    *(refused(status) for status in (500, 503)),
    *(lost(status) for status in (502, 504)),
    *(cut(moment) for moment in Moment),
    CUT_IN_THE_ANSWER,
    HALF_AN_ANSWER,
    ANSWER_OF_NOTHING,
)


@dataclass
class Chance:
    """What a seed decides."""

    random: Random
    numbers: int = 0
    """Deals so far."""

    def grow(self, deals: list[books.Deal]) -> list[books.Deal]:
        """The export of the next hour: some deals have another price, and some are new."""
        kept = [
            replace(deal, price=deal.price + 1) if self.random.random() < 0.2 else deal
            for deal in deals
        ]
        first, self.numbers = self.numbers, self.numbers + self.random.randint(1, 8)
        return kept + [books.deal(number) for number in range(first, self.numbers)]

    def spoil(self, till: Till) -> None:
        """Order what goes wrong in the next run."""
        till.proxy.order(UPLOAD, self.random.choices(ORDERS, k=4))
        for pattern in (UPLOADINGS, STATUS, OUTCOMES):
            till.proxy.order(pattern, self.random.choices(ORDERS, k=self.random.randint(0, 2)))
        if self.random.random() < 0.2:
            # Some requests go well, and then nothing does.
            well = [PASS] * self.random.randint(1, 12)
            till.proxy.order(ANY, well)
            till.proxy.order(ANY, repeat(refused(502)))

    def mortal(self, sender: Sender) -> Sender:
        """A sender that may die somewhere."""
        if self.random.random() < 0.4:
            return sender
        step = self.random.choice([*Step, None])
        times = self.random.randint(1, 3)
        return replace(sender, dies_at=step, dies_reading=step is None, times=times)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_hour_something_else_goes_wrong(till: Till, tmp_path: Path, seed: int) -> None:
    chance = Chance(Random(seed))  # noqa: S311 - a test that can be repeated, not a secret
    books.import_visits(till.shop, map(books.deal, range(MOST_DEALS)), tmp_path)

    for _ in range(HOURS):
        till.export(chance.grow(till.deals))
        sender = till.sender(rows_per_batch=chance.random.choice([2, 3, 5, 100]))
        if chance.random.random() < 0.2:
            till.proxy.order(UPLOAD, [stall(chance.random.choice([*Moment]))])
            till.run(sender, killed_at_stall=True)
        else:
            chance.spoil(till)
            till.run(chance.mortal(sender))
        till.proxy.recover()
    assert till.run(till.sender(rows_per_batch=4)) not in ENDS_EARLY

    till.assert_books_balance()
    assert till.run_here(sender) is Deed.NOTHING
    report = till.run_command()
    assert report["uploadings"] == []
