"""A wish that cannot be one is refused before anything begins, by the name of its option."""

import re

import pytest

from visitjoin.contract.errors import SettingError
from visitjoin.sender.run.wishes import Wishes


def test_no_uploads_at_once_are_refused() -> None:
    with pytest.raises(SettingError, match="--parallel 0 is less than 1"):
        Wishes(parallel=0)


def test_batches_of_no_rows_or_bytes_are_refused() -> None:
    with pytest.raises(SettingError, match="--rows-per-batch 0 is less than 1"):
        Wishes(rows_per_batch=0)
    with pytest.raises(SettingError, match="bytes_per_batch -1 is less than 1"):
        Wishes(bytes_per_batch=-1)


def test_a_wait_is_no_time_or_longer() -> None:
    assert Wishes(patience=0).patience == 0
    for wrong in (-1.0, float("nan")):
        with pytest.raises(SettingError, match=f"--wait {wrong:g} is less than 0"):
            Wishes(patience=wrong)


@pytest.mark.parametrize("limit", ["2GB", "512MB", "4GiB", "1.5 gb", "80%"])
def test_a_memory_limit_is_written_as_the_engine_takes_it(limit: str) -> None:
    assert Wishes(memory_limit=limit).memory_limit == limit


@pytest.mark.parametrize("limit", ["lots", "2", "0GB", "-1GB", "10 bytes", ""])
def test_a_memory_limit_that_is_none_is_not_taken_for_a_damaged_ledger(limit: str) -> None:
    with pytest.raises(SettingError, match=re.escape(f'--memory-limit "{limit}"')):
        Wishes(memory_limit=limit)
