"""What do the pages ask of the lake? Each question is asked behind a page's back: see `derived`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from visitjoin.contract.counters import Counter
from visitjoin.contract.extension import OutcomeRow
from visitjoin.contract.outcomes import Outcome
from visitjoin.receiver.catalog.corrections import corrections
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.progress import progress, unfinished
from visitjoin.receiver.console.derived import Answer, Derived
from visitjoin.receiver.explaining import FARTHEST_ZONE, Cause, causes
from visitjoin.receiver.lake.facts import facts_of_uploading
from visitjoin.receiver.lake.outcomes import Among, outcomes
from visitjoin.receiver.lake.results import (
    LatestVisit,
    OfSource,
    Result,
    latest_visits,
    results,
    visits_by_source,
)
from visitjoin.receiver.routes.outcomes import remarks_of
from visitjoin.receiver.work.stores import Stores

ROWS_OF_A_PAGE = 50
LATEST_VISITS = 50


@dataclass(frozen=True)
class Visits:
    """The visits of a counter, as a page shows them."""

    latest: Sequence[LatestVisit]
    by_source: Sequence[OfSource]
    """Of all sources, whichever the latest are of."""


def last_days(now: datetime, zone: str, number: int) -> list[date]:
    """So many days up to today, oldest first. now: aware; zone: whose days."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return [today - timedelta(days=before) for before in reversed(range(number))]


def results_of(derived: Derived, counter: Counter, days: Sequence[date]) -> Answer[list[Result]]:
    """What the linked conversions of some days brought."""

    def ask(stores: Stores) -> list[Result]:
        waiting = [uploading.id for uploading in unfinished(stores.catalog)]
        return results(
            stores.lake,
            counter.id,
            days=days,
            zone=ZoneInfo(counter.time_zone_name),
            unfinished=waiting,
            corrections=corrections(stores.catalog, counter.id),
        )

    return derived.answer(counter.id, ("results", days[0], days[-1]), ask)


def visits_of(derived: Derived, counter: Counter, source: str | None) -> Answer[Visits]:
    """The latest visits. source: "" for those of none that is known, None for all."""

    def ask(stores: Stores) -> Visits:
        return Visits(
            latest_visits(stores.lake, counter.id, source=source, most=LATEST_VISITS),
            visits_by_source(stores.lake, counter.id),
        )

    return derived.answer(counter.id, ("visits", source), ask)


def causes_of(derived: Derived, counter: Counter, uploading_id: int) -> Answer[tuple[Cause, ...]]:
    """What is to be mended of an uploading that has come to its end."""

    def ask(stores: Stores) -> tuple[Cause, ...]:
        ended = progress(stores.catalog, uploading_id)
        zones = int(FARTHEST_ZONE.total_seconds())
        return causes(
            facts_of_uploading(stores.lake, counter.id, uploading_id, zones=zones),
            cut_off=ended.cut_off(stores.clock()),
            tracked_since=ended.tracked_since,
            goals=goals(stores.catalog, counter.id),
        )

    return derived.answer(counter.id, ("causes", uploading_id), ask)


def rows_of(
    derived: Derived, counter: Counter, uploading_id: int, number: int, outcome: Outcome | None
) -> Answer[tuple[OutcomeRow, ...]]:
    """The rows of a page of an uploading that has come to its end.

    number: of the page, from 1. outcome: of those that ended so; None for all.
    """
    among = Among(offset=(number - 1) * ROWS_OF_A_PAGE, limit=ROWS_OF_A_PAGE, outcome=outcome)

    def ask(stores: Stores) -> tuple[OutcomeRow, ...]:
        remarks = remarks_of(stores.catalog, counter.id, goals(stores.catalog, counter.id))
        return tuple(outcomes(stores.lake, counter.id, uploading_id, remarks, among))

    return derived.answer(counter.id, ("rows", uploading_id, number, outcome), ask)
