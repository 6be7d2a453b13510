"""A copy that is taken while a receiver works, put back, and asked for every row."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import rmtree

import httpx
import pytest
from sqlalchemy import Engine

from tests.receiver.conftest import CLIENT, STRANGER, TOKEN, Json, Receiver
from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.receiver import Settings
from visitjoin.receiver.backup import taking
from visitjoin.receiver.backup.checking import Checked, check
from visitjoin.receiver.backup.restoring import restore
from visitjoin.receiver.backup.taking import back_up
from visitjoin.receiver.catalog.copying import as_it_is, unfinished_folders
from visitjoin.receiver.lake.lake import Lake

BOUGHT = 1773999000
ROWS = (
    f"{CLIENT},order_paid,{BOUGHT},100,RUB",
    f"{STRANGER},order_paid,{BOUGHT},50,RUB",
    f"damaged,order_paid,{BOUGHT},50,RUB",
)

Start = Callable[[Settings], Receiver]


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[str]:
    """The address of a receiver in a process of its own, which works on `data`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "visitjoin", "serve", "--data", tmp_path / "data", "--port", "0"],
        env=os.environ | {"VISITJOIN_ADMIN_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip().removeprefix("Listening on ")
    process.kill()
    process.communicate()


def _upload(address: str, path: str, number: int) -> int:
    table = "\n".join(["ClientId,Target,DateTime,Price,Currency", *ROWS * (number + 1), ""])
    answer = httpx.post(
        f"{address}{path}/offline_conversions/upload",
        headers={"Authorization": f"OAuth {TOKEN}"},
        files={"file": ("deals.csv", table)},
    )
    return int(answer.raise_for_status().json()["uploading"]["id"])


def _open_for_uploads(address: str) -> str:
    headers = {"Authorization": f"OAuth {TOKEN}"}
    counters = f"{address}/management/v1/counters"
    httpx.post(counters, headers=headers, json={"counter": {"name": "Shop"}}).raise_for_status()
    path = "/management/v1/counter/1"
    enable = f"{address}{path}/offline_conversions/extended_threshold"
    httpx.post(enable, headers=headers).raise_for_status()
    return path


def _checked(settings: Settings) -> Checked:
    with as_it_is(settings.catalog) as catalog:
        return check(catalog, Lake(settings.lake), settings.spool)


def test_whatever_moment_it_is_taken_at_a_copy_has_every_row(
    serving: str, settings: Settings, start: Start, tmp_path: Path
) -> None:
    path = _open_for_uploads(serving)
    with ThreadPoolExecutor(2) as senders:
        sending = [senders.submit(_upload, serving, path, number) for number in range(8)]
        copies = [tmp_path / f"copy{number}" for number in range(2)]
        for number, copy in enumerate(copies):
            sending[number * 4].result()  # each meets uploadings in other states
            back_up(settings, copy)
        uploaded = [one.result() for one in sending]

    restored = [
        restore(copy, replace(settings, data=tmp_path / f"again{number}"))
        for number, copy in enumerate(copies)
    ]

    assert [one.checked.faults for one in restored] == [(), ()]
    again = start(replace(settings, data=tmp_path / "again1"))
    for number in range(1, restored[1].checked.uploadings + 1):
        again.ended(path, {"id": number})
    finished = _checked(again.settings)
    assert finished.faults == ()
    assert 4 <= finished.uploadings <= len(uploaded)
    assert finished.on_their_way == 0


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen after the catalog was copied, and before anything else is."""

    def happens(what: Callable[[], object]) -> None:
        def asked(catalog: Engine) -> list[str]:
            folders = unfinished_folders(catalog)
            what()
            return folders

        monkeypatch.setattr(taking, "unfinished_folders", asked)

    return happens


def test_what_was_finished_while_it_was_copied_is_finished_again(
    receiver: Receiver, start: Start, tmp_path: Path, meanwhile: Callable[..., None]
) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 60},ad")
    lake = receiver.client.app.state.worker.stores.lake
    with lake.writing:  # the worker cannot begin
        uploading = receiver.upload(path, *ROWS)
        meanwhile(lambda: (lake.writing.release(), receiver.ended(path, uploading)))
        back_up(receiver.settings, tmp_path / "copy")
        lake.writing.acquire()

    again = replace(receiver.settings, data=tmp_path / "again")
    restored = restore(tmp_path / "copy", again)
    ended = start(again).ended(path, uploading)

    assert (restored.checked.faults, restored.checked.on_their_way) == ((), 1)
    assert (ended["status"], ended["linked_quantity"]) == ("PROCESSED", 1)


def test_what_was_accepted_while_it_was_copied_is_not_in_the_copy_and_can_be_sent_again(
    receiver: Receiver, start: Start, tmp_path: Path, meanwhile: Callable[..., None]
) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 60},ad")
    send = partial(receiver.upload, path, *ROWS)
    meanwhile(lambda: [receiver.ended(path, send()) for _ in range(2)])
    back_up(receiver.settings, tmp_path / "copy")

    again = replace(receiver.settings, data=tmp_path / "again")
    restored = restore(tmp_path / "copy", again)
    restarted = start(again)
    repeated = restarted.ended(path, restarted.upload(path, *ROWS[:1]))

    assert (restored.taken_out, restored.checked.uploadings) == (2, 0)
    assert repeated["id"] > 2  # the lake has appended to 1 and 2 already
    assert repeated["linked_quantity"] == 1
    assert _report(restarted, path) == 1


def _report(receiver: Receiver, path: str) -> int:
    answer: Json = receiver.call("GET", f"{path.replace('management', 'visitjoin')}/report")
    return sum(row["conversions"] for row in answer["report"])


def test_a_lost_row_is_found(receiver: Receiver, tmp_path: Path) -> None:
    path = receiver.shop()
    receiver.ended(path, receiver.upload(path, *ROWS))
    back_up(receiver.settings, tmp_path / "copy")
    restored = replace(receiver.settings, data=tmp_path / "again")
    restore(tmp_path / "copy", restored)
    for table in ("links", "rejects"):
        rmtree(restored.data / "lake" / table)

    (fault,) = _checked(restored).faults

    assert fault == (
        "Uploading 1 is LINKAGE_FAILURE, and the lake does not have the 3 rows of its file."
    )


def test_nothing_is_overwritten(receiver: Receiver, tmp_path: Path) -> None:
    back_up(receiver.settings, tmp_path / "copy")

    with pytest.raises(SettingError, match="Name a new folder for every backup"):
        back_up(receiver.settings, tmp_path / "copy")
    with pytest.raises(SettingError, match="is not empty"):
        restore(tmp_path / "copy", receiver.settings)


def test_a_backup_that_was_broken_off_or_damaged_is_not_restored(
    receiver: Receiver, tmp_path: Path
) -> None:
    back_up(receiver.settings, tmp_path / "copy")
    again = replace(receiver.settings, data=tmp_path / "again")
    catalog = tmp_path / "copy" / "catalog.sqlite"

    with catalog.open("ab") as file:
        file.write(b"!")
    with pytest.raises(SourceError, match=r"catalog.sqlite: .* missing or damaged"):
        restore(tmp_path / "copy", again)
    (tmp_path / "copy" / "manifest.json").unlink()
    with pytest.raises(SourceError, match="No whole backup"):
        restore(tmp_path / "copy", again)
    assert not again.data.exists()
