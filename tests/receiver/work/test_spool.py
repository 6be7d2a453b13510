from collections.abc import Callable
from pathlib import Path

import pytest

from visitjoin.receiver.work.alive import leave
from visitjoin.receiver.work.spool import Folder, new_folder, sweep


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "data" / "spool"


def _of_a_dead_process(spool: Path) -> Folder:
    folder = new_folder(spool)
    leave(spool.parent)
    return folder


def _needed(*folders: Folder) -> Callable[[str], bool]:
    return [folder.name for folder in folders].__contains__


def test_sweeping_removes_what_the_dead_left_and_no_uploading_needs(spool: Path) -> None:
    needed, left = _of_a_dead_process(spool), _of_a_dead_process(spool)
    (spool.parent / "alive" / "killed").touch()

    swept = sweep(spool, _needed(needed))

    assert swept == 1
    assert needed.path.exists()
    assert not left.path.exists()
    assert list((spool.parent / "alive").iterdir()) == []


def test_sweeping_leaves_alone_what_a_living_process_is_receiving(spool: Path) -> None:
    receiving = new_folder(spool)

    assert sweep(spool, _needed()) == 0
    assert receiving.path.exists()

    leave(spool.parent)
    assert sweep(spool, _needed()) == 1


def test_sweeping_a_spool_that_is_not_there_makes_it(spool: Path) -> None:
    assert sweep(spool, _needed()) == 0
    assert spool.is_dir()
