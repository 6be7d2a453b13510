"""What a command loads: memory and time that every run pays for."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Running
from visitjoin.cli import story
from visitjoin.contract.clock import system_clock


def test_a_send_of_a_text_does_without_pyarrow_and_the_lake(
    running: Running, tmp_path: Path
) -> None:
    # They take 90 MB together, a fifth of all that a send of a million rows took with them.
    deals = tmp_path / "deals.csv"
    deals.write_text(story.deals_csv(system_clock()), encoding="utf-8", newline="")
    with running.shop() as shop:
        arguments = [
            "send",
            str(deals),
            "--counter",
            str(shop.counter_id),
            "--api",
            running.address,
        ]
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "visitjoin", *arguments],
            env=os.environ | {"VISITJOIN_TOKEN": running.token},
            check=True,
            capture_output=True,
            text=True,
        )

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert {"polars", "duckdb"} <= loaded
    assert not loaded & {"pyarrow", "deltalake", "pandas", "numpy"}
