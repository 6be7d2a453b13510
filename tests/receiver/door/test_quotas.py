"""The quotas of the API: off, unless they are asked for; then as Metrica documents them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from litestar.connection import ASGIConnection

from tests.receiver.stalling import StallingUpload
from visitjoin.contract.errors import SettingError
from visitjoin.contract.quotas import LIMITS_OF_METRICA, Limits, MethodGroup
from visitjoin.contract.scopes import Scope
from visitjoin.receiver import Settings
from visitjoin.receiver.door.quotas import Quotas, address_of, group_of
from visitjoin.receiver.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.receiver.conftest import MovableClock, Receiver

    Start = Callable[[Settings], Receiver]

COUNTERS = "/management/v1/counters"


def _over(receiver: Receiver, path: str, method: str = "GET") -> tuple[str, str]:
    """The quota that a call is over, and after how many seconds to come back."""
    answer = receiver.client.request(method, path, headers=receiver.headers)
    assert answer.status_code == 429, answer.text
    error = answer.json()
    assert (error["code"], error["message"]) == (429, error["errors"][0]["message"])
    return error["errors"][0]["error_type"], answer.headers["Retry-After"]


def test_a_receiver_of_ones_own_has_no_quotas(receiver: Receiver) -> None:
    for _ in range(40):
        receiver.call("GET", COUNTERS)


def test_an_address_may_begin_thirty_requests_in_a_second(start: Start, settings: Settings) -> None:
    receiver = start(replace(settings, quotas=LIMITS_OF_METRICA))
    for _ in range(30):
        receiver.call("GET", COUNTERS)
        receiver.clock.advance(timedelta(milliseconds=10))

    assert _over(receiver, COUNTERS) == ("quota_requests_by_ip", "1")

    receiver.clock.advance(timedelta(milliseconds=700))
    receiver.call("GET", COUNTERS)
    assert _over(receiver, COUNTERS)[0] == "quota_requests_by_ip"


def test_guessing_at_tokens_is_slowed_down_as_well(start: Start, settings: Settings) -> None:
    receiver = start(replace(settings, quotas=Limits(per_second=1)))
    receiver.headers = {"Authorization": "OAuth invented-by-somebody"}
    receiver.refused("GET", COUNTERS)

    assert _over(receiver, COUNTERS)[0] == "quota_requests_by_ip"


def test_health_and_metrics_have_no_quota(start: Start, settings: Settings) -> None:
    receiver = start(replace(settings, quotas=Limits(per_second=1, per_day=1)))

    for path in ("/health", "/metrics") * 3:
        assert receiver.client.get(path).status_code == 200


def test_a_token_has_so_many_requests_a_day_in_each_group(start: Start, settings: Settings) -> None:
    receiver = start(replace(settings, quotas=Limits(per_second=None, per_day=3)))
    receiver.shop(since=None)  # two writing requests
    other = receiver.holder(Scope.READ)
    for _ in range(3):
        receiver.call("GET", COUNTERS)

    twelve_hours = str(12 * 3600)
    assert _over(receiver, COUNTERS) == ("quota_requests_by_uid", twelve_hours)

    receiver.call("DELETE", "/management/v1/counter/1/goal/1")
    assert _over(receiver, COUNTERS, "POST") == ("quota_requests_by_uid", twelve_hours)
    receiver.call("GET", "/visitjoin/v1/counter/1/report")
    other.call("GET", COUNTERS)
    receiver.clock.advance(timedelta(hours=12))
    receiver.call("GET", COUNTERS)


def test_a_counter_has_so_many_requests_a_day_whoever_asks(
    start: Start, settings: Settings
) -> None:
    receiver = start(replace(settings, quotas=Limits(per_second=None, per_day=2)))
    path = receiver.shop(since=None)
    one, two, stranger = (
        receiver.holder(Scope.READ),
        receiver.holder(Scope.READ),
        receiver.holder(Scope.READ, counters=[]),
    )

    stranger.refused("GET", path)  # is not let in, and does not count for the counter
    one.call("GET", path)
    two.call("GET", path)

    assert _over(two, path) == ("quota_requests_by_counter_id", str(12 * 3600))


def test_the_counts_of_a_day_survive_a_restart(start: Start, settings: Settings) -> None:
    limited = replace(settings, quotas=Limits(per_second=None, per_day=2))
    start(limited).call("GET", COUNTERS)
    after = start(limited)

    after.call("GET", COUNTERS)

    assert _over(after, COUNTERS)[0] == "quota_requests_by_uid"


def test_a_request_over_the_quota_is_not_in_the_log_of_writes(
    start: Start, settings: Settings
) -> None:
    receiver = start(replace(settings, quotas=Limits(per_second=None, per_day=1)))
    receiver.call("POST", COUNTERS, json={"counter": {"name": "Shop"}})

    _over(receiver, COUNTERS, "POST")

    with receiver.client.app.state.door.catalog.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from audit").scalar() == 1


def test_a_token_has_so_many_requests_at_once_until_a_client_is_gone(
    start: Start, settings: Settings
) -> None:
    receiver = start(replace(settings, quotas=Limits(parallel=1, per_second=None)))
    path = f"{receiver.shop()}/offline_conversions"
    other = receiver.holder(Scope.READ)

    with receiver.client.portal() as portal:
        upload = StallingUpload(f"{path}/upload", receiver.headers)
        running = portal.start_task_soon(upload.run, receiver.client.app)
        portal.call(upload.begun.wait)
        assert _over(receiver, f"{path}/uploadings") == ("quota_parallel_requests", "1")
        other.call("GET", f"{path}/uploadings")
        portal.call(upload.hung_up.set)
        running.result(timeout=30)

    receiver.call("GET", f"{path}/uploadings")


def test_a_clock_that_is_set_back_keeps_nobody_out(receiver: Receiver, clock: MovableClock) -> None:
    quotas = Quotas(Limits(per_second=1), receiver.client.app.state.door.catalog, clock)
    quotas.admit_address("192.0.2.1")

    clock.advance(-timedelta(hours=1))

    quotas.admit_address("192.0.2.1")
    with pytest.raises(Refusal):
        quotas.admit_address("192.0.2.1")


def test_addresses_that_were_quiet_are_forgotten(receiver: Receiver, clock: MovableClock) -> None:
    quotas = Quotas(LIMITS_OF_METRICA, receiver.client.app.state.door.catalog, clock)
    for number in range(10_000):
        quotas.admit_address(str(number))
    clock.advance(timedelta(seconds=2))

    quotas.admit_address("192.0.2.1")

    assert len(quotas._begun) == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), "203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.1", "10.0.0.2"), "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (("127.0.0.1",), "", "127.0.0.1"),
    ],
)
def test_only_a_known_proxy_is_believed_when_it_says_for_whom_it_asks(
    proxies: tuple[str, ...], forwarded: str, address: str
) -> None:
    scope: Any = {
        "type": "http",
        "client": ("127.0.0.1", 50000),
        "headers": [(b"x-forwarded-for", forwarded.encode())],
    }

    assert address_of(ASGIConnection(scope), proxies) == address


def test_what_only_we_answer_is_counted_with_reports() -> None:
    assert group_of("GET", "/management/v1/counters") is MethodGroup.READ
    assert group_of("DELETE", "/management/v1/counter/{counter_id}") is MethodGroup.WRITE
    assert group_of("GET", "/visitjoin/v1/counter/{counter_id}/report") is MethodGroup.REPORT


def test_a_proxy_is_named_by_its_address(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match='"proxy" is no address'):
        Settings(data=tmp_path, proxies=("proxy",))
