"""Hits are on disk before they are answered, and what is torn is told from what was promised."""

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from visitjoin.receiver.collect.journal import Journal, NotKept
from visitjoin.receiver.collect.journal_file import JournalFile, open_files, seal_torn, sealed


def _lines(file: Path) -> list[bytes]:
    return [line for line in file.read_bytes().splitlines() if b"batch_bytes" not in line]


@pytest.mark.parametrize(
    "tear",
    [
        lambda content: content[:-1],
        lambda content: content[:-3] + b"xx\n",
        lambda content: content + b'{"batch_bytes":500,"batch_crc":1}\nhalf',
        lambda content: content + bytes(4096),
    ],
    ids=["cut", "overwritten", "half", "zeros"],
)
def test_a_torn_batch_is_cut_off_and_the_whole_ones_stay(
    tmp_path: Path, tear: Callable[[bytes], bytes]
) -> None:
    file = JournalFile(tmp_path, "dead")
    file.append([b"one\n", b"two\n"])
    whole = len(file.path.read_bytes())
    file.append([b"three\n"])
    content = file.path.read_bytes()
    is_in_last = len(tear(content)) <= len(content)
    file.path.write_bytes(tear(content))

    ((owner, path),) = open_files(tmp_path)
    seal_torn(path)

    ((_, number, kept),) = sealed(tmp_path)
    assert (owner, number) == ("dead", 1)
    assert _lines(kept) == ([b"one", b"two"] if is_in_last else [b"one", b"two", b"three"])
    assert kept.stat().st_size == (whole if is_in_last else len(content))


def test_many_hits_wait_for_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    monkeypatch.setattr(os, "fdatasync", syncs.append)

    async def send_many() -> None:
        journal = Journal(tmp_path, "one")
        await asyncio.gather(*(journal.keep(b"%d\n" % n, hits=1) for n in range(500)))
        journal.close()

    asyncio.run(send_many())

    ((_, _, file),) = sealed(tmp_path)
    assert len(_lines(file)) == 500
    assert len(syncs) == 1


def test_who_sends_is_told_where_a_full_disk_kept_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fdatasync

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def send() -> None:
        journal = Journal(tmp_path, "one")
        await journal.keep(b"before\n", hits=1)
        monkeypatch.setattr(os, "fdatasync", full)
        with pytest.raises(NotKept):
            await journal.keep(b"lost\n", hits=1)
        monkeypatch.setattr(os, "fdatasync", sync)
        await journal.keep(b"after\n", hits=1)
        journal.close()

    asyncio.run(send())

    assert [_lines(file.path) for file in sealed(tmp_path)] == [[b"before"], [b"after"]]


def test_more_hits_than_the_disk_takes_are_told_to_come_later(tmp_path: Path) -> None:
    async def send() -> list[object]:
        journal = Journal(tmp_path, "one", most_waiting=100)
        sent = [journal.keep(b"x" * 40, hits=1) for _ in range(4)]
        answers = await asyncio.gather(*sent, return_exceptions=True)
        journal.close()
        return [type(answer) for answer in answers]

    assert asyncio.run(send()) == [type(None), type(None), NotKept, NotKept]


def test_a_request_that_is_given_up_takes_no_other_along(tmp_path: Path) -> None:
    async def send() -> None:
        journal = Journal(tmp_path, "one")
        given_up = asyncio.create_task(journal.keep(b"one\n", hits=1))
        waiting = asyncio.create_task(journal.keep(b"two\n", hits=1))
        await asyncio.sleep(0)
        given_up.cancel()
        await waiting
        journal.close()

    asyncio.run(send())

    ((_, _, file),) = sealed(tmp_path)
    assert b"two" in _lines(file)
