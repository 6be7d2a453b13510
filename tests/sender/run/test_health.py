"""The share linked of what was really sent, and of whose ledger it is read."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.cli import story
from visitjoin.contract.errors import LedgerError
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.health import Basis
from visitjoin.sender.run.health import health
from visitjoin.sender.run.send import send
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)


def test_what_was_sent_is_counted_by_kind_target_and_day(running: Running, tmp_path: Path) -> None:
    deals, visits = tmp_path / "deals.csv", tmp_path / "visits.csv"
    deals.write_text(story.deals_csv(NOW), encoding="utf-8", newline="")
    visits.write_text(story.visits_csv(NOW), encoding="utf-8", newline="")
    with running.shop(tracked_days=story.TRACKED_FOR.days) as shop:
        Receiver(shop).import_visits(visits)
        report = send(shop, deals, Wishes(ledgers=tmp_path))

        found = health(shop, ledgers=tmp_path)

    assert found.basis is Basis.ROW
    assert (found.total.rows, found.total.linked) == (report.uploaded.rows, 11)
    assert {kind.name for kind in found.by_kind} == {
        "CLIENT_ID",
        "USER_ID",
        "YCLID",
        "PURCHASE_ID",
    }
    assert [target.name for target in found.by_target] == ["order_paid", "Order paid", "test"]
    assert found.waiting.rows == 0


def test_where_nothing_was_sent_yet_it_is_said_so(running: Running, tmp_path: Path) -> None:
    with running.client(7) as shop, pytest.raises(LedgerError, match="nothing was sent yet"):
        health(shop, ledgers=tmp_path)
