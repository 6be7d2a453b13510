from pathlib import Path

from visitjoin.receiver.spool import new_folder, sweep


def test_sweeping_removes_what_no_uploading_needs(tmp_path: Path) -> None:
    needed, left = new_folder(tmp_path), new_folder(tmp_path)
    for folder in (needed, left):
        folder.source.write_bytes(b"rows")

    swept = sweep(tmp_path, {needed.name})

    assert swept == 1
    assert needed.source.exists()
    assert not left.path.exists()


def test_sweeping_a_spool_that_is_not_there_makes_it(tmp_path: Path) -> None:
    assert sweep(tmp_path / "spool", set()) == 0
    assert (tmp_path / "spool").is_dir()
