"""A folder for a while goes away, though its process is killed; nobody else's does."""

import os
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from visitjoin.disk.scratch import scratch
from visitjoin.prepare import prepare

HEADER = b"ClientId,Target,DateTime\n"
ROW = b"17,order_paid,1794690000\n"
CHUNK = 1 << 20
"""Bytes of standard input that are kept at once."""


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, of this process and of those that it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_what_a_killed_reading_left_goes_with_the_next(around: Path, tmp_path: Path) -> None:
    outputs = ("-o", tmp_path / "o.csv", "--rejects", tmp_path / "r.csv")
    reading = subprocess.Popen(
        [sys.executable, "-m", "visitjoin", "prepare", "-", *outputs],
        stdin=subprocess.PIPE,
        bufsize=0,
    )
    assert reading.stdin is not None
    # More than a chunk and a pipe hold, so a part is on disk when all of it is written.
    reading.stdin.write(HEADER + ROW * (3 * CHUNK // len(ROW)))
    os.kill(reading.pid, signal.SIGKILL)
    reading.wait()
    reading.stdin.close()
    (left,) = around.iterdir()
    assert (left / "standard-input.csv").stat().st_size >= CHUNK

    table = tmp_path / "deals.csv"
    table.write_bytes(HEADER + ROW)
    prepare(table, conversions=tmp_path / "c.parquet", rejects=None, now=datetime.now(UTC))

    assert list(around.iterdir()) == []


def test_a_folder_in_use_stays(around: Path) -> None:
    with scratch() as one:
        with scratch() as other:
            assert {one, other} == set(around.iterdir())
        assert list(around.iterdir()) == [one]


def test_a_folder_is_left_alone_that_is_not_surely_ours(around: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for folder in (
        elsewhere,
        around / "visitjoin-scratch-open-to-others",
        around / "of-another-program",
    ):
        folder.mkdir(mode=0o700)
        (folder / "in-use").touch()
    (around / "visitjoin-scratch-open-to-others").chmod(0o755)
    (around / "visitjoin-scratch-link").symlink_to(elsewhere)
    (around / "visitjoin-scratch-without-a-lock").mkdir(mode=0o700)
    before = set(around.iterdir())

    with scratch():
        pass

    assert set(around.iterdir()) == before
    assert (elsewhere / "in-use").exists()
