"""The proxy fails as it was ordered to: each fault as a bare client and the receiver see it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import repeat

import httpx
import pytest

from tests.conftest import Running
from tests.e2e.faulty_proxy import Proxy, faulty_proxy
from tests.e2e.patterns import ANY, UPLOAD, UPLOADINGS
from visitjoin.receiver.sandbox.faults import (
    ANSWER_OF_NOTHING,
    CUT_IN_THE_ANSWER,
    HALF_AN_ANSWER,
    PASS,
    Fault,
    Moment,
    Order,
    cut,
    held,
    lost,
    refused,
    stall,
)

SOLD = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
DEALS = f"UserId,Target,DateTime\nu1,order_paid,{SOLD}\n" + "".join(
    f"u{number},order_paid,{SOLD - number}\n" for number in range(5_000)
)
"""Long enough to come in several pieces."""

NOT_TAKEN = [
    pytest.param(fault, id=f"{fault.at}")
    for fault in (cut(Moment.BEFORE_BODY), cut(Moment.IN_BODY), cut(Moment.BEFORE_END))
]


@pytest.fixture
def proxy(running: Running) -> Iterator[Proxy]:
    with faulty_proxy(running.address) as proxy:
        yield proxy


@pytest.fixture
def client(running: Running, proxy: Proxy) -> Iterator[httpx.Client]:
    """A client of the proxy, at the offline conversions of a new counter."""
    with running.shop() as shop:
        path = f"/management/v1/counter/{shop.counter_id}/offline_conversions"
    headers = {"Authorization": f"OAuth {running.token}"}
    with httpx.Client(base_url=proxy.address + path, headers=headers) as client:
        yield client


def upload(client: httpx.Client, *, timeout: float = 30) -> httpx.Response:
    return client.post("/upload", files={"file": ("deals.csv", DEALS)}, timeout=timeout)


def taken(client: httpx.Client) -> int:
    """How many uploadings the receiver holds."""
    return len(client.get("/uploadings").raise_for_status().json()["uploadings"])


@contextmanager
def sent_and_waiting(client: httpx.Client, proxy: Proxy) -> Iterator[None]:
    """A client that has sent its upload and waits for as long as the context lasts."""
    request = client.build_request("POST", "/upload", files={"file": ("deals.csv", DEALS)})
    lines = [f"{request.method} {request.url.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    with socket.create_connection(("127.0.0.1", httpx.URL(proxy.address).port or 0)) as waiting:
        waiting.sendall("\r\n".join([*lines, "", ""]).encode() + request.read())
        yield


def test_without_an_order_everything_passes(client: httpx.Client) -> None:
    answer = upload(client)

    assert answer.status_code == 200
    assert answer.json()["uploading"]["source_quantity"] == 5_001
    assert taken(client) == 1


def test_orders_are_followed_in_turn_and_by_pattern(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(UPLOAD, [PASS, refused(503)])
    proxy.order(UPLOADINGS, [refused(500)])

    uploads = [upload(client).status_code for _ in range(3)]
    lists = [client.get("/uploadings").status_code for _ in range(2)]

    assert (uploads, lists) == ([200, 503, 200], [500, 200])
    assert [one.order for one in proxy.seen(UPLOAD)] == [PASS, refused(503), PASS]


def test_a_server_may_fail_until_it_recovers(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(ANY, repeat(refused(502)))
    failed = [client.get("/uploadings").status_code for _ in range(5)]

    proxy.recover()

    assert failed == [502] * 5
    assert taken(client) == 0


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_answer_in_front_of_the_receiver_leaves_nothing_there(
    client: httpx.Client, proxy: Proxy, status: int
) -> None:
    proxy.order(UPLOAD, [refused(status)])

    answer = upload(client)

    assert (answer.status_code, answer.json()["code"]) == (status, status)
    assert "retry-after" not in answer.headers
    assert taken(client) == 0


def test_a_refusal_may_name_a_wait(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(UPLOAD, [refused(429, retry_after="7")])

    assert upload(client).headers["retry-after"] == "7"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_answer_behind_the_receiver_leaves_an_uploading_there(
    client: httpx.Client, proxy: Proxy, status: int
) -> None:
    proxy.order(UPLOAD, [lost(status)])

    assert upload(client).status_code == status
    assert taken(client) == 1


@pytest.mark.parametrize("fault", NOT_TAKEN)
def test_a_cut_up_to_the_end_of_the_body_leaves_nothing_at_the_receiver(
    client: httpx.Client, proxy: Proxy, fault: Fault
) -> None:
    proxy.order(UPLOAD, [fault])

    with pytest.raises(httpx.TransportError):
        upload(client)

    assert taken(client) == 0


@pytest.mark.parametrize(
    "fault", [cut(Moment.TAKEN), CUT_IN_THE_ANSWER], ids=["before it", "in the middle of it"]
)
def test_a_cut_in_the_answer_leaves_an_uploading_at_the_receiver(
    client: httpx.Client, proxy: Proxy, fault: Fault
) -> None:
    proxy.order(UPLOAD, [fault])

    with pytest.raises(httpx.RemoteProtocolError):
        upload(client)

    assert taken(client) == 1


def test_half_an_answer_is_one_that_cannot_be_read(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(UPLOAD, [HALF_AN_ANSWER])

    answer = upload(client)

    assert answer.status_code == 200
    assert answer.text.startswith('{"uploading"')
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert taken(client) == 1


def test_an_answer_may_be_of_nothing(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(UPLOAD, [ANSWER_OF_NOTHING])

    answer = upload(client)

    assert (answer.status_code, answer.content) == (200, b"")
    assert taken(client) == 1


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        (Moment.BEFORE_BODY, 0),
        (Moment.IN_BODY, 0),
        (Moment.BEFORE_END, 0),
        (Moment.TAKEN, 1),
    ],
)
def test_a_stall_outlasts_the_client(
    client: httpx.Client, proxy: Proxy, moment: Moment, left: int
) -> None:
    proxy.order(UPLOAD, [stall(moment)])

    with pytest.raises(httpx.ReadTimeout):
        upload(client, timeout=0.2)

    proxy.await_stall()  # a slow receiver may answer after the client has gone
    assert taken(client) == left


def test_a_stall_is_told_while_the_client_still_waits(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(UPLOAD, [stall(Moment.TAKEN)])

    with sent_and_waiting(client, proxy):
        stalled = proxy.await_stall()
        already_taken = taken(client)

    assert stalled.endswith("/offline_conversions/upload")
    assert already_taken == 1


def test_a_request_may_come_late_and_whole(client: httpx.Client, proxy: Proxy) -> None:
    proxy.order(UPLOAD, [held()])
    with pytest.raises(httpx.ReadTimeout):
        upload(client, timeout=0.2)
    before = taken(client)

    proxy.release()

    assert (before, taken(client)) == (0, 1)


def test_headers_may_be_kept_from_the_receiver(running: Running) -> None:
    with faulty_proxy(running.address, without=["Authorization"]) as proxy:
        answer = httpx.get(
            proxy.address + "/management/v1/counters",
            headers={"Authorization": f"OAuth {running.token}"},
        )

    assert answer.status_code == 401


@pytest.mark.parametrize("fault", [PASS, cut(Moment.IN_BODY)], ids=["passes", "is cut"])
def test_a_body_may_come_in_chunks(client: httpx.Client, proxy: Proxy, fault: Order) -> None:
    proxy.order(UPLOAD, [fault])
    middle = len(DEALS) // 2
    chunks = (part.encode() for part in (DEALS[:middle], DEALS[middle:]))

    with nullcontext() if fault is PASS else pytest.raises(httpx.TransportError):
        client.post("/upload", content=chunks, headers={"Content-Type": "text/csv"})

    assert taken(client) == (1 if fault is PASS else 0)


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(client: httpx.Client) -> None:
    headers = {"Content-Type": "text/csv", "Expect": "100-continue"}

    assert client.post("/upload", content=DEALS, headers=headers).status_code == 200


def test_the_answer_to_a_head_announces_what_never_comes(client: httpx.Client) -> None:
    whole = client.get("/uploadings")

    head = client.head("/uploadings")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"]
