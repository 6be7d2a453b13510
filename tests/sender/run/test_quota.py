"""The quota is of a day, over all runs: it is known, announced, and not gone over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.errors import TryLater
from visitjoin.contract.quotas import Limits
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.limits import Limiter
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(f"ClientId,Target,DateTime\n17,order_paid,{int(NOW.timestamp()) - 60}\n")
    return path


def limited(running: Running, shop: Metrica, per_day: int) -> Metrica:
    """A client of its own, as each run has, that keeps to a small quota."""
    return Metrica(
        counter=shop.counter_id,
        token=running.token,
        base_url=running.address,
        limiter=Limiter(Limits(per_day=per_day)),
    )


def spend(running: Running, shop: Metrica, deals: Path, per_day: int, said: list[str]) -> None:
    """Run after run, until one is stopped."""
    while True:
        with limited(running, shop, per_day) as metrica:
            send(metrica, deals, Wishes(dry_run=True), telling=Telling(remark=said.append))


def test_requests_of_earlier_runs_count(running: Running, deals: Path) -> None:
    left: list[int | None] = []
    with running.shop() as shop:
        for _ in range(2):
            with limited(running, shop, 1000) as metrica:
                report = send(metrica, deals, Wishes(dry_run=True))
            assert report.preflight is not None
            left.append(report.preflight.requests_left)

    first, second = left
    assert first is not None
    assert second is not None
    assert second < first < 1000


def test_a_quota_is_announced_before_it_is_spent_and_then_the_run_stops(
    running: Running, deals: Path
) -> None:
    said: list[str] = []
    with running.shop() as shop, pytest.raises(TryLater, match="00:00 GMT"):
        spend(running, shop, deals, 20, said)

    assert "16 of the 20 requests" in said[0]


def test_the_next_day_the_requests_begin_anew(running: Running, deals: Path) -> None:
    tomorrow = NOW + timedelta(days=1)
    with running.shop() as shop:
        with pytest.raises(TryLater):
            spend(running, shop, deals, 8, [])
        with Metrica(
            counter=shop.counter_id,
            token=running.token,
            base_url=running.address,
            limiter=Limiter(Limits(per_day=8), clock=lambda: tomorrow),
        ) as metrica:
            send(metrica, deals, Wishes(dry_run=True), clock=lambda: tomorrow)
