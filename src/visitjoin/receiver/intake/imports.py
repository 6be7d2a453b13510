"""How does a table of visits become visits in the lake?"""

import asyncio
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from visitjoin.contract.counters import Counter
from visitjoin.contract.errors import SourceError
from visitjoin.contract.extension import VisitsImported
from visitjoin.prepare.visits import prepare_visits
from visitjoin.receiver.config import Settings
from visitjoin.receiver.intake.multipart import Body, receive_file
from visitjoin.receiver.intake.room import needing_room
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.visits import keep_visits
from visitjoin.receiver.refusals import invalid, refused_file
from visitjoin.receiver.work.spool import Folder, new_folder

FORMATS: Final = ("tsv", "csv", "parquet")


async def import_visits(
    settings: Settings, lake: Lake, counter: Counter, body: Body, *, format_: str | None
) -> VisitsImported:
    """Take a table of visits in: a visit_id that the counter has already is replaced.

    format_: one of FORMATS; None: the file's name says. May be repeated after any failure.

    Raises Refusal where nothing was taken. On disk when this returns.
    """
    folder = new_folder(settings.spool)
    try:
        with needing_room(folder):
            name = await receive_file(body, to=folder.source, largest=settings.largest_visits_file)
            chosen = _format(format_, name)
            return await asyncio.to_thread(_keep, lake, counter, folder, chosen)
    finally:
        await asyncio.shield(asyncio.to_thread(folder.remove))


def _keep(lake: Lake, counter: Counter, folder: Folder, format_: str) -> VisitsImported:
    rows = folder.path / "visits.parquet"
    zone = ZoneInfo(counter.time_zone_name)
    try:
        found = prepare_visits(folder.source, visits=rows, rejects=None, zone=zone, format=format_)
    except SourceError as error:
        raise refused_file(error) from error
    new = keep_visits(lake, rows, counter_id=counter.id)
    return VisitsImported(
        rows=found.rows,
        accepted=found.accepted,
        rejected=found.rejected,
        new=new,
        known=found.accepted - new,
        reasons=dict(found.rejected_by_reason),
    )


def _format(asked: str | None, name: str) -> str:
    chosen = (asked or Path(name).suffix.removeprefix(".")).casefold()
    if chosen not in FORMATS:
        raise invalid(
            f"The format is not known. Name the file with one of {', '.join(FORMATS)} at its end, "
            "or say ?format=.",
            location="format",
        )
    return chosen
