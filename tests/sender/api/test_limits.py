"""The limits of the API are kept by the client, before a server has to say so."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Event
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Running
from tests.sender.awaited import awaited_metrica
from tests.sender.faulty import Faulty
from visitjoin.contract.errors import QuotaSpent, SettingError
from visitjoin.contract.quotas import Limits
from visitjoin.sender.api.client import AsyncMetrica, Metrica
from visitjoin.sender.api.limits import Limiter
from visitjoin.sender.api.steps import Request

TOKEN = "not-a-real-token"  # noqa: S105
GOALS = Request(method="GET", path="/goals")
NOON = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


def a_day_of(requests: int, clock: Callable[[], datetime] = lambda: NOON) -> Limiter:
    return Limiter(Limits(per_second=None, per_day=requests), clock=clock)


def test_metrica_has_quotas_and_a_receiver_of_ones_own_has_none() -> None:
    with (
        Metrica(counter=1, token=TOKEN) as theirs,
        Metrica(counter=1, token=TOKEN, base_url="http://127.0.0.1:1") as ours,
    ):
        assert theirs.limiter.limits == Limits(parallel=3, per_second=30, per_day=5000)
        assert ours.limiter.limits == Limits(parallel=3, per_second=None, per_day=None)
        assert (theirs.limiter.left, ours.limiter.left) == (5000, None)


@pytest.mark.parametrize("name", ["parallel", "per_second", "per_day"])
def test_a_limit_that_lets_nothing_through_is_a_wrong_setting(name: str) -> None:
    with pytest.raises(SettingError, match=f"The limit {name} is 0"):
        Limits(**{name: 0})


@given(st.lists(st.floats(0, 0.7), max_size=60), st.integers(1, 5))
def test_no_second_sees_more_requests_begin_than_allowed(
    pauses: list[float], per_second: int
) -> None:
    now, begun = 0.0, []
    limiter = Limiter(Limits(per_second=per_second), elapsed=lambda: now)

    for pause in pauses:
        now += pause
        wait = limiter.admit(GOALS)
        begun.append(now + wait)

    assert begun == sorted(begun)
    assert all(
        later - earlier > 1 - 1e-9
        for earlier, later in zip(begun, begun[per_second:], strict=False)
    )


def test_requests_that_keep_below_the_pace_never_wait() -> None:
    times = iter([n / 30 for n in range(120)])
    limiter = Limiter(Limits(per_second=31), elapsed=lambda: next(times))

    assert {limiter.admit(GOALS) for _ in range(120)} == {0.0}


@pytest.mark.parametrize("kind", [Metrica, awaited_metrica])
def test_a_client_waits_before_a_request_that_would_be_too_many(
    faulty: Faulty, kind: Callable[..., Metrica]
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    with kind(
        counter=1,
        token=TOKEN,
        base_url=faulty.address,
        limiter=Limiter(Limits(per_second=2), elapsed=lambda: 0.0),
        sleep=slept.append if kind is Metrica else sleep,
    ) as metrica:
        for _ in range(5):
            metrica.goals()

    assert slept == [1.0, 1.0, 2.0]


def test_threads_of_one_client_ask_three_at_a_time(faulty: Faulty) -> None:
    faulty.gate = Event()
    begun: list[date] = []
    with (
        Metrica(counter=1, token=TOKEN, base_url=faulty.address) as metrica,
        ThreadPoolExecutor(12) as threads,
    ):
        metrica.limiter.watch(on_request=begun.append)
        answers = threads.map(lambda _: metrica.goals(), range(12))
        # A semaphore shows nobody how many wait for it, so this looks inside.
        waiting = metrica.transport._slots._cond._waiters  # type: ignore[attr-defined]
        while len(begun) + len(waiting) < 12:
            sleep(0)
        at_once = len(begun)
        faulty.gate.set()

        assert list(answers) == [()] * 12
    assert (at_once, len(begun)) == (3, 12)


def test_tasks_of_one_client_ask_three_at_a_time(faulty: Faulty) -> None:
    gate = faulty.gate = Event()
    begun: list[date] = []

    async def ask() -> int:
        async with AsyncMetrica(counter=1, token=TOKEN, base_url=faulty.address) as metrica:
            metrica.limiter.watch(on_request=begun.append)
            tasks = [asyncio.create_task(metrica.goals()) for _ in range(12)]
            await asyncio.sleep(0)  # each task comes as far as it may
            at_once = len(begun)
            gate.set()
            assert await asyncio.gather(*tasks) == [()] * 12
            return at_once

    assert (asyncio.run(ask()), len(begun)) == (3, 12)


@pytest.mark.parametrize("kind", [Metrica, awaited_metrica])
def test_the_request_beyond_the_quota_is_not_made(
    running: Running, kind: Callable[..., Metrica]
) -> None:
    with running.shop() as shop:
        counter = shop.counter_id
    told: list[date] = []
    sentences: list[str] = []
    with kind(
        counter=counter, token=running.token, base_url=running.address, limiter=a_day_of(10)
    ) as metrica:
        metrica.limiter.watch(made_today=6, on_request=told.append, announce=sentences.append)
        for _ in range(4):
            metrica.goals()

        with pytest.raises(QuotaSpent, match="all 10 requests of the day are made") as spent:
            metrica.create_goal("Deal won", "deal_won")

        assert metrica.limiter.left == 0
    assert told == [NOON.date()] * 4
    (sentence,) = sentences
    assert sentence == (
        "8 of the 10 requests that the API takes in a day are made; 2 are left until 00:00 GMT, "
        "in 11 h 30 min."
    )
    assert spent.value.wait == timedelta(hours=11, minutes=30).total_seconds()
    with running.client(counter) as unlimited:
        assert [goal.name for goal in unlimited.goals()] == ["Order paid"]


def test_at_midnight_of_greenwich_the_day_begins_again() -> None:
    """Moscow's midnight, three hours before it, changes nothing."""
    moscow = timezone(timedelta(hours=3))
    moments = [datetime(2026, 11, 24, 23, tzinfo=moscow) + timedelta(hours=n) for n in (0, 2, 4)]
    told: list[date] = []
    sentences: list[str] = []
    limiter = a_day_of(5, lambda: moments[0])
    limiter.watch(made_today=3, on_request=told.append, announce=sentences.append)

    left = []
    while moments:
        limiter.admit(GOALS)
        left.append(limiter.left)
        del moments[:1]

    assert left == [1, 0, 4]
    assert [day.day for day in told] == [24, 24, 25]
    assert len(sentences) == 1


