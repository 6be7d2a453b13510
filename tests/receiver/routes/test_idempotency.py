"""A repeated upload under one Idempotency-Key is one uploading."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.receiver.conftest import Json, Receiver
    from visitjoin.receiver import Settings

CLIENT = "1700000000123456789"
ROW = f"{CLIENT},order_paid,1773999000,990.50,RUB"
TABLE = f"ClientId,Target,DateTime,Price,Currency\n{ROW}\n"


def _upload(receiver: Receiver, path: str, key: str, table: str | bytes = TABLE) -> Json:
    answer = receiver.client.post(
        f"{path}/offline_conversions/upload",
        headers=receiver.headers | {"Idempotency-Key": key},
        files={"file": ("deals.csv", table)},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["uploading"]


def _listed(receiver: Receiver, path: str) -> list[int]:
    answer = receiver.call("GET", f"{path}/offline_conversions/uploadings")
    return [uploading["id"] for uploading in answer["uploadings"]]


def test_the_same_key_answers_the_uploading_as_it_stands_now(receiver: Receiver) -> None:
    path = receiver.shop()
    first = _upload(receiver, path, "batch-7")
    ended = receiver.ended(path, first)

    again = _upload(receiver, path, "batch-7")

    assert again == ended
    assert again["status"] == "LINKAGE_FAILURE"
    assert _listed(receiver, path) == [first["id"]]
    assert list(receiver.settings.spool.iterdir()) == []


def test_what_comes_under_a_known_key_is_not_even_looked_at(receiver: Receiver) -> None:
    path = receiver.shop()
    first = _upload(receiver, path, "batch-7")
    receiver.ended(path, first)
    receiver.call("DELETE", f"{path}/offline_conversions/extended_threshold")

    again = _upload(receiver, path, "batch-7", b"\xff\xfe" * 2_000_000)

    assert again["id"] == first["id"]


def test_without_a_key_the_same_file_twice_is_two_uploadings(receiver: Receiver) -> None:
    path = receiver.shop()

    ids = [receiver.upload(path, ROW)["id"] for _ in range(2)]

    assert _listed(receiver, path) == ids[::-1]


def test_other_keys_and_other_counters_have_uploadings_of_their_own(receiver: Receiver) -> None:
    path, other = receiver.shop(), receiver.shop()

    ids = [_upload(receiver, *at)["id"] for at in ((path, "a"), (path, "b"), (other, "a"))]

    assert len(set(ids)) == 3


def test_a_key_whose_file_was_refused_is_still_free(receiver: Receiver) -> None:
    path = receiver.shop()
    refused = receiver.client.post(
        f"{path}/offline_conversions/upload",
        headers=receiver.headers | {"Idempotency-Key": "batch-7"},
        files={"file": ("deals.csv", "a,b\n1,2\n")},
    )
    assert refused.status_code == 400

    assert _upload(receiver, path, "batch-7")["line_quantity"] == 1


def test_a_known_key_is_still_known_after_a_restart(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    first = start(settings)
    path = first.shop()
    uploading = _upload(first, path, "batch-7")
    first.client.__exit__(None, None, None)

    again = start(settings)

    assert _upload(again, path, "batch-7")["id"] == uploading["id"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_refused_by_name(receiver: Receiver, key: str) -> None:
    path = receiver.shop()

    answer = receiver.client.post(
        f"{path}/offline_conversions/upload",
        headers=receiver.headers | {"Idempotency-Key": key},
        files={"file": ("deals.csv", TABLE)},
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["location"] == "idempotency-key"


def test_a_body_over_the_limit_is_refused_under_a_known_key_too(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, largest_file=100_000))
    path = receiver.shop()
    _upload(receiver, path, "batch-7")

    answer = receiver.client.post(
        f"{path}/offline_conversions/upload",
        headers=receiver.headers | {"Idempotency-Key": "batch-7"},
        files={"file": ("deals.csv", b"x" * 200_000)},
    )

    assert answer.status_code == 413
