"""The log of writes: who, what, when, and how it was answered."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.receiver.conftest import CLIENT, NOW
from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.audit import Written, noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.receiver.conftest import Receiver
    from visitjoin.receiver import Settings

COUNTERS = "/management/v1/counters"


def _log(receiver: Receiver, since: datetime = NOW) -> list[Written]:
    return list(noted(receiver.client.app.state.door.catalog, since=since))


def _told(lines: list[Written]) -> list[tuple[str, int | None, str | None, str]]:
    """Lines in short: method and last part of the path, counter, object, result."""
    return [
        (re.sub("/.*/", "", line.action), line.counter_id, line.object, line.result)
        for line in lines
    ]


def test_every_write_is_in_the_log_with_what_it_was_about(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.upload(path, f"{CLIENT},order_paid,1773999000,1,RUB")
    receiver.call("DELETE", f"{path}/goal/1")
    receiver.call("GET", f"{path}/goals")

    log = _log(receiver)

    assert _told(log) == [
        ("POST counters", None, "counter 1", "200"),
        ("POST goals", 1, "goal 1", "200"),
        ("POST extended_threshold", 1, None, "200"),
        ("POST upload", 1, "uploading 1", "200"),
        ("DELETE {goal_id}", 1, "goal 1", "200"),
    ]
    assert {(line.made_by, line.made_at) for line in log} == {("admin", NOW)}


def test_a_write_that_was_refused_is_in_the_log_too(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.clock.advance(timedelta(hours=1))
    reader = receiver.holder(Scope.READ)

    reader.refused("DELETE", path)
    receiver.refused("POST", f"{path}/goals", json={"goal": {}})
    receiver.refused("DELETE", f"{path}/goal/99")

    log = _log(receiver, NOW + timedelta(hours=1))
    assert [(line.made_by, *told) for line, told in zip(log, _told(log), strict=True)] == [
        ("console", "token create", None, "token token-1", "done"),
        ("token-1", "DELETE {counter_id}", 1, None, "403"),
        ("admin", "POST goals", 1, None, "400"),
        ("admin", "DELETE {goal_id}", 1, "goal 99", "404"),
    ]


def test_who_shows_no_valid_token_leaves_no_line(receiver: Receiver) -> None:
    receiver.client.post(COUNTERS)
    receiver.client.post(COUNTERS, headers={"Authorization": "OAuth invented-by-somebody"})

    assert _log(receiver) == []


def test_the_log_holds_neither_secrets_nor_people(receiver: Receiver) -> None:
    path = receiver.shop()
    holder = receiver.holder(Scope.WRITE)
    holder.upload(path, f"{CLIENT},order_paid,1773999000,1,RUB", comment="for Ivanova")
    holder.client.post(f"{path}/goals?token=in-the-address", headers=holder.headers)

    with receiver.client.app.state.door.catalog.connect() as connection:
        kept = str(connection.execute(text("select * from audit")).all())

    secret = holder.headers["Authorization"].rpartition("_")[2]
    assert [word for word in (secret, CLIENT, "Ivanova", "address") if word in kept] == []


def test_lines_that_are_old_enough_are_gone_the_day_after(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, audit_retention=timedelta(days=30)))
    receiver.shop()
    receiver.clock.advance(timedelta(days=30))
    receiver.shop()
    assert len(_log(receiver)) == 6

    receiver.clock.advance(timedelta(days=1))
    receiver.shop()

    assert {line.counter_id for line in _log(receiver)} == {None, 2, 3}


def test_a_log_that_cannot_be_written_does_not_take_back_what_was_done(receiver: Receiver) -> None:
    with receiver.client.app.state.door.catalog.begin() as connection:
        connection.execute(text("drop table audit"))

    receiver.call("POST", COUNTERS, json={"counter": {"name": "Shop"}})

    assert receiver.call("GET", COUNTERS)["rows"] == 1
