"""A body counts as a whole or not at all, and is not waited for without end."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.receiver.conftest import CLIENT, Receiver
from tests.receiver.stalling import StallingUpload
from visitjoin.receiver import Settings

HIT = f"tid=1&cid={CLIENT}&t=event&ea=order&ev=99".encode()


@pytest.mark.parametrize("beginning", [b"", HIT, HIT + b"\n" + HIT])
def test_a_body_that_stands_still_is_given_up_and_nothing_of_it_counts(
    start: Callable[[Settings], Receiver], settings: Settings, beginning: bytes
) -> None:
    receiver = start(replace(settings, patience=timedelta(seconds=0.05)))
    receiver.shop()
    request = StallingUpload("/collect", {}, beginning)

    with receiver.client.portal() as portal:
        portal.call(request.run, receiver.client.app)

    answer, body = request.said
    assert answer["type"] == "http.response.start"
    assert answer["status"] == 504
    assert body["type"] == "http.response.body"
    assert body["body"].startswith(b"The body did not come within 0.05 seconds")
    assert list(settings.hits.iterdir()) == []


def test_bodies_that_stand_still_at_the_same_time_are_all_given_up(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, patience=timedelta(seconds=0.05)))
    requests = [StallingUpload("/collect", {}, HIT) for _ in range(3)]

    async def come_together() -> None:
        await asyncio.gather(*(request.run(receiver.client.app) for request in requests))

    with receiver.client.portal() as portal:
        portal.call(come_together)
        portal.call(come_together)

    statuses = [
        said["status"]
        for request in requests
        for said in request.said
        if said["type"] == "http.response.start"
    ]
    assert statuses == [504] * 6


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "500"}])
def test_of_a_body_that_breaks_off_nothing_counts(
    shared: Receiver, headers: dict[str, str]
) -> None:
    """The price of the last hit may have had another digit."""
    shared.shop()
    request = StallingUpload("/collect", headers, HIT + b"\n" + HIT)
    request.hung_up.set()

    with shared.client.portal() as portal:
        portal.call(request.run, shared.client.app)

    answer, _ = request.said
    assert answer["type"] == "http.response.start"
    assert answer["status"] == 400
    assert list(shared.settings.hits.iterdir()) == []


@pytest.mark.parametrize("size", [70_000, 2_000_000])
def test_a_body_that_is_too_large_is_refused(shared: Receiver, size: int) -> None:
    answer = shared.client.post("/collect", content=b"x" * size)

    assert (answer.status_code, answer.text) == (413, "A body has 65,536 bytes at most.")


def test_a_request_that_is_refused_as_a_whole_is_seen_by_who_watches(shared: Receiver) -> None:
    def unread() -> float:
        told = shared.client.get("/metrics").text
        found = re.search(r'^visitjoin_hits_total{fate="unread"} (.+)$', told, re.MULTILINE)
        return float(found[1]) if found else -1

    before = unread()
    shared.client.post("/collect", content=b"x" * 70_000)

    assert unread() == before + 1
