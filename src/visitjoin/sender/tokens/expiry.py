"""Will the token live long enough? Said before an upload, not found out in the middle of one."""

from datetime import datetime, timedelta
from typing import Final

from visitjoin.contract.errors import SettingError
from visitjoin.sender.tokens.token import Found

SOON: Final = timedelta(days=14)
"""Our choice: two weeks are enough for whoever owns the account to come back from a holiday."""


def warning_of_expiry(found: Found, now: datetime) -> str | None:
    """A sentence where a token ends within 14 days; None where it does not, or nobody knows.

    now: aware. Raises SettingError where the token has ended already.
    """
    ends = found.token.expires_at
    if ends is None or ends - now > SOON:
        return None
    if ends <= now:
        raise SettingError(
            f"The token from {found.place} expired on {ends:%Y-%m-%d}. Get a new one: "
            "visitjoin login"
        )
    return (
        f"The token from {found.place} expires {_when(ends, now)}. Get a new one before that: "
        "visitjoin login"
    )


def _when(ends: datetime, now: datetime) -> str:
    days = (ends - now).days
    in_days = {0: "within a day", 1: "in 1 day"}.get(days, f"in {days} days")
    return f"{in_days}, on {ends:%Y-%m-%d %H:%M} UTC"
