"""Which words do the facts behind an outcome have?

The rules are those of linking (docs/explanation/linking.md); here they are only told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from visitjoin.contract.explanation import Advice, SeenVisit
from visitjoin.contract.extension import OutcomeRow
from visitjoin.contract.goals import Goal, said_of_mistaken_target, targets_of
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.outcomes import MAY_LINK_LATER, Outcome
from visitjoin.contract.reasons import Reason
from visitjoin.contract.said import Moment, Quantity, Said
from visitjoin.contract.window import WINDOW
from visitjoin.receiver.lake.facts import FactsOfRow, FactsOfUploading, NotLinked, Seen

FARTHEST_ZONE: Final = timedelta(hours=14)
"""From UTC (UTC+14, the Line Islands): by more than that no forgotten zone moves a time."""

_NAMES_ONE_VISIT: Final = (IdentifierKind.PURCHASE_ID, IdentifierKind.YCLID)
"""The kinds that find the first visit that carried them, whenever the conversion was."""

_UNKNOWN: Final = {
    IdentifierKind.CLIENT_ID: (
        "No visit carries their ClientId. It must be the one that the tag of this counter gives "
        "(getClientID), kept as text, and the visits of those days must be imported."
    ),
    IdentifierKind.USER_ID: (
        "No visit carries their UserId. It is known once the visitor has signed in (setUserID) in "
        "a visit that is imported, and it must be the same text there and here."
    ),
    IdentifierKind.YCLID: (
        "No visit began with their Yclid. The ad's link must bring it to the landing page, and the "
        "visits of those days must be imported with it."
    ),
    IdentifierKind.PURCHASE_ID: (
        "No visit has their PurchaseId. The shop must report the purchase under the same number in "
        "a visit that is imported."
    ),
}

_ANONYMOUS: Final = (
    "They carry no identifier of a visitor, so they belong to no visit. To link such chats, put a "
    "number of your own into the messenger's link, keep the visitor's ClientId under it, and "
    "upload the ClientId."
)

NO_VISITS: Final = (
    "The counter has no visits yet. Import them: visitjoin visits import FILE --counter N."
)


NO_GOAL: Final = (
    'No JavaScript-event goal of the counter has the identifier "%(target)s"; it has %(known)s. '
    "Create the goal, or write another Target, and upload the rows again."
)
BEFORE_TRACKING: Final = (
    "Their visitors are known, but by visits before the cut-off of %(cut_off)s. Tracking is "
    "enabled since then. To link older visits, enable it since an earlier day (visitjoin tracking "
    "enable --since DATE) and upload the rows again."
)
BEFORE_WINDOW: Final = (
    "Their visitors are known, but by visits before the cut-off of %(cut_off)s. A visit links for "
    "%(days)s days: upload more often, or an earlier step of a long sale."
)
BEFORE_FIRST: Final = (
    "Every visit of their visitors began after the conversion. Are the visits before it imported?"
)
SOON_BEFORE_FIRST: Final = (
    "Every visit of their visitors began after the conversion. In %(rows)s of the rows by less "
    "than %(hours)s hours: is the DateTime in another time zone?"
)

WHAT_IS_SAID: Final = (
    *_UNKNOWN.values(),
    _ANONYMOUS,
    NO_VISITS,
    NO_GOAL,
    BEFORE_TRACKING,
    BEFORE_WINDOW,
    BEFORE_FIRST,
    SOON_BEFORE_FIRST,
)
"""All sentences of causes but those of a reason, an outcome or a mistaken Target."""


def said_of_row(
    row: OutcomeRow, facts: FactsOfRow | None, *, cut_off: datetime, goals: Sequence[Goal]
) -> str:
    """Which rule decided a row's outcome. facts: None of a rejected row. cut_off: aware."""
    outcome = Outcome(row.outcome)
    if facts is None:
        return f"{row.column or 'The row'}: {Reason(row.reason or '').sentence}"
    match outcome:
        case Outcome.LINKED:
            said = _linked(row, facts)
        case Outcome.DUPLICATE:
            said = (
                f"Row {facts.last_same} of the file is the same conversion: the same identifiers, "
                "Target and DateTime. The last of them counts."
            )
        case Outcome.GOAL_NOT_FOUND:
            said = str(_no_goal(row.target or "", goals))
        case Outcome.VISITOR_NOT_FOUND:
            said = _unknown(facts)
        case Outcome.NO_VISIT_IN_WINDOW:
            said = _too_old(facts, cut_off)
        case Outcome.BEFORE_FIRST_VISIT:
            said = _too_early(facts)
        case _:
            said = f"{outcome.sentence.capitalize()}."
    return said