def test_requests_made_before_the_ledger_was_open_are_told_to_it() -> None:
    told: list[date] = []
    limiter = a_day_of(100)
    limiter.admit(GOALS)
    limiter.admit(GOALS)

    limiter.watch(made_today=50, on_request=told.append)
    limiter.admit(GOALS)

    assert len(told) == 3
    assert limiter.left == 47


def test_what_a_ledger_was_told_of_is_not_counted_twice_by_its_next_run() -> None:
    told: list[date] = []
    limiter = a_day_of(100)
    for _ in range(2):
        limiter.watch(made_today=len(told), on_request=told.append)
        limiter.admit(GOALS)
        limiter.admit(GOALS)

    assert len(told) == 4
    assert limiter.left == 96


def test_who_is_told_may_ask_how_many_are_left() -> None:
    left: list[int | None] = []
    limiter = a_day_of(10)
    limiter.watch(on_request=lambda _: left.append(limiter.left))

    limiter.admit(GOALS)

    assert left == [9]


def test_clients_of_one_token_may_share_a_quota(faulty: Faulty) -> None:
    limiter = a_day_of(2)
    with (
        Metrica(counter=1, token=TOKEN, base_url=faulty.address, limiter=limiter) as first,
        Metrica(counter=2, token=TOKEN, base_url=faulty.address, limiter=limiter) as second,
    ):
        first.goals()
        second.goals()
        with pytest.raises(QuotaSpent):
            first.goals()

    assert len(faulty.requests) == 2


def test_each_attempt_counts(faulty: Faulty) -> None:
    faulty.faults.extend(["503", "503"])
    limiter = a_day_of(10)
    with Metrica(counter=1, token=TOKEN, base_url=faulty.address, limiter=limiter) as metrica:
        metrica.goals()

    assert limiter.left == 7


def test_threads_lose_no_count() -> None:
    told: list[date] = []
    limiter = a_day_of(4000)
    limiter.watch(on_request=told.append)

    def ask(_: int) -> None:
        for _ in range(500):
            limiter.admit(GOALS)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(8)))

    assert (len(told), limiter.left) == (4000, 0)
