"""link.sql gives what a slow and obvious join gives, over thousands of small random worlds.

Starting the engine costs more than a small join, so each run holds many worlds that know nothing
of each other: their identifiers are told apart by a prefix.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from .slow_link import slow_link
from .tables import linked

CUT_OFF = 5
TARGETS = ("order_paid", "deal_won")
World = tuple[list[dict[str, Any]], list[dict[str, Any]]]

# Few values and few seconds, so that ties, edges and shared identifiers are the rule.
few = st.sampled_from
moments = st.integers(0, 12)
visits = st.lists(
    st.fixed_dictionaries(
        {
            "client_id": few([None, "1", "2", "3"]),
            "user_id": few([None, None, "u", "w"]),
            "started_at": moments,
            "yclid": few([None, None, "1", "2"]),
            "purchase_ids": few([None, [], ["p"], ["q", "p"], ["1"]]),
        }
    ),
    max_size=7,
)
conversions = st.lists(
    st.fixed_dictionaries(
        {
            "client_id": few([None, "1", "2", "4"]),
            "user_id": few([None, None, "u", "w", "1"]),
            "yclid": few([None, None, "1", "3"]),
            "purchase_id": few([None, None, "p", "1"]),
            "target": few(["order_paid", "order_paid", "deal_won", "test"]),
            "happened_at": moments,
        }
    ).filter(
        lambda row: any(row[kind] for kind in ("client_id", "user_id", "yclid", "purchase_id"))
    ),
    max_size=7,
)


def apart(number: int, world: World) -> World:
    """The same world with a prefix at every identifier."""

    def named(value: str | None) -> str | None:
        return None if value is None else f"{number}-{value}"

    kinds = ("client_id", "user_id", "yclid", "purchase_id")
    seen = [
        row
        | {kind: named(row[kind]) for kind in kinds[:3]}
        | {"purchase_ids": row["purchase_ids"] and [named(one) for one in row["purchase_ids"]]}
        | {"visit_id": f"{number}-v{place}"}
        for place, row in enumerate(world[0])
    ]
    return seen, [row | {kind: named(row[kind]) for kind in kinds} for row in world[1]]


@given(st.lists(st.tuples(visits, conversions), min_size=20, max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_conversion_ends_as_in_the_slow_join(worlds: list[World]) -> None:
    worlds = [apart(number, world) for number, world in enumerate(worlds)]
    expected = [
        link
        for seen, sold in worlds
        for link in slow_link(seen, sold, cut_off=CUT_OFF, targets=TARGETS)
    ]

    with TemporaryDirectory() as folder:
        found = linked(
            Path(folder),
            visits=[visit for seen, _ in worlds for visit in seen],
            conversions=[row for _, sold in worlds for row in sold],
            cut_off=datetime.fromtimestamp(CUT_OFF, UTC),
            targets=TARGETS,
        )

    assert found == expected
