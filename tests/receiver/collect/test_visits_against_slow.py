"""However hits come, in whatever lots and however late, the same visits are made of them."""

import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.receiver.collect.slow_visits import Hit, slow_visits
from visitjoin.receiver.lake.hits import keep_hits
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits_of_hits import batches_to_do, make_visits

COUNTER = 7
THRESHOLD = 1800
START = 1_770_000_000
URLS = [
    "https://shop.example/",
    "https://shop.example/sale?utm_source=news&yclid=1111",
    "https://shop.example/sale?yclid=2222&utm_source=news",
]


# Short, just the threshold, or longer: every border is met often.
STEPS = [0, 1, 600, THRESHOLD - 1, THRESHOLD, THRESHOLD + 1, 90_000]


def _hits_of(visitor: int, random: Random) -> list[Hit]:
    moment = START
    hits = []
    for number in range(random.randint(1, 8)):
        moment += random.choice(STEPS)
        hits.append(
            {
                "counter_id": COUNTER,
                "client_id": str(visitor),
                "hit_id": f"h{number}",
                "type": random.choice(["pageview", "event"]),
                "happened_at": moment,
                "received_ms": (START + 500_000) * 1000 + random.randint(0, 3),
                "url": random.choice(URLS),
                "user_id": random.choice([None, None, "anna", "boris"]),
                "purchase_id": random.choice([None, None, "A-1", "A-2"]),
                "robot": random.random() < 0.1,
            }
        )
    return hits


def _lots(random: Random) -> list[list[Hit]]:
    """The hits of many visitors, some sent twice, in any order and cut into lots."""
    lots: list[list[Hit]] = [[], [], [], []]
    for visitor in range(1, 60):
        for hit in _hits_of(visitor, random):
            for _ in range(random.choice([1, 1, 1, 2])):
                random.choice(lots).append(hit)
    for lot in lots:
        random.shuffle(lot)
    return lots


# A smaller case says no more: visitors do not touch each other.
@settings(max_examples=4, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(random=st.randoms(use_true_random=True))
def test_the_visits_are_those_of_the_slow_version(random: Random) -> None:
    lots = _lots(random)
    with TemporaryDirectory() as name:
        lake = Lake(f"{name}/lake")
        for number, lot in enumerate(lots, 1):
            _bring(lake, Path(name), number, lot)

        found = _visits(lake)

    once = {(hit["client_id"], hit["hit_id"]): hit for lot in lots for hit in lot}
    assert found == slow_visits(once.values(), counter_id=COUNTER, threshold=THRESHOLD)


def _bring(lake: Lake, folder: Path, number: int, lot: list[Hit]) -> None:
    journal = folder / f"{number}.json"
    lines = [
        json.dumps({k: v for k, v in hit.items() if k != "robot"} | {"user_agent": _agent(hit)})
        for hit in lot
    ]
    journal.write_text("\n".join(lines))
    keep_hits(lake, journal, owner="test", number=number, is_robot=lambda agent: agent == "bot")
    for counter_id in batches_to_do(lake):
        make_visits(lake, counter_id, threshold=THRESHOLD, announce=False)


def _agent(hit: Hit) -> str:
    return "bot" if hit["robot"] else "browser"


def _visits(lake: Lake) -> list[tuple[Any, ...]]:
    table = pa.table(lake.open(LakeTable.VISITS).scan().read_all())
    names = ["visit_id", "client_id", "user_id", "started_at", "ended_at", "yclid", "purchase_ids"]
    return sorted(tuple(row[name] for name in names) for row in table.to_pylist())
