"""What a client meets in a sandbox: what it begins with, its clock, its failures, its resets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis

from tests.receiver.test_schema import answers_as_declared
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.receiver.door.rights import RIGHTS_IN_SANDBOX
from visitjoin.receiver.sandbox.orders import OWN_CALLS

if TYPE_CHECKING:
    from tests.receiver.sandbox.conftest import Shop
    from visitjoin.testing import Sandbox

TRACKING = "/offline_conversions/extended_threshold"
DAY = timedelta(days=1)


def test_it_begins_with_visits_for_every_identifier(shop: Shop) -> None:
    rows = ["1793200000123456789,,,", ",crm-204,,", ",,9715500000000000321,", ",,,A-1042"]
    rows += ["1792000000623456785,,,", ",nobody,,"]
    table = "ClientId,UserId,Yclid,PurchaseId,Target,DateTime\n" + "".join(
        f"{row},order_paid,{shop.bought}\n" for row in rows
    )

    ended = shop.sandbox.outcomes(shop.send(table).json()["uploading"]["id"])

    kinds = [row.linked_by for row in ended[:4]]
    assert kinds == ["CLIENT_ID", "USER_ID", "YCLID", "PURCHASE_ID"]
    assert [row.outcome for row in ended[4:]] == ["no_visit_in_window", "visitor_not_found"]


def test_uploads_are_taken_24_hours_after_tracking_is_enabled(fresh: Shop) -> None:
    fresh.call("DELETE", TRACKING)
    fresh.call("POST", TRACKING)
    at_once = fresh.upload().status_code
    fresh.sandbox.move_clock(timedelta(hours=24, seconds=-60))
    a_minute_before = fresh.upload().status_code

    fresh.sandbox.move_clock(timedelta(minutes=1))

    assert (at_once, a_minute_before) == (400, 400)
    assert fresh.upload().status_code == 200


def test_the_window_grows_with_the_clock_from_0_to_21_days(fresh: Shop) -> None:
    fresh.call("DELETE", TRACKING)
    fresh.call("POST", TRACKING)
    reach = [round(fresh.reach() / DAY)]

    for _ in range(3):
        fresh.sandbox.move_clock(10 * DAY)
        reach.append(round(fresh.reach() / DAY))

    assert reach == [0, 10, 20, 21]


def test_a_visit_leaves_the_window_when_the_clock_goes_on(fresh: Shop) -> None:
    before = fresh.outcome("crm-101")

    fresh.sandbox.move_clock(2 * DAY)

    assert (before, fresh.outcome("crm-101")) == ("linked", "no_visit_in_window")


def test_a_clock_that_moves_does_not_disturb_an_uploading_in_hand(shop: Shop) -> None:
    uploading = shop.upload().json()["uploading"]["id"]

    shop.sandbox.move_clock(timedelta(hours=1))

    assert shop.sandbox.outcomes(uploading)[0].outcome == "linked"


def test_the_clock_goes_ten_years_at_the_most_and_never_back(sandbox: Sandbox) -> None:
    with pytest.raises(SettingError, match="ahead only"):
        sandbox.move_clock(-DAY)

    with pytest.raises(Refused, match="3650 days in all"):
        sandbox.move_clock(3651 * DAY)

    back = {"clock": {"seconds": -3600}}
    headers = {"Authorization": f"OAuth {sandbox.token}"}
    refused = httpx.post(f"{sandbox.address}{OWN_CALLS}/clock", json=back, headers=headers)
    assert (refused.status_code, "A reset sets it back" in refused.text) == (400, True)


def test_statuses_are_answered_in_turn_as_often_as_ordered(shop: Shop) -> None:
    before = shop.taken()
    shop.sandbox.fail(429, retry_after=7, times=2, call="POST */upload")
    for status in (500, 502, 503, 504):
        shop.sandbox.fail(status, times=1, call="POST */upload")

    answers = [shop.upload() for _ in range(7)]

    codes = [answer.status_code for answer in answers]
    assert codes == [429, 429, 500, 502, 503, 504, 200]
    assert [answer.headers.get("retry-after") for answer in answers[:3]] == ["7", "7", None]
    assert answers[0].json()["errors"][0]["error_type"] == "quota_parallel_requests"
    assert shop.taken() - before == 1


def test_a_status_may_be_answered_although_the_request_was_taken(shop: Shop) -> None:
    before = shop.taken()
    shop.sandbox.fail(504, taken=True, times=1)

    assert shop.upload().status_code == 504
    assert shop.taken() - before == 1


@pytest.mark.parametrize(
    ("failure", "seen", "taken"),
    [
        ("cut-before-body", httpx.TransportError, 0),
        ("cut-in-body", httpx.TransportError, 0),
        ("cut-after-body", httpx.RemoteProtocolError, 1),
        ("cut-in-answer", httpx.RemoteProtocolError, 1),
    ],
)
def test_a_connection_breaks_where_it_was_ordered_to(
    shop: Shop, failure: str, seen: type[Exception], taken: int
) -> None:
    before = shop.taken()
    shop.sandbox.fail(failure, times=1)

    with pytest.raises(seen):
        shop.upload()

    assert shop.taken() - before == taken


@pytest.mark.parametrize("failure", ["silence", "late"])
def test_a_request_is_taken_although_its_client_gave_up(shop: Shop, failure: str) -> None:
    before = shop.taken()
    shop.sandbox.fail(failure, times=1)

    with pytest.raises(httpx.ReadTimeout):
        shop.upload(timeout=0.1)

    while shop.taken() == before:
        pass  # nobody tells a client that has gone


@pytest.mark.parametrize(("failure", "begin"), [("half-json", '{"uploading"'), ("empty", "")])
def test_an_answer_may_be_half_or_nothing_with_every_sign_of_success(
    shop: Shop, failure: str, begin: str
) -> None:
    before = shop.taken()
    shop.sandbox.fail(failure, times=1)

    answer = shop.upload()

    assert (answer.status_code, answer.text[:12]) == (200, begin)
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert shop.taken() - before == 1


def test_a_failure_lasts_until_it_is_cleared_and_names_its_calls(shop: Shop) -> None:
    shop.sandbox.fail(503, call="GET */goals")
    failed = [shop.http.get(f"{shop.counter}/goals").status_code for _ in range(3)]
    others = shop.http.get(shop.counter).status_code

    shop.sandbox.recover()

    assert (failed, others) == ([503] * 3, 200)
    assert len(shop.call("GET", "/goals")["goals"]) == 2


def test_the_sandboxs_own_calls_never_fail(shop: Shop) -> None:
    shop.sandbox.fail(500)

    answers = [
        shop.http.request(method, f"{OWN_CALLS}{path}").status_code
        for method, path in (("GET", ""), ("DELETE", "/failures"))
    ]

    assert answers == [200, 200]


@pytest.mark.parametrize("status", ["UPLOADED", "EXPORTED", "MATCHED"])
def test_an_uploading_is_stuck_in_a_status_until_the_failure_is_cleared(
    shop: Shop, status: str
) -> None:
    shop.sandbox.fail("stuck", at=status)
    uploading = shop.upload().json()["uploading"]["id"]
    path = f"/offline_conversions/uploading/{uploading}"
    while shop.call("GET", path)["uploading"]["status"] != status:
        pass
    with pytest.raises(TimeoutError, match=f"is {status}. Its rows have outcomes when"):
        shop.sandbox.outcomes(uploading, patience=timedelta(0))

    shop.sandbox.recover()

    assert shop.sandbox.outcomes(uploading)[0].outcome == "linked"


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ({"what": "status", "status": 404}, "Order 429, or one from 500 to 599"),
        ({"what": "empty", "call": "upload"}, '"upload" fits no request'),
        ({"what": "empty", "times": 0}, "failure.times: Expected `int` >= 1"),
        ({"what": "empty", "time": 1}, "unknown field `time`"),
        ({"what": "weather"}, "Invalid enum value 'weather'. Known are: status, cut-before-body"),
        ({"what": "empty", "call": "\u0000"}, "control character"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    shop: Shop, failure: dict[str, object], message: str
) -> None:
    answer = shop.http.post(f"{OWN_CALLS}/failures", json={"failure": failure})

    assert answer.status_code == 400
    assert message in answer.json()["message"]
    assert shop.sandbox._controls.state().failures == ()


def test_a_reset_leaves_nothing_of_what_was(shop: Shop) -> None:
    shop.upload()
    shop.call("DELETE", "/goal/1")
    instance = shop.http.get("/visitjoin/v1/instance").json()
    shop.sandbox.move_clock(30 * DAY)
    shop.sandbox.fail(500)

    shop.sandbox.reset()

    assert shop.taken() == 0
    assert len(shop.call("GET", "/goals")["goals"]) == 2
    assert abs(shop.sandbox.now - datetime.now(UTC)) < timedelta(minutes=1)
    assert shop.http.get("/visitjoin/v1/instance").json() != instance
    assert shop.upload().json()["uploading"]["id"] == 1


def test_its_calls_are_in_its_document_and_in_the_table_of_rights(shop: Shop) -> None:
    paths = shop.http.get("/schema/openapi.json").json()["paths"]
    own = {(method.upper(), path) for path in paths if OWN_CALLS in path for method in paths[path]}

    assert own == RIGHTS_IN_SANDBOX.keys()


def test_its_calls_need_its_token(shop: Shop) -> None:
    assert httpx.post(f"{shop.sandbox.address}{OWN_CALLS}/reset").status_code == 401


def test_its_calls_answer_what_they_declare_and_none_fails(shop: Shop) -> None:
    document = schemathesis.openapi.from_url(f"{shop.sandbox.address}/schema/openapi.json")
    found: list[Any] = list(document.include(path_regex=OWN_CALLS).get_all_operations())

    for operation in found:
        answers_as_declared(operation.ok(), shop.sandbox.token)

    assert len(found) == len(RIGHTS_IN_SANDBOX)
    shop.sandbox.reset()
