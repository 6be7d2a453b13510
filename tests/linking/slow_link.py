"""The join once more: one conversion at a time, slow and obvious.

`test_against_slow.py` holds link.sql against this. The rules: docs/explanation/linking.md.
"""

from collections.abc import Sequence
from typing import Any

from .tables import Link

KEY = ("client_id", "user_id", "yclid", "purchase_id", "target", "happened_at")


def slow_link(
    visits: Sequence[dict[str, Any]],
    conversions: Sequence[dict[str, Any]],
    *,
    cut_off: int,
    targets: Sequence[str],
) -> list[Link]:
    """The link of each conversion, in their order."""
    keys = [tuple(row.get(field) for field in KEY) for row in conversions]
    return [
        Link(outcome="duplicate", visit_id=None, linked_by=None)
        if keys[number] in keys[number + 1 :] and any(keys[number][:4])
        else _one(visits, row, cut_off, targets)
        for number, row in enumerate(conversions)
    ]


def _one(
    visits: Sequence[dict[str, Any]], row: dict[str, Any], cut_off: int, targets: Sequence[str]
) -> Link:
    if row["target"] not in targets:
        return Link(outcome="goal_not_found", visit_id=None, linked_by=None)
    answers = [
        (kind.upper(), *_by_kind(visits, kind, row, cut_off))
        for kind in ("purchase_id", "yclid", "client_id", "user_id")
        if row.get(kind) is not None
    ]
    for kind, outcome, visit in answers:
        if outcome == "linked":
            return Link(outcome="linked", visit_id=visit, linked_by=kind)
    known = [outcome for _, outcome, _ in answers if outcome != "visitor_not_found"]
    return Link(outcome=(known or ["visitor_not_found"])[0], visit_id=None, linked_by=None)


def _by_kind(
    visits: Sequence[dict[str, Any]], kind: str, row: dict[str, Any], cut_off: int
) -> tuple[str, str | None]:
    mine = [visit for visit in visits if _is_of(visit, kind, row[kind], visits)]
    if not mine:
        return "visitor_not_found", None
    if kind in ("purchase_id", "yclid"):
        chosen = min(mine, key=lambda visit: (visit["started_at"], visit["visit_id"]))
    else:
        before = [visit for visit in mine if visit["started_at"] <= row["happened_at"]]
        if not before:
            return "before_first_visit", None
        chosen = max(before, key=lambda visit: (visit["started_at"], visit["visit_id"]))
    if chosen["started_at"] < cut_off:
        return "no_visit_in_window", None
    return "linked", chosen["visit_id"]


def _is_of(
    visit: dict[str, Any], kind: str, identifier: str, visits: Sequence[dict[str, Any]]
) -> bool:
    if kind == "purchase_id":
        return identifier in (visit["purchase_ids"] or [])
    if kind != "user_id":
        return bool(visit[kind] == identifier)
    clients = {other["client_id"] for other in visits if other["user_id"] == identifier} - {None}
    return visit["user_id"] == identifier or visit["client_id"] in clients
