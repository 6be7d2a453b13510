from __future__ import annotations

import os
import shutil
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from visitjoin.receiver.lake.tables import LakeTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.receiver.conftest import Receiver
    from visitjoin.receiver import Settings

CLIENT = "1700000000123456789"
ROW = f"{CLIENT},order_paid,1773999000,1,RUB"


def _status(receiver: Receiver, path: str, uploading_id: int) -> str:
    one = f"{path}/offline_conversions/uploading/{uploading_id}"
    return str(receiver.call("GET", one)["uploading"]["status"])


def test_an_uploading_that_fails_does_not_keep_the_others_waiting(receiver: Receiver) -> None:
    path = receiver.shop()
    worker = receiver.client.app.state.worker
    worker.stop(timedelta(seconds=5))
    broken = receiver.upload(path, ROW)
    (folder,) = receiver.settings.spool.iterdir()
    kept = folder.rename(receiver.settings.data / "kept")
    sound = receiver.upload(path, ROW)

    worker.start()
    receiver.ended(path, sound)

    assert _status(receiver, path, broken["id"]) == "UPLOADED"
    worker.stop(timedelta(seconds=5))
    shutil.copytree(kept, folder)
    receiver.clock.advance(timedelta(minutes=10))
    worker.start()
    assert receiver.ended(path, broken)["status"] == "LINKAGE_FAILURE"


def test_what_waits_at_a_stop_is_done_after_the_next_start(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    first = start(settings)
    path = first.shop()
    first.client.app.state.worker.stop(timedelta(seconds=5))
    uploading = first.upload(path, ROW)
    assert _status(first, path, uploading["id"]) == "UPLOADED"

    second = start(settings)

    assert second.ended(path, uploading)["status"] == "LINKAGE_FAILURE"


def test_what_died_before_its_answer_is_swept_at_the_next_start(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    left = settings.spool / "0123456789abcdef"
    left.mkdir(parents=True)
    (left / "source.csv").write_text("half a fi")

    start(settings)

    assert list(settings.spool.iterdir()) == []


def test_two_workers_of_a_process_bring_each_uploading_to_its_end_once(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, workers=2))
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},1773990000,ad")

    uploadings = [receiver.upload(path, ROW) for _ in range(6)]

    assert {receiver.ended(path, one)["linked_quantity"] for one in uploadings} == {1}
    files = receiver.client.app.state.worker.stores.lake.files(LakeTable.LINKS, 1)
    linked = pl.scan_parquet(files, hive_partitioning=False).select("uploading_id").collect()
    assert sorted(linked.to_series()) == [uploading["id"] for uploading in uploadings]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_who_waits_for_an_answer_goes_before_the_worker(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.ended(path, receiver.upload(path, ROW))
    (worker,) = [one for one in threading.enumerate() if one.name.startswith("visitjoin-worker")]

    def niceness(thread: int | None) -> int:
        return os.getpriority(os.PRIO_PROCESS, thread or 0)

    ours = niceness(threading.get_native_id())
    assert niceness(worker.native_id) == max(10, ours)
