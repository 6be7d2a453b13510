"""The script's tests, against a sandbox instead of Metrica: nothing is mocked and nothing waits."""

from datetime import timedelta

import pytest
from paid_orders import Metrica, Order


@pytest.fixture
def waits():
    """The seconds that the script wanted to wait."""
    return []


@pytest.fixture
def metrica(visitjoin_sandbox, waits):
    sandbox = visitjoin_sandbox
    return Metrica(sandbox.address, sandbox.token, sandbox.counter, sleep=waits.append)


@pytest.fixture
def order(visitjoin_sandbox):
    """An order of today's visitor, paid a minute ago."""
    paid_at = visitjoin_sandbox.now - timedelta(minutes=1)
    client_id = visitjoin_sandbox.visits[-1].client_id
    return Order("A-2001", client_id, int(paid_at.timestamp()), "990.50")


def test_an_order_is_linked_to_the_visit_that_brought_it(visitjoin_sandbox, metrica, order):
    uploading = metrica.upload([order])

    (row,) = visitjoin_sandbox.outcomes(uploading)
    assert row.outcome == "linked"
    assert row.visit_id == visitjoin_sandbox.visits[-1].visit_id


def test_a_visit_of_three_weeks_ago_is_out_of_reach(visitjoin_sandbox, metrica, order):
    visitjoin_sandbox.move_clock(timedelta(days=22))

    (row,) = visitjoin_sandbox.outcomes(metrica.upload([order]))

    assert row.outcome == "no_visit_in_window"


def test_it_waits_as_long_as_the_server_asks(visitjoin_sandbox, metrica, order, waits):
    visitjoin_sandbox.fail(429, retry_after=7, times=2, call="POST */upload")

    metrica.upload([order])

    assert waits == [7, 7]


@pytest.mark.parametrize(
    "failure", ["cut-in-body", "cut-after-body", "cut-in-answer", "half-json", "empty"]
)
def test_an_order_is_uploaded_once_when_the_answer_is_lost(
    visitjoin_sandbox, metrica, order, failure
):
    visitjoin_sandbox.fail(failure, times=1, call="POST */upload")

    uploading = metrica.upload([order])

    assert uploading == 1
    assert len(visitjoin_sandbox.outcomes(uploading)) == 1


def test_it_gives_up_when_the_server_stays_away(visitjoin_sandbox, metrica, order):
    visitjoin_sandbox.fail(503, call="POST *")

    with pytest.raises(TimeoutError):
        metrica.upload([order])
