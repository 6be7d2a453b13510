"""Whatever dies or fails, the next run leaves every conversion at the receiver exactly once.

Real processes, a real receiver, and a proxy between them that fails as it was ordered to.
"""

import os
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Final

import pytest

from tests.e2e import books
from tests.e2e.crash_matrix import (
    CASES,
    ENDS_EARLY,
    ONE_OF_SEVERAL,
    THREE_AT_ONCE,
    Case,
    Deed,
)
from tests.e2e.mortal_sender import Sender
from tests.e2e.patterns import UPLOAD
from tests.e2e.till import Till
from visitjoin.receiver.sandbox.faults import PASS

ROWS: Final = 12
SHORT_TIMEOUT: Final = 2.0
"""Seconds. Far more than the receiver needs for twelve rows: who takes a slow answer for a lost one
looks for an uploading that may not be there yet."""


@pytest.fixture(autouse=True)
def _deals(till: Till, tmp_path: Path) -> None:
    till.export(books.deal(number) for number in range(ROWS))
    books.import_visits(till.shop, till.deals, tmp_path)


EVERY = 1 if os.environ.get("VISITJOIN_ALL_CASES") else 3
"""Of the cases that let down one of several batches, every third is tried with each change: alone
they take a minute and a half. All of them: VISITJOIN_ALL_CASES=1 pytest …"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_batch(till: Till, case: Case) -> None:
    let_down(till, case)
    sender = sender_of(till, case, rows_per_batch=ROWS)

    this_run = till.run(sender, killed_at_stall=case.dies_at_stall)
    left = books.states_in_ledger(till.ledger)
    till.proxy.recover()
    next_run = till.run_here(sender)

    assert this_run is case.this_run
    assert left == ([] if case.left is None else [case.left])
    assert next_run is case.next_run
    till.assert_exactly_once()
    if next_run is not Deed.NOTHING:
        assert till.run_here(sender) is Deed.NOTHING


@pytest.mark.parametrize("case", ONE_OF_SEVERAL[::EVERY], ids=lambda case: case.name)
def test_one_of_several_batches(till: Till, case: Case) -> None:
    """The second of three batches is the unlucky one, wherever the others are by then."""
    let_down(till, case, after=1)
    sender = replace(sender_of(till, case, rows_per_batch=ROWS // 3), times=2)

    this_run = till.run(sender, killed_at_stall=case.dies_at_stall)
    till.proxy.recover()
    till.run_here(sender)

    assert this_run is case.this_run
    till.assert_exactly_once()
    assert till.run_here(sender) is Deed.NOTHING


@pytest.mark.parametrize("cases", THREE_AT_ONCE, ids=lambda cases: ", ".join(c.name for c in cases))
def test_each_batch_is_let_down_in_its_own_way(till: Till, cases: tuple[Case, ...]) -> None:
    for case in cases:
        let_down(till, case)
    stalling = next((case for case in cases if case.stalls), cases[0])
    sender = sender_of(till, stalling, rows_per_batch=ROWS // 3)

    this_run = till.run(sender)

    assert this_run not in ENDS_EARLY
    till.assert_exactly_once()
    assert till.run_here(sender) is Deed.NOTHING


def let_down(till: Till, case: Case, *, after: int = 0) -> None:
    """Order what goes wrong in a case. after: how many uploads go well before."""
    for pattern, fault in case.faults:
        first = [PASS] * after if pattern == UPLOAD else []
        till.proxy.order(pattern, [*first, fault])
    for pattern, fault in case.for_good:
        till.proxy.order(pattern, repeat(fault))


def sender_of(till: Till, case: Case, *, rows_per_batch: int) -> Sender:
    """The sender of a case."""
    sender = till.sender(rows_per_batch=rows_per_batch)
    return replace(
        sender,
        dies_at=case.dies_at,
        dies_reading=case.dies_reading,
        timeout=SHORT_TIMEOUT if case.stalls else sender.timeout,
    )
