"""Addresses and forms of answers beside those of the current reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver


@pytest.mark.parametrize(
    "address",
    [
        "{path}/goals",
        "{path}/goals/",
        "{path}/goals.json",
        "{path}/goals.json/",
        "{path}/goals?pretty=0&something=else",
        "/metrica{path}/goals",
        "/behind/a/proxy{path}/goals.json",
        "http://api-metrika.yandex.net{path}/goals",
        "http://any.host.at.all:9000//{path}//goals",
    ],
)
def test_a_call_is_found_under_any_host_and_prefix_and_with_a_suffix(
    shared: Receiver, address: str
) -> None:
    path = shared.shop()

    goals = shared.call("GET", address.format(path=path))["goals"]

    assert [goal["name"] for goal in goals] == ["Order paid"]


def test_nothing_we_answer_names_our_address(shared: Receiver) -> None:
    document = shared.client.get("/schema/openapi.json").json()

    assert document["servers"] == [{"url": "../"}]
    assert "testserver" not in shared.client.get("/schema/openapi.json").text


def test_the_yclid_calls_of_the_older_generation_are_those_of_today(shared: Receiver) -> None:
    path = shared.shop()
    table = (
        "Yclid,Target,DateTime,Price,Currency\n1700000000123456789,order_paid,1773999000,1,RUB\n"
    )

    taken = shared.call(
        "POST",
        f"{path}/yclid_conversions/upload?comment=old",
        files={"file": ("data.csv", table)},
    )["uploading"]

    assert (taken["client_id_type"], taken["line_quantity"]) == ("YCLID", 1)
    one = shared.ended(path, taken)
    assert shared.call("GET", f"{path}/yclid_conversions/uploading/{taken['id']}") == {
        "uploading": one
    }
    assert shared.call("GET", f"{path}/yclid_conversions/uploadings?limit=5&offset=0") == {
        "uploadings": [one]
    }


def test_an_uploading_is_found_under_the_address_that_the_pages_on_chats_print(
    shared: Receiver,
) -> None:
    path = shared.shop()
    taken = shared.upload(path, "1700000000123456789,order_paid,1773999000,1,RUB")

    found = shared.call("GET", f"{path}/offline_conversions/uploadings/{taken['id']}")

    assert found["uploading"]["id"] == taken["id"]


def test_head_answers_what_get_would_without_the_body(shared: Receiver) -> None:
    path = shared.shop()
    get = shared.client.get(f"{path}/goals", headers=shared.headers)

    head = shared.client.head(f"{path}/goals", headers=shared.headers)
    absent = shared.client.head(f"{path}/goal/77", headers=shared.headers)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert (absent.status_code, absent.content) == (404, b"")


def test_options_and_405_name_the_methods_that_there_are(shared: Receiver) -> None:
    path = shared.shop()

    options = shared.client.options(f"{path}/goals", headers=shared.headers)
    refused = shared.client.patch(f"{path}/goals", headers=shared.headers)

    assert options.status_code == 204
    assert "GET" in options.headers["allow"]
    assert refused.status_code == 405
    assert {"GET", "POST"} <= set(refused.headers["allow"].split(", "))


def test_pretty_indents_any_answer(shared: Receiver) -> None:
    path = shared.shop()

    listed = shared.client.get(f"{path}/goals?pretty=1", headers=shared.headers)
    refused = shared.client.get(f"{path}/goal/77?pretty=1", headers=shared.headers)

    assert listed.text.startswith('{\n  "goals": [\n    {\n      "id": ')
    assert len(listed.content) == int(listed.headers["content-length"])
    assert refused.status_code == 404
    assert refused.text.startswith('{\n  "errors": [')


def test_a_callback_is_called_with_the_goals(shared: Receiver) -> None:
    path = shared.shop()
    plain = shared.client.get(f"{path}/goals", headers=shared.headers)

    called = shared.client.get(f"{path}/goals?callback=app.show", headers=shared.headers)

    assert called.headers["content-type"] == "application/javascript"
    assert called.text == f"/**/app.show({plain.text});"


@pytest.mark.parametrize(
    "address", ["goals?callback=alert(1)", "offline_conversions/uploadings?callback=f"]
)
def test_a_callback_that_is_no_name_or_elsewhere_is_passed_over(
    shared: Receiver, address: str
) -> None:
    path = shared.shop()

    answer = shared.client.get(f"{path}/{address}", headers=shared.headers)

    assert answer.headers["content-type"] == "application/json"


def test_without_a_token_the_scheme_is_named(shared: Receiver) -> None:
    answer = shared.client.get("/management/v1/counters")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "OAuth"
