"""Visits as one would make them by hand: hit after hit, visitor after visitor."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Hit = dict[str, Any]


@dataclass
class Visit:
    """A visit as it grows."""

    first: Hit
    hits: list[Hit] = field(default_factory=list)


def slow_visits(hits: Iterable[Hit], *, counter_id: int, threshold: int) -> list[tuple[Any, ...]]:
    """visit_id, client_id, user_id, started_at, ended_at, yclid, purchase_ids; sorted."""
    by_visitor: dict[str, list[Hit]] = {}
    for hit in hits:
        if not hit["robot"]:
            by_visitor.setdefault(hit["client_id"], []).append(hit)
    found = []
    for theirs in by_visitor.values():
        theirs.sort(key=lambda hit: (hit["happened_at"], hit["type"] == "event", *_tie(hit)))
        found += [_row(visit, counter_id) for visit in _visits_of_one(theirs, threshold)]
    return sorted(found)


def _visits_of_one(hits: list[Hit], threshold: int) -> list[Visit]:
    visits: list[Visit] = []
    last: Hit | None = None
    clicked = None  # the advertisement that the visitor clicked last, since they are here
    is_open = False
    for hit in hits:
        is_page = hit["type"] == "pageview"
        click = _click(hit["url"]) if is_page else None
        if last is None or hit["happened_at"] - last["happened_at"] > threshold:
            is_open, clicked = False, None
        if is_page and (not is_open or (click is not None and click != clicked)):
            visits.append(Visit(first=hit))
            is_open = True
        clicked = click or clicked
        if is_open:
            visits[-1].hits.append(hit)
        last = hit
    return visits


def _row(visit: Visit, counter_id: int) -> tuple[Any, ...]:
    first = visit.first
    users = [hit["user_id"] for hit in visit.hits if hit["user_id"] is not None]
    name = f"{counter_id}|{first['client_id']}|{first['hit_id']}"
    return (
        hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        first["client_id"],
        users[-1] if users else None,
        first["happened_at"],
        visit.hits[-1]["happened_at"],
        (_click(first["url"]) or "").removeprefix("yclid=") or None,
        sorted({hit["purchase_id"] for hit in visit.hits if hit["purchase_id"]}) or None,
    )


def _click(url: str | None) -> str | None:
    marks = (url or "").partition("?")[2].split("&")
    return next((mark for mark in marks if mark.startswith("yclid=")), None)


def _tie(hit: Hit) -> tuple[int, str]:
    return hit["received_ms"], hit["hit_id"]
