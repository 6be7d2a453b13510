"""The work that nobody waits for lets a large upload pass, and not for ever."""

import threading
from datetime import timedelta

from visitjoin.receiver.work.priority import Rush

LONG = timedelta(hours=1)


def _passing(rush: Rush, stopping: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=rush.let_pass, args=(LONG,), kwargs={"stopping": stopping})
    thread.start()
    return thread


def test_who_works_waits_until_the_last_has_its_answer() -> None:
    rush = Rush()
    with rush.waiting():
        with rush.waiting():
            work = _passing(rush, threading.Event())
        assert work.is_alive()

    work.join(10)

    assert not work.is_alive()


def test_nobody_is_let_pass_for_longer_than_the_limit() -> None:
    rush = Rush()

    with rush.waiting():
        rush.let_pass(timedelta(0), stopping=threading.Event())


def test_a_stop_ends_the_waiting() -> None:
    rush, stopping = Rush(), threading.Event()
    with rush.waiting():
        work = _passing(rush, stopping)
        stopping.set()

        work.join(10)

        assert not work.is_alive()
