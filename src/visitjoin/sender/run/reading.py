"""The source of a run is read and checked into the run's tables."""

from visitjoin.contract.uploads import UploadType
from visitjoin.prepare import Prepared, Source, prepare
from visitjoin.prepare.calls import prepare_calls
from visitjoin.sender.run.opening import Opened
from visitjoin.sender.run.telling import Step
from visitjoin.sender.run.wishes import Wishes


def read(run: Opened, source: Source, wishes: Wishes) -> Prepared:
    """Check a source; its rows become the workspace's `conversions` and `rejects`.

    Local times are read in the zone that the wishes name, else in the counter's own.

    Raises SourceError where the table cannot be read.
    """
    run.delivery.telling.step(Step.CHECKING)
    check = prepare_calls if wishes.type is UploadType.CALLS else prepare
    return check(
        source,
        conversions=run.workspace.table("conversions"),
        rejects=run.workspace.table("rejects"),
        now=run.delivery.clock(),
        zone=wishes.zone or run.zone,
        only=wishes.only,
        mapping=wishes.mapping,
    )
