"""Who may do what: each call needs a scope, and a token may be bound to counters."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.tokens import revoke_token
from visitjoin.receiver.door.rights import RIGHTS, Right, right_to

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

OPEN = {"/collect", "/health", "/metrics"}
COUNTERS = "/management/v1/counters"


def _concrete(path: str) -> str:
    return re.sub(r"{\w+}", "1", path)


def _message(receiver: Receiver, method: str, path: str) -> str:
    """What a call is answered that is denied."""
    status, error_type, message = receiver.refused(method, path)
    assert (status, error_type) == (403, "access_denied")
    return message


def test_every_call_has_its_right_in_the_table(receiver: Receiver) -> None:
    paths = receiver.client.get("/schema").json()["paths"]
    calls = {(method.upper(), path) for path in paths.keys() - OPEN for method in paths[path]}

    assert calls - RIGHTS.keys() == set()
    assert RIGHTS.keys() - calls == set()


def test_what_nobody_put_into_the_table_needs_the_most() -> None:
    assert right_to("GET", "/management/v1/new") is Right.CHANGE


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_opens_the_calls_that_the_table_says_and_no_others(
    receiver: Receiver, scope: Scope
) -> None:
    receiver.shop()
    holder = receiver.holder(scope)

    for (method, path), right in RIGHTS.items():
        if method == "DELETE" and scope in right.value:
            continue  # it would take away what the next calls are about
        answer = holder.client.request(method, _concrete(path), headers=holder.headers)
        assert (answer.status_code == 403) == (scope not in right.value), (method, path)


def test_who_lacks_a_scope_is_told_which(receiver: Receiver) -> None:
    reader = receiver.holder(Scope.READ)
    path = f"{receiver.shop()}/offline_conversions/upload"

    assert _message(reader, "POST", path) == (
        "Access is denied: this call needs a token with the scope "
        "metrika:offline_data or metrika:write."
    )


def test_a_bound_token_reaches_its_counter_and_is_told_the_same_of_all_others(
    receiver: Receiver,
) -> None:
    ours, theirs = receiver.shop(), receiver.shop()
    bound = receiver.holder(Scope.WRITE, counters=[1])

    assert len(bound.call("GET", f"{ours}/goals")["goals"]) == 1

    nowhere = "/management/v1/counter/77"
    assert _message(bound, "GET", f"{theirs}/goals") == (
        "Access is denied: this token is not bound to counter 2."
    )
    assert _message(bound, "GET", f"{nowhere}/goals") == (
        "Access is denied: this token is not bound to counter 77."
    )
    assert _message(bound, "DELETE", theirs).endswith("counter 2.")
    report = theirs.replace("management", "visitjoin") + "/report"
    assert _message(bound, "GET", report).endswith("counter 2.")


def test_the_list_shows_a_token_its_counters_alone(receiver: Receiver) -> None:
    receiver.shop()
    receiver.shop()
    bound = receiver.holder(Scope.READ, counters=[2])
    free = receiver.holder(Scope.READ)

    answer = bound.call("GET", COUNTERS)

    assert ([counter["id"] for counter in answer["counters"]], answer["rows"]) == ([2], 1)
    assert free.call("GET", COUNTERS)["rows"] == 2


def test_a_bound_token_makes_no_counter(receiver: Receiver) -> None:
    receiver.shop()
    bound = receiver.holder(Scope.WRITE, counters=[1])

    assert "makes no others" in _message(bound, "POST", COUNTERS)


def test_an_integration_uploads_and_follows_with_offline_data_alone(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, "v1,1700000000123456789,1773000000,ad")
    crm = receiver.holder(Scope.OFFLINE_DATA, counters=[1])

    uploading = crm.upload(path, "1700000000123456789,order_paid,1773999000,1,RUB")

    assert crm.ended(path, uploading)["linked_quantity"] == 1


def test_a_token_that_has_expired_is_refused_from_its_moment_on(receiver: Receiver) -> None:
    holder = receiver.holder(Scope.READ, days=30)
    receiver.clock.advance(timedelta(days=30, seconds=-1))
    holder.call("GET", COUNTERS)

    receiver.clock.advance(timedelta(seconds=1))

    refused = (403, "invalid_token", "Invalid oauth_token: it expired on 2026-04-19.")
    assert holder.refused("GET", COUNTERS) == refused


def test_a_token_that_is_revoked_is_refused_from_the_next_request_on(receiver: Receiver) -> None:
    holder = receiver.holder(Scope.READ)
    holder.call("GET", COUNTERS)

    revoke_token(receiver.client.app.state.door.catalog, "token-1", now=receiver.clock())

    refused = (403, "invalid_token", "Invalid oauth_token: it was revoked.")
    assert holder.refused("GET", COUNTERS) == refused


def test_without_a_token_the_answer_says_how_to_show_one(receiver: Receiver) -> None:
    answer = receiver.client.get(COUNTERS)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "OAuth")
