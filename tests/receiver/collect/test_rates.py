"""An address sends no more hits in a second than the operator lets it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.receiver.conftest import CLIENT, Receiver
from tests.receiver.stalling import ADDRESS, StallingUpload
from visitjoin.contract.errors import SettingError
from visitjoin.receiver import Settings

HIT = f"tid=1&cid={CLIENT}&t=pageview&dl=https://shop.example/"


def _sent_for(receiver: Receiver, visitor: str) -> int:
    """What a proxy is answered that passes a hit on."""
    headers = {"X-Forwarded-For": visitor, "Content-Length": str(len(HIT))}
    request = StallingUpload("/collect", headers, HIT.encode())
    with receiver.client.portal() as portal:
        portal.call(request.run, receiver.client.app)
    answer, _ = request.said
    assert answer["type"] == "http.response.start"
    return answer["status"]


def test_who_sends_more_in_a_second_is_told_to_wait(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, hits_per_second=2))
    receiver.shop()

    answers = [receiver.client.get(f"/collect?{HIT}") for _ in range(3)]
    receiver.clock.advance(timedelta(seconds=1))
    later = receiver.client.post("/collect", content=HIT)

    assert [answer.status_code for answer in [*answers, later]] == [200, 200, 429, 200]
    assert answers[2].headers["Retry-After"] == "1"
    assert answers[2].text.startswith("More than 2 requests in a second from one address.")


def test_visitors_behind_one_proxy_are_counted_apart(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, hits_per_second=1, proxies=(ADDRESS,)))
    receiver.shop()

    statuses = [_sent_for(receiver, f"198.51.100.{number}") for number in (1, 2, 1)]

    assert statuses == [200, 200, 429]


def test_a_limit_that_lets_nothing_through_is_refused(settings: Settings) -> None:
    with pytest.raises(SettingError, match="one request"):
        replace(settings, hits_per_second=0)
