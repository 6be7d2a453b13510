from pathlib import Path

from visitjoin.receiver.instance import instance_of


def test_a_receiver_has_the_same_name_after_each_start_and_no_other_has_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()

    name = instance_of(first)

    assert instance_of(first) == name
    assert instance_of(second) != name
