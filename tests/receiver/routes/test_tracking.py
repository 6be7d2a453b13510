from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Json, Receiver


def _tracking(receiver: Receiver, path: str, method: str = "POST", **query: str) -> Json:
    return receiver.call(method, f"{path}/offline_conversions/extended_threshold", params=query)


def _threshold(receiver: Receiver, path: str) -> Json:
    return receiver.call("GET", f"{path}/offline_conversions/visit_join_threshold")["date"]


def test_the_window_grows_from_nothing_to_21_days(receiver: Receiver) -> None:
    path = receiver.shop(since=None)
    _tracking(receiver, path)

    assert _threshold(receiver, path) == "2026-03-20T12:00:00Z"
    receiver.clock.advance(timedelta(days=21))
    assert _threshold(receiver, path) == "2026-03-20T12:00:00Z"
    receiver.clock.advance(timedelta(days=1))
    assert _threshold(receiver, path) == "2026-03-21T12:00:00Z"


def test_enabling_again_does_not_start_the_window_again(receiver: Receiver) -> None:
    path = receiver.shop(since=None)
    _tracking(receiver, path)
    receiver.clock.advance(timedelta(days=3))

    _tracking(receiver, path)

    assert _threshold(receiver, path) == "2026-03-20T12:00:00Z"


@pytest.mark.parametrize(
    ("since", "threshold"),
    [
        ("2026-03-10", "2026-03-09T21:00:00Z"),  # midnight in Moscow, the counter's zone
        ("2026-03-10T08:00:00+00:00", "2026-03-10T08:00:00Z"),
        ("2026-01-01", "2026-02-27T12:00:00Z"),
    ],
)
def test_the_operator_may_backdate_tracking(receiver: Receiver, since: str, threshold: str) -> None:
    path = receiver.shop(since=None)

    _tracking(receiver, path, since=since)

    assert _threshold(receiver, path) == threshold


@pytest.mark.parametrize("since", ["soon", "2026-03-21", "1969-01-01", "0001-01-01"])
def test_a_since_that_makes_no_sense_is_refused(receiver: Receiver, since: str) -> None:
    path = receiver.shop(since=None)

    refused = receiver.refused(
        "POST", f"{path}/offline_conversions/extended_threshold", params={"since": since}
    )

    assert refused[:2] == (400, "invalid_parameter")


def test_where_tracking_is_off_the_answer_says_how_to_enable_it(receiver: Receiver) -> None:
    path = receiver.shop()
    _tracking(receiver, path, "DELETE")

    status, error_type, message = receiver.refused(
        "GET", f"{path}/offline_conversions/visit_join_threshold"
    )

    assert (status, error_type) == (400, "invalid_parameter")
    assert "extended_threshold" in message
