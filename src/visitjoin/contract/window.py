"""How far back a visit may lie: the cut-off, stated once.

Source: the API guide, "Enabling offline conversion tracking": after enabling, the window grows
by itself from 0 to 21 days, and uploads are possible about 24 hours later.
"""

from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(days=21)
UPLOAD_DELAY: Final = timedelta(hours=24)
"""How long after enabling Metrica takes the first upload. Our receiver's own is a setting."""


def cut_off(enabled_at: datetime, processed_at: datetime) -> datetime:
    """The earliest start of a visit to which a conversion can still be joined.

    enabled_at: aware; when tracking was enabled (our receiver lets the operator backdate it).
    processed_at: aware; when the upload is processed, not when the conversion happened.

    Returns an aware time; a visit that starts at that very second still counts.
    """
    return max(enabled_at, processed_at - WINDOW)


def first_upload(joined_from: datetime, now: datetime) -> datetime | None:
    """From when on Metrica takes uploads, where tracking is so new that it may not take them yet.

    joined_from: the earliest start of a visit that can be joined, as the API answers it, aware.
    now: aware.

    Returns an aware time; None where tracking has been on for longer.
    """
    return joined_from + UPLOAD_DELAY if joined_from > now - UPLOAD_DELAY else None


def can_upload(enabled_at: datetime, now: datetime, delay: timedelta = UPLOAD_DELAY) -> bool:
    """Whether an upload is possible yet.

    enabled_at, now: aware. delay: how long after enabling the first upload is taken.
    """
    return now >= enabled_at + delay
