from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver


def test_health_metrics_and_schema_are_open_to_everybody(receiver: Receiver) -> None:
    assert receiver.client.get("/health").json() == {"status": "ok"}
    assert "visitjoin_uploadings" in receiver.client.get("/metrics").text
    document = receiver.client.get("/schema").json()
    assert "/management/v1/counter/{counter_id}/offline_conversions/upload" in document["paths"]


def test_every_other_call_needs_a_token(receiver: Receiver) -> None:
    paths = receiver.client.get("/schema").json()["paths"]
    closed = [path for path in paths if path not in ("/health", "/metrics")]

    for path in closed:
        for method in paths[path]:
            concrete = path.replace("{counter_id}", "1").replace("{goal_id}", "1")
            concrete = concrete.replace("{uploading_id}", "1")
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


@pytest.mark.parametrize(
    ("method", "path", "status", "error_type"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/management/v1/counter/one/goals", 404, "not_found"),
        ("PATCH", "/management/v1/counters", 405, "method_not_allowed"),
        ("GET", "/management/v1/counter/77/goals", 404, "not_found"),
        ("POST", "/management/v1/counters", 400, "invalid_json"),
    ],
)
def test_what_the_framework_refuses_has_the_apis_form(
    receiver: Receiver, method: str, path: str, status: int, error_type: str
) -> None:
    assert receiver.refused(method, path)[:2] == (status, error_type)


def test_a_body_that_is_not_json_is_named_so(receiver: Receiver) -> None:
    refused = receiver.refused("POST", "/management/v1/counters", content=b'{"counter": {')

    assert refused[:2] == (400, "invalid_json")


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
