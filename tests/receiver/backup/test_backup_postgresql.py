"""A catalog in PostgreSQL: dumped first, then the rest is copied, and both are put back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.postgresql import server
from tests.receiver.conftest import CLIENT, Receiver
from visitjoin.receiver import Settings
from visitjoin.receiver.backup.restoring import restore
from visitjoin.receiver.backup.taking import back_up

ROWS = (f"{CLIENT},order_paid,1773999000,1,RUB", "damaged,order_paid,1773999000,1,RUB")


def test_a_dump_and_the_copy_after_it_have_every_row(
    settings: Settings, start: Callable[[Settings], Receiver], tmp_path: Path
) -> None:
    with server() as postgresql:
        catalog, other = (postgresql.new_database(name) for name in ("catalog", "other"))
        receiver = start(replace(settings, catalog_url=catalog))
        path = receiver.shop()
        receiver.ended(path, receiver.upload(path, *ROWS))
        receiver.client.app.state.worker.stop(timedelta(seconds=5))
        receiver.upload(path, *ROWS)  # on its way, in the spool

        dump = postgresql.folder / "dump"
        postgresql.run("pg_dump", "--format=custom", "--file", dump, catalog)
        receiver.upload(path, *ROWS)  # after the dump: its sender sends it again
        back_up(receiver.settings, tmp_path / "backup")
        postgresql.run("pg_restore", "--dbname", other, dump)
        there = Settings(data=tmp_path / "restored", catalog_url=other)
        checked = restore(tmp_path / "backup", there).checked

        assert (checked.uploadings, checked.on_their_way, checked.rows) == (2, 1, 4)
        assert checked.faults == ()
        receiver.client.app.state.door.catalog.dispose()
