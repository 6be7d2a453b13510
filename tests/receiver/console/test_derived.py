"""A page never waits long: it shows what was found last, and says whether that is current."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from tests.receiver.uploaded import BOUGHT, Clock, opened, visit
from visitjoin.receiver.console.derived import Answer, Derived
from visitjoin.receiver.work.stores import Stores


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with opened(tmp_path, Clock()) as found:
        yield found


@pytest.fixture
def derived(stores: Stores) -> Iterator[Derived]:
    found = Derived(stores, patience=timedelta(0))
    yield found
    found.close()


class Question:
    """Is answered with how often it was asked, once somebody lets it."""

    def __init__(self, *, takes: timedelta = timedelta(0), clock: Clock | None = None) -> None:
        self.let = Event()
        self.times = 0
        self.takes = takes
        self.clock = clock

    def __call__(self, _: Stores) -> int:
        assert self.let.wait(30)
        self.times += 1
        if self.clock is not None:
            self.clock.now += self.takes
        return self.times


def _until_current(derived: Derived, question: Question) -> Answer[int]:
    question.let.set()
    for _ in range(100_000):
        found = derived.answer(1, "how often", question)
        if found.is_current:
            return found
    raise AssertionError("It is never current.")


def test_nothing_is_known_until_the_first_answer(derived: Derived) -> None:
    question = Question()

    found = derived.answer(1, "how often", question)

    assert (found.value, found.as_of, found.is_current) == (None, None, False)
    assert _until_current(derived, question).value == 1


def test_what_was_found_is_not_asked_again_while_nothing_has_changed(derived: Derived) -> None:
    question = Question()

    answers = {_until_current(derived, question).value for _ in range(3)}

    assert answers == {1}


def test_a_change_is_asked_behind_the_back_and_the_old_answer_stands_meanwhile(
    derived: Derived, stores: Stores
) -> None:
    question = Question()
    _until_current(derived, question)
    question.let.clear()
    visit(stores, "v2", BOUGHT)

    meanwhile = derived.answer(1, "how often", question)

    assert (meanwhile.value, meanwhile.is_current) == (1, False)
    assert _until_current(derived, question).value == 2


def test_a_question_that_took_long_is_left_alone_for_a_while(
    derived: Derived, stores: Stores
) -> None:
    clock = stores.clock
    assert isinstance(clock, Clock)
    question = Question(takes=timedelta(seconds=10), clock=clock)
    _until_current(derived, question)
    visit(stores, "v2", BOUGHT)

    for _ in range(20):
        assert not derived.answer(1, "how often", question).is_current
    clock.now += timedelta(seconds=90)

    assert _until_current(derived, question).value == 2


def test_a_question_that_fails_is_said_so_and_keeps_the_old_answer(stores: Stores) -> None:
    patient = Derived(stores, patience=timedelta(seconds=30))
    patient.answer(1, "one", lambda _: 1)
    visit(stores, "v2", BOUGHT)

    with capture_logs() as logged:
        found = patient.answer(1, "one", lambda _: 1 // 0)

    assert (found.value, found.is_current, found.failed) == (1, False, True)
    assert [line["event"] for line in logged] == ["console_question_failed"]
    patient.close()
