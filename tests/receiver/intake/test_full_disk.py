"""A disk without room: nothing is taken, nothing is lost, and what was taken goes on."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from shutil import disk_usage
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.receiver.conftest import Receiver
    from visitjoin.receiver import Settings

BOUGHT = 1773999000
ROW = "1700000000{number:09},order_paid,{moment},990.50,RUB"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("To mount a small disk takes the rights of an administrator.")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607 - wherever it is


@pytest.fixture
def cramped(
    start: Callable[[Settings], Receiver], settings: Settings, small_disk: Path
) -> Receiver:
    return start(replace(settings, data=small_disk / "data"))


def _table(rows: int) -> str:
    header = "ClientId,Target,DateTime,Price,Currency"
    body = (ROW.format(number=number, moment=BOUGHT - number) for number in range(rows))
    return "\n".join([header, *body, ""])


def _upload(receiver: Receiver, path: str, rows: int) -> tuple[int, dict[str, str]]:
    """Upload so many rows; the status and the headers of the answer."""
    answer = receiver.client.post(
        f"{path}/offline_conversions/upload",
        headers=receiver.headers,
        files={"file": ("deals.csv", _table(rows))},
    )
    if answer.status_code != 200:
        error = answer.json()["errors"][0]
        assert error["error_type"] == "backend_error"
        assert error["message"].startswith("The receiver's disk is full. Nothing was taken")
    return answer.status_code, dict(answer.headers)


def _fill(disk: Path) -> Path:
    """Write a file until there is no room for another page; the receiver may write meanwhile."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while disk_usage(disk).free:
            with suppress(OSError):
                file.write(bytes(4096))
    return ballast


def _until_put_off(capsys: pytest.CaptureFixture[str]) -> None:
    deadline = time.monotonic() + 30
    logged = ""
    while "uploading_put_off" not in logged:
        assert time.monotonic() < deadline, logged
        time.sleep(0.05)
        logged += capsys.readouterr().out


@pytest.mark.parametrize("rows", [300_000, 400_000], ids=["the rows", "the file itself"])
def test_an_upload_for_which_there_is_no_room_is_put_off(cramped: Receiver, rows: int) -> None:
    path = cramped.shop()

    status, headers = _upload(cramped, path, rows)

    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert list(cramped.settings.spool.iterdir()) == []


def test_afterwards_a_file_for_which_there_is_room_is_taken_and_linked(cramped: Receiver) -> None:
    path = cramped.shop()
    cramped.visit(path, f"v1,1700000000000000000,{BOUGHT - 60},ad")
    assert _upload(cramped, path, 400_000)[0] == 503

    uploading = cramped.upload(path, ROW.format(number=0, moment=BOUGHT))

    assert cramped.ended(path, uploading)["linked_quantity"] == 1


def test_what_was_taken_before_is_linked_when_there_is_room_again(
    start: Callable[[Settings], Receiver],
    settings: Settings,
    small_disk: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    receiver = start(replace(settings, lake_url=str(small_disk / "lake")))
    path = receiver.shop()
    ballast = _fill(small_disk)
    uploading = receiver.upload(path, ROW.format(number=0, moment=BOUGHT))
    _until_put_off(capsys)

    ballast.unlink()
    receiver.clock.advance(timedelta(minutes=5))

    assert receiver.ended(path, uploading)["line_quantity"] == 1


def test_visits_for_which_there_is_no_room_are_put_off(cramped: Receiver) -> None:
    path = cramped.shop()
    rows = [f"v{number},1700000000{number:09},{BOUGHT},ad" for number in range(400_000)]
    table = "\n".join(["visit_id,client_id,started_at,traffic_source", *rows, ""])

    status, error_type, message = cramped.refused(
        "POST",
        f"{path.replace('management', 'visitjoin')}/visits",
        files={"file": ("visits.csv", table)},
    )

    assert (status, error_type) == (503, "backend_error")
    assert message.startswith("The receiver's disk is full")
