"""The report: what was linked, by goal and traffic source. Beyond the API."""

from litestar import get

from visitjoin.contract.extension import ReportAnswer, ReportRow
from visitjoin.contract.goals import Goal, targets_of
from visitjoin.receiver.catalog.corrections import corrections
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.progress import unfinished
from visitjoin.receiver.lake.answers import Revenue, revenue
from visitjoin.receiver.routes.declared import OF_COUNTER
from visitjoin.receiver.routes.given import GivenCatalog, GivenCounter, GivenLake


@get("/report", responses=OF_COUNTER, sync_to_thread=True)
def get_report(counter: GivenCounter, catalog: GivenCatalog, lake: GivenLake) -> ReportAnswer:
    """Linked conversions and their revenue.

    A conversion that came in several uploadings counts once, with the price of the newest. One
    that was retracted does not count, and one that was repriced counts with its new price.
    """
    known = _goals_by_target(goals(catalog, counter.id, deleted=True))
    waiting = [uploading.id for uploading in unfinished(catalog)]
    kept = corrections(catalog, counter.id)
    found = revenue(lake, counter.id, unfinished=waiting, corrections=kept)
    return ReportAnswer(report=tuple(_row(row, known.get(row.target)) for row in found))


def _goals_by_target(known: tuple[Goal, ...]) -> dict[str, Goal]:
    # A deleted goal still names what it once linked, unless a newer goal took its identifier.
    alive = [goal for goal in known if goal.status == "Active"]
    return targets_of(known) | targets_of(alive)


def _row(found: Revenue, goal: Goal | None) -> ReportRow:
    return ReportRow(
        goal_id=goal.id if goal is not None else 0,
        goal_name=goal.name if goal is not None else "",
        target=found.target,
        traffic_source=found.traffic_source,
        currency=found.currency,
        conversions=found.conversions,
        revenue=found.revenue,
    )
