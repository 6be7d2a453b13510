"""A receiver dies by SIGKILL while hits come: none that it answered is lost."""

import http.client
import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pyarrow as pa

from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.sender.api.client import Metrica

SENDERS = 8
BEFORE_THE_END = 300
"""Hits that are answered before it is killed: hundreds of batches."""


def _start(data: Path, token: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "visitjoin", "serve", "--data", data, "--port", "0"],
        env=os.environ | {"VISITJOIN_ADMIN_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip().removeprefix("Listening on ")


def _send(address: str, sender: int, answered: list[str], enough: Event) -> None:
    """Send hit after hit until the receiver is gone, by GET and by POST in turn."""
    link = http.client.HTTPConnection(address.removeprefix("http://"))
    number = 0
    try:
        while True:
            number += 1
            name = f"{sender}-{number}"
            hit = f"tid=1&cid=25&t=pageview&dl=https://a.example&hid={name}"
            if number % 2:
                link.request("GET", f"/collect?{hit}")
            else:
                link.request("POST", "/collect", hit)
            answer = link.getresponse()
            answer.read()
            assert answer.status == 200
            answered.append(name)
            if len(answered) >= BEFORE_THE_END:
                enough.set()
    except (OSError, http.client.HTTPException):
        return
    finally:
        link.close()


def test_no_hit_that_was_answered_is_lost(tmp_path: Path) -> None:
    data, token = tmp_path / "data", secrets.token_urlsafe(24)
    process, address = _start(data, token)
    with Metrica(counter=0, token=token, base_url=address) as admin:
        admin.create_counter("Shop")
    answered: list[str] = []
    enough = Event()

    with ThreadPoolExecutor(SENDERS) as threads:
        sending = [threads.submit(_send, address, n, answered, enough) for n in range(SENDERS)]
        enough.wait(60)
        process.kill()
        process.communicate()
        for each in sending:
            each.result()
    again, _ = _start(data, token)
    kept = _kept(data, len(answered))
    again.kill()
    again.communicate()

    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))


def _kept(data: Path, at_least: int) -> list[str]:
    lake = Lake(str(data / "lake"))
    deadline = time.monotonic() + 60
    found: list[str] = []
    while len(found) < at_least and time.monotonic() < deadline:
        time.sleep(0.05)
        rows = pa.table(lake.open(LakeTable.HITS).scan(columns=["hit_id"]).read_all())
        found = rows["hit_id"].to_pylist()
    return found
