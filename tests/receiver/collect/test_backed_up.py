"""Hits that are in a journal when a backup is taken are in the lake of whoever restores it."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from tests.receiver.conftest import CLIENT, Receiver
from visitjoin.receiver.backup.restoring import restore
from visitjoin.receiver.backup.taking import back_up
from visitjoin.receiver.collect.taking import take_journals
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable


def test_a_hit_in_a_journal_is_in_the_backup(receiver: Receiver, tmp_path: Path) -> None:
    receiver.shop()
    hit = {"tid": "1", "cid": CLIENT, "t": "pageview", "dl": "https://shop.example/"}
    assert receiver.client.post("/collect", data=hit).status_code == 200

    back_up(receiver.settings, tmp_path / "copy")
    restored = replace(receiver.settings, data=tmp_path / "again")
    restore(tmp_path / "copy", restored)
    lake = Lake(restored.lake)
    take_journals(lake, restored.hits, is_dead=lambda _: True)

    kept = pa.table(lake.open(LakeTable.HITS).scan(columns=["client_id"]).read_all())
    assert kept["client_id"].to_pylist() == [CLIENT]
