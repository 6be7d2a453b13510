"""What was answered survives SIGKILL at any later moment; what was not leaves nothing behind.

`test_killed_in_every_step.py` names the moments; here they come by chance, with more rows.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx
import polars as pl
import pytest
from deltalake import DeltaTable

RUNNER: Final = """
import sys
from pathlib import Path
from visitjoin.receiver import Settings, serve
serve(Settings(data=Path(sys.argv[1]), port=0, admin_token=sys.argv[2]),
      on_start=lambda text: print(text, flush=True))
"""
COUNTER: Final = "/management/v1/counter/1"
CONVERSIONS: Final = f"{COUNTER}/offline_conversions"
ROWS: Final = 20_000
BOUGHT: Final = int((datetime.now(UTC) - timedelta(hours=2)).timestamp())

Json: TypeAlias = Any


@dataclass
class Crashing:
    """A receiver in a process of its own, killed and started again over the same folder."""

    data: Path
    token: str
    process: subprocess.Popen[str] | None = None
    address: str = ""

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, str(self.data), self.token],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip().removeprefix("Listening on ")

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def call(
        self, method: str, path: str, *, content_type: str | None = None, **more: Json
    ) -> Json:
        headers = {"Authorization": f"OAuth {self.token}"}
        if content_type is not None:
            headers["Content-Type"] = content_type
        answer = httpx.request(method, self.address + path, headers=headers, timeout=60, **more)
        return answer.raise_for_status().json()

    def upload(self, comment: str) -> Json:
        return self.call(
            "POST",
            f"{CONVERSIONS}/upload",
            files={"file": ("deals.csv", _deals())},
            params={"comment": comment},
        )["uploading"]

    def ended(self, uploading_id: int) -> Json:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self.call("GET", f"{CONVERSIONS}/uploading/{uploading_id}")["uploading"]
            if found["status"] in ("PROCESSED", "LINKAGE_FAILURE"):
                return found
            time.sleep(0.02)
        raise AssertionError(found)

    def counts(self, uploading_id: int) -> Json:
        path = f"/visitjoin/v1/counter/1/uploading/{uploading_id}/outcomes"
        return self.call("GET", path, params={"limit": 1})["counts"]


def _deals() -> bytes:
    """Rows in turn: one that links, one of a stranger, one without a goal, one rejected."""
    head = "ClientId,Target,DateTime,Price,Currency\n"
    kinds = (
        "17000000001{i:08d},order_paid,{at},10,RUB\n",
        "17000000009{i:08d},order_paid,{at},10,RUB\n",
        "17000000001{i:08d},nothing,{at},10,RUB\n",
        "1.7E+18,order_paid,{at},10,RUB\n",
    )
    rows = (kinds[i % 4].format(i=i, at=BOUGHT) for i in range(ROWS))
    return (head + "".join(rows)).encode()


def _visits() -> bytes:
    head = "visit_id,client_id,started_at,traffic_source\n"
    rows = (f"v{i},17000000001{i:08d},{BOUGHT - 60},ad\n" for i in range(ROWS))
    return (head + "".join(rows)).encode()


def _rows_in_lake(data: Path, table: str, uploading_id: int) -> int:
    url = data / "lake" / table
    if not DeltaTable.is_deltatable(str(url)):
        return 0
    files = DeltaTable(url).file_uris()
    if not files:
        return 0
    found = pl.scan_parquet(files, hive_partitioning=False)
    mine = found.filter(pl.col("uploading_id") == uploading_id)
    return int(mine.select(pl.len()).collect().item())


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Crashing]:
    receiver = Crashing(tmp_path / "data", secrets.token_urlsafe(24))
    receiver.start()
    receiver.call("POST", "/management/v1/counters", json={"counter": {"name": "Shop"}})
    conditions = [{"type": "exact", "url": "order_paid"}]
    goal = {"name": "Order paid", "type": "action", "conditions": conditions}
    receiver.call("POST", f"{COUNTER}/goals", json={"goal": goal})
    since = {"since": "2026-01-01"}
    receiver.call("POST", f"{CONVERSIONS}/extended_threshold", params=since)
    visits = {"file": ("visits.csv", _visits())}
    receiver.call("POST", "/visitjoin/v1/counter/1/visits", files=visits)
    yield receiver
    receiver.kill()


@pytest.mark.parametrize("milliseconds", [20, 250])
def test_killed_after_the_answer_an_uploading_is_carried_to_the_same_end(
    receiver: Crashing, milliseconds: int
) -> None:
    undisturbed = receiver.upload("undisturbed")
    expected = receiver.ended(undisturbed["id"])
    counts = receiver.counts(undisturbed["id"])

    answered = receiver.upload("killed")
    time.sleep(milliseconds / 1000)  # the moment of the kill is the subject, not a wait for it
    receiver.kill()
    receiver.start()

    ended = receiver.ended(answered["id"])
    changed = {name for name in expected if ended[name] != expected[name]}
    assert changed <= {"id", "comment", "create_time"}
    assert receiver.counts(answered["id"]) == counts
    assert sum(counts.values()) == ROWS
    assert counts["linked"] == counts["rejected"] == ROWS // 4
    assert _rows_in_lake(receiver.data, "conversions", answered["id"]) == ROWS * 3 // 4
    assert _rows_in_lake(receiver.data, "links", answered["id"]) == ROWS * 3 // 4
    assert _rows_in_lake(receiver.data, "rejects", answered["id"]) == ROWS // 4
    assert list((receiver.data / "spool").iterdir()) == []


def test_killed_again_and_again_nothing_is_lost_or_doubled(receiver: Crashing) -> None:
    answered = [receiver.upload(f"batch {number}")["id"] for number in range(3)]
    for milliseconds in (10, 40, 80, 160):
        time.sleep(milliseconds / 1000)  # as above
        receiver.kill()
        receiver.start()

    ended = [receiver.ended(uploading_id) for uploading_id in answered]

    assert [uploading["linked_quantity"] for uploading in ended] == [ROWS // 4] * 3
    for uploading_id in answered:
        assert _rows_in_lake(receiver.data, "links", uploading_id) == ROWS * 3 // 4


def test_killed_before_the_answer_a_request_leaves_nothing(receiver: Crashing) -> None:
    # A body that is announced and never ends: no answer can have been given.
    def endless() -> Iterator[bytes]:
        yield b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        yield b"ClientId,Target,DateTime\n" + b"1700000000123456789,order_paid,1\n" * 50_000
        deadline = time.monotonic() + 20
        while not any((receiver.data / "spool").iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        receiver.kill()
        yield b"1700000000123456789,order_paid,1\n" * 100_000

    with pytest.raises(httpx.TransportError):
        receiver.call(
            "POST",
            f"{CONVERSIONS}/upload",
            content=endless(),
            content_type="multipart/form-data; boundary=xx",
        )
    assert any((receiver.data / "spool").iterdir())

    receiver.start()

    assert receiver.call("GET", f"{CONVERSIONS}/uploadings") == {"uploadings": []}
    assert list((receiver.data / "spool").iterdir()) == []
