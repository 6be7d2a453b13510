from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver


def test_health_metrics_and_schema_are_open_to_everybody(receiver: Receiver) -> None:
    assert receiver.client.get("/health").json()["status"] == "ok"
    assert "visitjoin_uploadings" in receiver.client.get("/metrics").text
    document = receiver.client.get("/schema").json()
    assert "/management/v1/counter/{counter_id}/offline_conversions/upload" in document["paths"]


def test_every_other_call_needs_a_token(receiver: Receiver) -> None:
    paths = receiver.client.get("/schema").json()["paths"]
    closed = [path for path in paths if path not in ("/collect", "/health", "/metrics")]

    for path in closed:
        for method in paths[path]:
            concrete = re.sub(r"{\w+}", "1", path)
            answer = receiver.client.request(method.upper(), concrete)
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.json()["errors"][0]["error_type"] == "unauthorized"
    assert len(closed) > 10


def test_a_token_that_is_not_known_is_refused_with_403(receiver: Receiver) -> None:
    receiver.headers["Authorization"] = "OAuth another-token"

    status, error_type, _ = receiver.refused("GET", "/management/v1/counters")

    assert (status, error_type) == (403, "invalid_token")


@pytest.mark.parametrize("scheme", ["OAuth", "oauth", "Bearer"])
def test_a_token_may_come_as_oauth_or_bearer(receiver: Receiver, scheme: str) -> None:
    token = receiver.headers["Authorization"].partition(" ")[2]
    receiver.headers["Authorization"] = f"{scheme} {token}"

    assert receiver.call("GET", "/management/v1/counters") == {"counters": [], "rows": 0}


COUNTERS = "/management/v1/counters"
ONE = "/management/v1/counter"


@pytest.mark.parametrize(
    ("method", "path", "status", "error_type"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/visitjoin/v1/sandbox/reset", 404, "not_found"),
        ("GET", f"{ONE}/one/goals", 404, "not_found"),
        ("GET", f"{ONE}/%ff/goals", 404, "not_found"),
        ("GET", f"{ONE}/{'9' * 5000}/goals", 404, "not_found"),
        ("GET", f"{ONE}/{2**63}/goals", 400, "invalid_parameter"),
        ("GET", f"{ONE}/-1/goals", 400, "invalid_parameter"),
        ("GET", f"{ONE}/77/goals", 404, "not_found"),
        ("PATCH", COUNTERS, 405, "method_not_allowed"),
        ("TRACE", COUNTERS, 405, "method_not_allowed"),
        ("POST", COUNTERS, 400, "invalid_json"),
    ],
)
def test_what_the_framework_refuses_has_the_apis_form(
    shared: Receiver, method: str, path: str, status: int, error_type: str
) -> None:
    assert shared.refused(method, path)[:2] == (status, error_type)


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("limit=many", "limit"),
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("limit=%ff", "limit"),
        ("offset=-1", "offset"),
        (f"offset={2**63}", "offset"),
        ("type=basic", "type"),
    ],
)
def test_a_malformed_parameter_is_named(shared: Receiver, query: str, location: str) -> None:
    uploadings = f"{shared.shop()}/offline_conversions/uploadings"

    answer = shared.client.get(f"{uploadings}?{query}", headers=shared.headers)

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["error_type"], error["location"]) == ("invalid_parameter", location)


def test_a_value_that_is_none_of_the_known_ones_brings_them_along(shared: Receiver) -> None:
    uploadings = f"{shared.shop()}/offline_conversions/uploadings"

    refused = shared.refused("GET", f"{uploadings}?type=basic")

    assert refused[2] == "Invalid enum value 'basic'. Known are: BASIC, CALLS, CHATS."


@pytest.mark.parametrize(
    ("body", "status", "error_type"),
    [
        (b'{"counter": {', 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b"null", 400, "invalid_json"),
        (b'{"counter": {"name": "\xff"}}', 400, "invalid_json"),
        (b'{"counter": {"name": "\\ud800"}}', 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b'{"counter": null}', 400, "invalid_parameter"),
        (b'{"counter": {"name": "a\\u0000b"}}', 400, "invalid_parameter"),
        (b'{"counter": {}}', 400, "invalid_parameter"),
        (b" " * 11_000_000, 413, "too_large"),
    ],
)
def test_a_body_that_is_not_taken_is_named_so(
    shared: Receiver, body: bytes, status: int, error_type: str
) -> None:
    assert shared.refused("POST", COUNTERS, content=body)[:2] == (status, error_type)


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/x-yametrika+json", "text/plain", "application/json;;=", ""],
)
def test_json_is_read_whatever_the_header_calls_it(shared: Receiver, content_type: str) -> None:
    answer = shared.client.post(
        COUNTERS,
        content=b'{"counter": {"name": "Shop"}}',
        headers=shared.headers | {"Content-Type": content_type},
    )

    assert answer.status_code == 200, answer.text


def test_a_trailing_slash_and_unknown_parameters_are_tolerated(receiver: Receiver) -> None:
    answer = receiver.call("GET", "/management/v1/counters/", params={"pretty": "1", "x": "y"})

    assert answer["rows"] == 0


def test_an_unexpected_failure_is_an_answer_too_and_tells_nothing(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, "v1,1700000000123456789,1773000000,ad")
    for file in (receiver.settings.data / "lake" / "visits").rglob("*.parquet"):
        file.write_bytes(b"damaged")

    answer = receiver.client.get(
        path.replace("management", "visitjoin") + "/report", headers=receiver.headers
    )

    assert answer.status_code == 500
    assert answer.json()["errors"] == [
        {"error_type": "backend_error", "message": "The receiver failed."}
    ]
