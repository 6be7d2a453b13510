from datetime import UTC, datetime, timedelta

import pytest

from visitjoin.contract.errors import SettingError
from visitjoin.sender.tokens.expiry import warning_of_expiry
from visitjoin.sender.tokens.token import Found, token_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def _found(left: timedelta | None) -> Found:
    return Found(
        token=token_of("secret-1", None if left is None else NOW + left), place="the keyring (x)"
    )


@pytest.mark.parametrize("left", [None, timedelta(days=14, seconds=1), timedelta(days=365)])
def test_a_token_with_time_enough_or_without_a_known_end_needs_no_word(
    left: timedelta | None,
) -> None:
    assert warning_of_expiry(_found(left), NOW) is None


@pytest.mark.parametrize(
    ("left", "when"),
    [
        (timedelta(days=14), "in 14 days, on 2026-12-09 12:00 UTC"),
        (timedelta(days=1, hours=5), "in 1 day, on 2026-11-26 17:00 UTC"),
        (timedelta(seconds=1), "within a day, on 2026-11-25 12:00 UTC"),
    ],
)
def test_a_token_that_ends_within_two_weeks_says_when(left: timedelta, when: str) -> None:
    warning = warning_of_expiry(_found(left), NOW)

    assert warning is not None
    assert when in warning
    assert warning.endswith("visitjoin login")
    assert "secret-1" not in warning


@pytest.mark.parametrize("left", [timedelta(0), timedelta(days=-400)])
def test_a_token_that_has_ended_stops_the_run(left: timedelta) -> None:
    with pytest.raises(SettingError, match=r"expired on 202\d-.*visitjoin login"):
        warning_of_expiry(_found(left), NOW)
