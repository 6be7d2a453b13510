"""Which facts are kept no longer?

Uploadings are forgotten whole, from the oldest on, so one number says which. The lake notes it, as
an application transaction, before it removes the first row: so whoever looks for the rows of an
uploading can tell forgotten from lost.
"""

from datetime import datetime
from typing import Final

from deltalake import CommitProperties, DeltaTable, Transaction

from visitjoin.receiver.lake.counting import OF_UPLOADINGS
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import PARTITION, UPLOADING, LakeTable

_FORGOTTEN: Final = "forgotten"
_NOTED_IN: Final = LakeTable.CONVERSIONS


def forgotten_up_to(lake: Lake) -> int:
    """The id of the newest uploading whose rows were removed on purpose; 0 where none were."""
    return lake.open(_NOTED_IN).transaction_version(_FORGOTTEN) or 0


def forget_uploadings(lake: Lake, up_to: int) -> None:
    """Remove the rows of all uploadings up to an id. May be repeated after any failure.

    Raises CommitFailedError where another changed the same files at the same moment.
    """
    delta = lake.open(_NOTED_IN)
    if (delta.transaction_version(_FORGOTTEN) or 0) < up_to:
        noted = CommitProperties(app_transactions=[Transaction(_FORGOTTEN, up_to)])
        delta.create_write_transaction(
            [], "append", _NOTED_IN.schema, partition_by=[PARTITION], commit_properties=noted
        )
        lake.settle_after(delta)
    for table in OF_UPLOADINGS:
        remove(lake, lake.open(table), f"{UPLOADING} <= {up_to:d}")


def forget_visits(lake: Lake, before: datetime) -> None:
    """Remove the visits that started before a moment, aware. As `forget_uploadings`."""
    remove(lake, lake.open(LakeTable.VISITS), f"started_at < {int(before.timestamp()):d}")


def remove(lake: Lake, delta: DeltaTable, predicate: str) -> int:
    """Remove the rows of a table for which a predicate holds. On disk when this returns.

    Returns how many.
    """
    version = delta.version()
    done = delta.delete(predicate)
    if delta.version() != version:  # where there is no such row, nothing is written
        lake.settle(delta)
    return int(done.get("num_deleted_rows") or 0)
