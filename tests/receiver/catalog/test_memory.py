"""What the catalog answered is known until anybody commits, and not a moment longer."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from visitjoin.receiver.catalog.counters import counters, create_counter, delete_counter, is_there
from visitjoin.receiver.catalog.memory import Memory
from visitjoin.receiver.catalog.opening import Catalog, open_catalog

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def memory(catalog: Catalog) -> Iterator[Memory]:
    memory = Memory(catalog)
    yield memory
    memory.close()


@pytest.fixture
def other(url: str, catalog: Catalog) -> Iterator[Catalog]:
    """The same catalog, as another receiver has it open."""
    assert catalog
    other = open_catalog(url)
    yield other
    other.dispose()


def _counter(catalog: Catalog, name: str) -> int:
    made = create_counter(catalog, name=name, site="", time_zone_name="Europe/Moscow", now=NOW)
    return made.id


def _names(catalog: Catalog) -> tuple[str, ...]:
    return tuple(counter.name for counter in counters(catalog, now=NOW))


def test_a_commit_is_seen_by_the_next_request_whoever_made_it(
    memory: Memory, catalog: Catalog, other: Catalog
) -> None:
    for number in range(20):
        name = f"counter {number}"
        _counter((catalog, other)[number % 2], name)

        seen = asyncio.run(memory.as_of_now().ask(_names))

        assert seen[-1] == name


def test_what_was_deleted_elsewhere_is_gone(memory: Memory, other: Catalog) -> None:
    made = _counter(other, "shop")
    assert asyncio.run(memory.as_of_now().ask(is_there, made))

    delete_counter(other, made, now=NOW)

    assert not asyncio.run(memory.as_of_now().ask(is_there, made))


def test_a_commit_while_a_question_is_asked_is_seen_by_the_next_request(
    memory: Memory, other: Catalog
) -> None:
    def names_before_a_commit(catalog: Catalog) -> tuple[str, ...]:
        found = _names(catalog)
        _counter(other, f"counter {len(found)}")
        return found

    _counter(other, "counter 0")
    first = asyncio.run(memory.as_of_now().ask(names_before_a_commit))
    second = asyncio.run(memory.as_of_now().ask(names_before_a_commit))

    assert (len(first), len(second)) == (1, 2)


def test_nothing_is_asked_twice_of_sqlite_while_nobody_commits(
    memory: Memory, catalog: Catalog
) -> None:
    asked = 0

    def names(catalog: Catalog) -> tuple[str, ...]:
        nonlocal asked
        asked += 1
        return _names(catalog)

    _counter(catalog, "shop")
    answers = [asyncio.run(memory.as_of_now().ask(names)) for _ in range(3)]

    assert answers == [("shop",)] * 3
    assert asked == (1 if catalog.dialect.name == "sqlite" else 3)


def test_what_is_not_there_is_not_remembered(memory: Memory) -> None:
    asked = []

    def guess(_: Catalog, id_: int) -> None:
        asked.append(id_)

    for _ in range(2):
        asyncio.run(memory.as_of_now().ask(guess, 7))

    assert asked == [7, 7]


def test_watching_holds_up_no_checkpoint(tmp_path: Path) -> None:
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    memory = Memory(catalog)
    memory.as_of_now()
    _counter(catalog, "shop")
    memory.as_of_now()

    with catalog.connect() as connection:
        is_busy, left, _ = connection.execute(text("pragma wal_checkpoint(truncate)")).one()

    assert (is_busy, left) == (0, 0)
    memory.close()
