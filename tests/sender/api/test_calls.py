"""Calls, sent by the sender's own client to a real receiver."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Running
from visitjoin.contract.errors import Refused
from visitjoin.contract.uploads import UploadType
from visitjoin.sender.run.track import track

NOW = datetime.now(UTC).replace(microsecond=0)


def test_calls_are_tracked_sent_and_followed_by_calls_of_their_own(
    running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    called = int(NOW.timestamp()) - 60
    file.write_text(f"ClientId,DateTime,StaticCall\n17,{called},1\n17,{called},0\n")
    with running.shop(tracked_days=None) as shop:
        shop.enable_tracking(since=NOW - timedelta(days=3), type=UploadType.CALLS)

        uploading = shop.upload(file, type=UploadType.CALLS, new_goal_name="Phone")
        last = track(shop, uploading.id)

        assert (last.static_calls_quantity, last.dynamic_calls_quantity) == (1, 1)
        assert shop.uploading(uploading.id, type=UploadType.CALLS) == last
        assert shop.uploadings(type=UploadType.CALLS) == (last,)
        assert shop.uploadings() == ()
        assert [goal.name for goal in shop.goals()] == ["Order paid", "Phone"]


def test_tracking_of_calls_has_a_threshold_of_its_own(running: Running) -> None:
    since = NOW - timedelta(days=3)
    with running.shop(tracked_days=20) as shop:
        shop.enable_tracking(since=since, type=UploadType.CALLS)
        assert shop.join_threshold(type=UploadType.CALLS) == since
        assert shop.join_threshold() != since

        shop.disable_tracking(type=UploadType.CALLS)
        with pytest.raises(Refused, match="Tracking of calls is off"):
            shop.join_threshold(type=UploadType.CALLS)
