"""A file streams from disk, whichever client sends it."""

import asyncio
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from threading import get_ident
from typing import ClassVar

import pytest

from tests.sender.awaited import awaited_metrica
from tests.sender.faulty import Faulty
from visitjoin.sender.api.client import AsyncMetrica, Metrica

TOKEN = "not-a-real-token"  # noqa: S105
MIB = 1 << 20


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "conversions.csv"
    file.write_bytes(b"0123456789abcde\n" * (64 * MIB // 16))
    return file


@pytest.mark.parametrize("kind", [Metrica, awaited_metrica])
def test_a_large_file_is_never_held_whole(
    faulty: Faulty, large: Path, kind: Callable[..., Metrica]
) -> None:
    progress: list[tuple[int, int]] = []
    with kind(counter=1, token=TOKEN, base_url=faulty.address) as metrica:
        metrica.goals()
        tracemalloc.start()
        metrica.upload(large, on_progress=lambda done, size: progress.append((done, size)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert 64 * MIB < faulty.bytes_taken[-1] < 64 * MIB + 1000
    assert peak < 8 * MIB
    assert progress == sorted(progress)
    assert progress[-1] == (64 * MIB, 64 * MIB)


class Watched(io.BufferedReader):
    """A file that remembers which threads read it."""

    readers: ClassVar[set[int]] = set()

    def read(self, size: int | None = -1, /) -> bytes:
        self.readers.add(get_ident())
        return super().read(size)


def test_the_disk_is_not_read_in_the_thread_of_the_loop(
    faulty: Faulty, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other tasks run on while a slow disk is waited for; progress is told in their thread."""
    monkeypatch.setattr(Path, "open", lambda path, _: Watched(io.FileIO(path)))
    told: set[int] = set()

    async def upload() -> None:
        async with AsyncMetrica(counter=1, token=TOKEN, base_url=faulty.address) as metrica:
            await metrica.upload(large, on_progress=lambda *_: told.add(get_ident()))

    asyncio.run(upload())

    assert told == {get_ident()}
    assert Watched.readers
    assert get_ident() not in Watched.readers