def seen_visits(row: OutcomeRow, facts: FactsOfRow, cut_off: datetime) -> Iterator[SeenVisit]:
    """The visits of a row's visitor, each with why it is, or is not, the one. cut_off: aware."""
    for visit in facts.visits:
        yield SeenVisit(
            visit_id=visit.visit_id,
            started_at=visit.started_at,
            found_by=visit.kind.value,
            remark=_remark(row, visit, facts.happened_at, cut_off),
        )


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What ails some rows of an uploading; as `Advice`, in any language."""

    rows: int
    outcome: Outcome
    said: Said
    reason: Reason | None = None
    column: str | None = None


def advice(
    facts: FactsOfUploading, *, cut_off: datetime, tracked_since: datetime, goals: Sequence[Goal]
) -> tuple[Advice, ...]:
    """`causes` as the API answers them."""
    found = causes(facts, cut_off=cut_off, tracked_since=tracked_since, goals=goals)
    return tuple(
        Advice(
            rows=cause.rows,
            outcome=cause.outcome.value,
            reason=None if cause.reason is None else cause.reason.value,
            column=cause.column,
            said=str(cause.said),
        )
        for cause in found
    )


def causes(
    facts: FactsOfUploading, *, cut_off: datetime, tracked_since: datetime, goals: Sequence[Goal]
) -> tuple[Cause, ...]:
    """What to mend of an uploading, what concerns the most rows first.

    cut_off, tracked_since: aware.
    """
    found = [
        Cause(
            rows=rows,
            outcome=Outcome.REJECTED,
            reason=Reason(reason),
            column=column,
            said=_as_it_is(Reason(reason).sentence),
        )
        for reason, column, rows in facts.rejected
    ]
    by_outcome = sorted(facts.not_linked, key=lambda alike: alike.outcome)
    for outcome, alike in groupby(by_outcome, key=lambda alike: alike.outcome):
        match outcome:
            case Outcome.GOAL_NOT_FOUND:
                found += _by_target(alike, goals)
            case Outcome.VISITOR_NOT_FOUND:
                found += _by_kind(alike, has_visits=facts.has_visits)
            case Outcome.NO_VISIT_IN_WINDOW:
                found.append(_all(outcome, alike, _after_window(cut_off, tracked_since)))
            case Outcome.BEFORE_FIRST_VISIT:
                found.append(_all(outcome, alike, _before_first(facts.soon_before_a_visit)))
            case _:
                found.append(_all(outcome, alike, _as_it_is(f"{outcome.sentence.capitalize()}.")))
    return tuple(sorted(found, key=lambda one: -one.rows))


def _linked(row: OutcomeRow, facts: FactsOfRow) -> str:
    kind = IdentifierKind(row.linked_by or facts.identifiers[0])
    which = (
        "the first visit that carried it"
        if kind in _NAMES_ONE_VISIT
        else "the newest visit of the visitor that began at or before the conversion"
    )
    more = len(facts.identifiers) > 1
    others = " It is the most specific identifier of the row that finds a visit." if more else ""
    return f"Its {kind.column} found visit {row.visit_id}: {which}.{others}"


def _no_goal(target: str, goals: Sequence[Goal]) -> Said:
    if said := said_of_mistaken_target(target, goals):
        return said
    known = ", ".join(f'"{one}"' for one in targets_of(goals)) or "none"
    return Said(NO_GOAL, {"target": target, "known": known})


def _unknown(facts: FactsOfRow) -> str:
    if not facts.identifiers:
        return "It carries no identifier of a visitor, so it belongs to no visit."
    return f"No visit of the counter carries its {_columns(facts.identifiers)}."


def _too_old(facts: FactsOfRow, cut_off: datetime) -> str:
    starts = [visit.started_at for visit in facts.visits if visit.started_at < cut_off.timestamp()]
    newest = f" at {_moment(max(starts))}" if starts else ""
    return (
        f"The visit to which it would belong began{newest}, before the cut-off of {_text(cut_off)}."
    )


def _too_early(facts: FactsOfRow) -> str:
    starts = [visit.started_at for visit in facts.visits]
    if not starts:
        return f"{Outcome.BEFORE_FIRST_VISIT.sentence.capitalize()}."
    gap = timedelta(seconds=min(starts) - facts.happened_at)
    hint = " Is the DateTime in another time zone?" if gap <= FARTHEST_ZONE else ""
    return f"The visitor's first visit began at {_moment(min(starts))}, {gap} after it.{hint}"


def _remark(row: OutcomeRow, visit: Seen, happened_at: int, cut_off: datetime) -> str:
    if visit.visit_id == row.visit_id:
        return "linked" if visit.kind.value == row.linked_by else "linked, by another identifier"
    if visit.started_at < cut_off.timestamp():
        return "before the cut-off"
    if visit.kind not in _NAMES_ONE_VISIT and visit.started_at > happened_at:
        return "began after the conversion"
    if row.outcome == Outcome.LINKED:
        return "another visit goes before it"
    return "imported since" if row.outcome in MAY_LINK_LATER else "within reach"


def _by_target(alike: Iterable[NotLinked], goals: Sequence[Goal]) -> Iterator[Cause]:
    by_target = sorted(alike, key=lambda one: one.target or "")
    for target, rows in groupby(by_target, key=lambda one: one.target or ""):
        yield _all(Outcome.GOAL_NOT_FOUND, rows, _no_goal(target, goals), column="Target")


def _by_kind(alike: Iterable[NotLinked], *, has_visits: bool) -> Iterator[Cause]:
    named = []
    for one in alike:
        if one.kind is None:
            yield _all(one.outcome, [one], Said(_ANONYMOUS))
        else:
            named.append((one.kind, one))
    if named and not has_visits:
        yield _all(Outcome.VISITOR_NOT_FOUND, (one for _, one in named), Said(NO_VISITS))
        return
    for kind, one in named:
        yield _all(one.outcome, [one], Said(_UNKNOWN[kind]), column=kind.column.value)


def _after_window(cut_off: datetime, tracked_since: datetime) -> Said:
    if cut_off == tracked_since:
        return Said(BEFORE_TRACKING, {"cut_off": Moment(cut_off)})
    return Said(BEFORE_WINDOW, {"cut_off": Moment(cut_off), "days": WINDOW.days})


def _before_first(soon: int) -> Said:
    if not soon:
        return Said(BEFORE_FIRST)
    hours = int(FARTHEST_ZONE.total_seconds()) // 3600
    return Said(SOON_BEFORE_FIRST, {"rows": Quantity(soon), "hours": hours})


def _all(
    outcome: Outcome, alike: Iterable[NotLinked], said: Said, *, column: str | None = None
) -> Cause:
    return Cause(rows=sum(one.rows for one in alike), outcome=outcome, said=said, column=column)


def _as_it_is(sentence: str) -> Said:
    return Said(sentence.replace("%", "%%"))


def _columns(kinds: Sequence[IdentifierKind]) -> str:
    return " or its ".join(kind.column.value for kind in kinds)


def _moment(seconds: int) -> str:
    return _text(datetime.fromtimestamp(seconds, UTC))


def _text(moment: datetime) -> str:
    return str(Moment(moment))
