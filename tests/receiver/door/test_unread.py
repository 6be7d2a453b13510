"""A refusal reaches who is still sending, and leaves the connection as it was."""

import json
import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.conftest import Running

UPLOAD = "/management/v1/counter/{}/offline_conversions/upload"
MORE_THAN_THE_NETWORK_HOLDS = b"x" * 8_000_000
"""Bytes: a client is not done sending them until somebody has read some."""


@pytest.mark.parametrize(
    ("token", "content_type", "status"),
    [
        ("of-nobody", "multipart/form-data; boundary=x", 403),
        (None, "text/html", 400),
    ],
    ids=["who sends it is not known", "what it is called is not taken"],
)
def test_who_sends_a_file_that_nobody_reads_is_told_why(
    running: Running, token: str | None, content_type: str, status: int
) -> None:
    with running.shop() as shop:
        path = UPLOAD.format(shop.counter_id)
    headers = {
        "Authorization": f"OAuth {token or running.token}",
        "Content-Type": content_type,
    }
    connection = HTTPConnection(urlsplit(running.address).netloc, timeout=60)
    connection.connect()
    connection.auto_open = 0  # it is the one connection, or none

    connection.request("POST", path, MORE_THAN_THE_NETWORK_HOLDS, headers)
    with connection.getresponse() as answer:
        refusal = json.load(answer)
    connection.request("GET", "/health")
    with connection.getresponse() as next_answer:
        next_answer.read()

    assert (answer.status, refusal["code"]) == (status, status)
    assert next_answer.status == 200
    connection.close()


def test_who_asks_before_sending_is_answered_at_once(running: Running) -> None:
    """As curl does with a large file. It is spared the sending."""
    request = (
        f"POST {UPLOAD.format(1)} HTTP/1.1\r\nHost: receiver\r\nAuthorization: OAuth of-nobody\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    parts = urlsplit(running.address)
    assert parts.port is not None

    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(request.encode())
        with connection.makefile("rb") as answer:
            first_line = answer.readline()

    assert first_line == b"HTTP/1.1 403 Forbidden\r\n"
