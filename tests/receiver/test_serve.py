"""The receiver as a process: how it starts, refuses to start, and stops."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

RUNNER = """
import sys
from datetime import timedelta
from pathlib import Path
from visitjoin.contract.errors import SettingError
from visitjoin.receiver import Settings, serve
try:
    serve(Settings(data=Path(sys.argv[1]), port=int(sys.argv[2]), stop_grace=timedelta(seconds=2)),
          on_start=lambda text: print(text, flush=True))
except SettingError as error:
    sys.exit(str(error))
"""

CONVERSIONS = "/management/v1/counter/1/offline_conversions"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts receivers in processes of their own; port 0 takes a free one."""
    started: list[subprocess.Popen[str]] = []

    def begin(data: Path = tmp_path / "data", port: int = 0) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, str(data), str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _address(process: subprocess.Popen[str]) -> str:
    while not (line := _line(process)).startswith("Listening on "):
        assert line, process.communicate()[1]
    return line.removeprefix("Listening on ")


def test_the_first_start_shows_a_token_once_and_it_opens_the_door(start: Start) -> None:
    first = start()
    said, _, token = _line(first).rpartition(" ")
    address = _address(first)

    answer = httpx.get(f"{address}/management/v1/counters", headers=_headers(token))
    first.terminate()
    first.wait(20)
    second = start()

    assert said == "Admin token, shown this once:"
    assert answer.json() == {"counters": [], "rows": 0}
    assert _line(second).startswith("Listening on")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_graceful(start: Start, number: signal.Signals) -> None:
    process = start()
    address = _address(process)
    httpx.get(f"{address}/health").raise_for_status()

    process.send_signal(number)

    _, logs = process.communicate(timeout=20)
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in logs.splitlines()] == [
        "worker_started",
        "worker_stopped",
    ]


def test_a_port_that_is_taken_is_said_so(start: Start, tmp_path: Path) -> None:
    first = start()
    port = int(_address(first).rpartition(":")[2])

    second = start(tmp_path / "other", port)

    _, error = second.communicate(timeout=20)
    assert second.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in error


def test_two_receivers_work_over_one_folder(start: Start) -> None:
    first = start()
    token = _line(first).rpartition(" ")[2]
    _open_for_uploads(_address(first), token)
    second = _address(start())

    files = {"file": ("deals.csv", _ROWS)}
    sent = httpx.post(f"{second}{CONVERSIONS}/upload", headers=_headers(token), files=files)
    first.kill()

    assert sent.json()["uploading"]["id"] == 1
    one = f"{second}{CONVERSIONS}/uploading/1"
    _until(lambda: b"LINKAGE_FAILURE" in httpx.get(one, headers=_headers(token)).content)


def test_a_client_that_hangs_up_leaves_nothing(start: Start, tmp_path: Path) -> None:
    spool = tmp_path / "data" / "spool"
    process = start()
    token = _line(process).rpartition(" ")[2]
    address = _address(process)

    with _half_an_upload(address, token):
        _until(lambda: any(spool.iterdir()))

    _until(lambda: not any(spool.iterdir()))
    listed = httpx.get(f"{address}{CONVERSIONS}/uploadings", headers=_headers(token))
    assert listed.json() == {"uploadings": []}


def test_a_client_that_never_ends_does_not_hold_up_a_stop(start: Start, tmp_path: Path) -> None:
    process = start()
    token = _line(process).rpartition(" ")[2]

    with _half_an_upload(_address(process), token):
        _until(lambda: any((tmp_path / "data" / "spool").iterdir()))
        process.terminate()
        process.communicate(timeout=20)

    assert process.returncode == 0


def test_a_stop_waits_for_an_upload_in_hand_and_takes_no_other(
    start: Start, tmp_path: Path
) -> None:
    spool = tmp_path / "data" / "spool"
    process = start()
    token = _line(process).rpartition(" ")[2]
    address = _address(process)
    _open_for_uploads(address, token)

    with _upload_without_its_end(address, token) as link:
        _until(lambda: any(spool.iterdir()))
        process.terminate()
        _until(lambda: not _takes_connections(address))
        answer = _end(link)
    _, logs = process.communicate(timeout=20)

    assert answer["uploading"]["id"] == 1
    assert process.returncode == 0
    assert json.loads(logs.splitlines()[-1])["at_rest"] is True


def _takes_connections(address: str) -> bool:
    try:
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))).close()
    except ConnectionError:
        return False
    return True


def test_two_requests_with_one_key_at_the_same_moment_end_in_one_uploading(
    start: Start, tmp_path: Path
) -> None:
    spool = tmp_path / "data" / "spool"
    process = start()
    token = _line(process).rpartition(" ")[2]
    address = _address(process)
    _open_for_uploads(address, token)

    with (
        _upload_without_its_end(address, token) as one,
        _upload_without_its_end(address, token) as two,
    ):
        # Both were asked for their key, which nobody had then, before either comes to its end.
        _until(lambda: len(list(spool.iterdir())) == 2)
        answers = [_end(link) for link in (one, two)]

    listed = httpx.get(f"{address}{CONVERSIONS}/uploadings", headers=_headers(token))
    assert [uploading["id"] for uploading in listed.json()["uploadings"]] == [1]
    assert [answer["uploading"]["id"] for answer in answers] == [1, 1]
    _until(lambda: not any(spool.iterdir()))


_ROWS = b"ClientId,Target,DateTime\r\n17,order_paid,1773999000\r\n"
_TAIL = b"--xx--\r\n"


@contextmanager
def _upload_without_its_end(address: str, token: str) -> Iterator[socket.socket]:
    """An upload under the key `one` that lacks the last bytes of its body."""
    body = b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + _ROWS
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as link:
        link.sendall(
            f"POST {CONVERSIONS}/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: OAuth {token}\r\nIdempotency-Key: one\r\n"
            "Content-Type: multipart/form-data; boundary=xx\r\n"
            f"Content-Length: {len(body) + len(_TAIL)}\r\n\r\n".encode()
            + body
        )
        yield link


def _end(link: socket.socket) -> Any:  # noqa: ANN401 - JSON
    """Send the last bytes of an upload, and return what is answered."""
    link.sendall(_TAIL)
    head, _, body = b"".join(iter(lambda: link.recv(65536), b"")).partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0], body
    return json.loads(body)


def _open_for_uploads(address: str, token: str) -> None:
    counters = f"{address}/management/v1/counters"
    httpx.post(counters, headers=_headers(token), json={"counter": {"name": "Shop"}})
    enable = f"{address}{CONVERSIONS}/extended_threshold"
    httpx.post(enable, headers=_headers(token)).raise_for_status()


@contextmanager
def _half_an_upload(address: str, token: str) -> Iterator[None]:
    """A client that has announced more than it sent, for as long as the block runs."""
    _open_for_uploads(address, token)
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as link:
        link.sendall(
            f"POST {CONVERSIONS}/upload HTTP/1.1\r\nHost: x\r\nAuthorization: OAuth {token}\r\n"
            "Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: 5000000\r\n\r\n"
            '--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\n'.encode()
        )
        link.sendall(b"ClientId,Target,DateTime\n" + b"1,a,1\n" * 400_000)
        yield


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"OAuth {token}"}


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
