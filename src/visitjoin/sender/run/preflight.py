"""What a run would do, told before anything is sent; with visits at hand, which rows would link.

The prediction is the join that the receiver uses, over the same rows and the same window. A server
may know other visits than the table: those that came since, or a UserId that the export of the Logs
API does not have.
"""

from datetime import datetime
from pathlib import Path

from visitjoin.contract.errors import SettingError
from visitjoin.contract.goals import targets_of
from visitjoin.contract.uploads import UploadType
from visitjoin.linking import link
from visitjoin.prepare.visits import prepare_visits
from visitjoin.sender.ledger.batches import State, unfinished, upload_rate
from visitjoin.sender.report.report import Preflight
from visitjoin.sender.run.opening import Opened, write_parts
from visitjoin.sender.run.plan import Cut, cuts
from visitjoin.sender.run.wishes import Wishes


def preflight(run: Opened, wishes: Wishes, *, cut_off: datetime) -> Preflight:
    """Tell what would be sent. cut_off: aware; as in `plan`.

    Where the wishes name a table of visits, the fates of the rows become predicted outcomes.

    Raises SourceError where that table cannot be read; EngineError where the join cannot run;
    SettingError where calls are to be predicted: which visit is theirs, Metrica does not document.
    """
    if wishes.visits and wishes.type is not UploadType.BASIC:
        raise SettingError("Outcomes are predicted for conversions, and not for calls.")
    ((size,),) = run.workspace.rows("size_of_leaving.sql")
    rate, left = upload_rate(run.delivery.ledger), unfinished(run.delivery.ledger)
    return Preflight(
        batches=len(cuts(run.workspace, wishes)),
        bytes=size,
        seconds=size / rate if rate else None,
        waiting=sum(one.rows for one in left if one.state is not State.ACCEPTED),
        requests_left=run.delivery.metrica.limiter.left,
        joined_from=cut_off,
        visits=_predict(run, wishes, wishes.visits, cut_off) if wishes.visits else None,
    )


def _predict(run: Opened, wishes: Wishes, visits: Path, cut_off: datetime) -> int:
    """Join what would be uploaded to visits; its outcomes become those of batch 1.

    Returns the number of visits.
    """
    workspace, metrica = run.workspace, run.delivery.metrica
    found = prepare_visits(
        visits,
        visits=workspace.table("visits"),
        rejects=None,
        # The Logs API writes the counter's own local time.
        zone=run.zone,
    )
    workspace.run("to_be_joined.sql", into="to_be_joined")
    link(
        visits=[workspace.table("visits")],
        conversions=[workspace.table("to_be_joined")],
        targets=targets_of(metrica.goals()),
        cut_off=cut_off,
        out=workspace.table("links"),
        memory_limit=wishes.memory_limit,
    )
    workspace.write("predicted.sql", workspace.part("outcomes", 1))
    write_parts(workspace, [(1, _everything(run))])
    return found.accepted


def _everything(run: Opened) -> Cut:
    ((rows, first, last),) = run.workspace.rows(
        "leaving_between.sql", first_row=0, last_row=2**62, kind=None
    )
    return Cut(
        kind=None,
        first_row=0,
        last_row=2**62,
        rows=rows,
        first_happened_at=first or 0,
        last_happened_at=last or 0,
    )
