"""Each receiver of a sandbox begins with the same data, and no visit of it grows old."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from visitjoin.receiver.config import Settings
from visitjoin.receiver.sandbox.first_data import FirstData

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_every_copy_is_the_same_whatever_became_of_the_one_before(tmp_path: Path) -> None:
    data = FirstData(Settings(data=tmp_path), tmp_path / "first", lambda: NOON)
    first = data.put_into(tmp_path / "1")
    before = files(tmp_path / "1")
    for path in before:
        (tmp_path / "1" / path).write_text("used")

    second = data.put_into(tmp_path / "2")

    assert (first.counter, second) == (1, first)
    assert files(tmp_path / "2") == before
    assert {"catalog.sqlite"} < before.keys()
    assert not {path for path in before if path.startswith(("catalog.sqlite-", "instance"))}


def test_visits_are_made_anew_for_who_begins_hours_later(tmp_path: Path) -> None:
    times = iter([NOON, NOON + timedelta(minutes=50), *[NOON + timedelta(hours=3)] * 2])
    data = FirstData(Settings(data=tmp_path), tmp_path / "first", lambda: next(times))

    made = [data.put_into(tmp_path / name).at for name in "123"]

    assert made == [NOON, NOON, NOON + timedelta(hours=3)]
    assert files(tmp_path / "3") != files(tmp_path / "2")
