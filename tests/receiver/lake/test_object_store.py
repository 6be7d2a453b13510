"""A lake in an object store: moto's, where its server is installed.

pip install 'moto[server]' into an environment of its own, and name its bin/moto_server in
VISITJOIN_MOTO_SERVER.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.receiver.conftest import CLIENT, STRANGER, Receiver
from visitjoin.contract.errors import SettingError
from visitjoin.linking import addresses, object_store
from visitjoin.receiver import Settings
from visitjoin.receiver.backup.restoring import restore
from visitjoin.receiver.backup.taking import back_up
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.upkeep import Upkeep, tend

BOUGHT = 1773999000


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket; the environment has the keys to it."""
    pytest.importorskip("fsspec", reason="visitjoin[s3] is not installed")
    command = os.environ.get("VISITJOIN_MOTO_SERVER") or shutil.which("moto_server")
    if command is None:
        pytest.skip("no S3-compatible server: VISITJOIN_MOTO_SERVER names none")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [command, "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    endpoint = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "us-east-1"}
    for name, value in (keys | {"AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true"}).items():
        monkeypatch.setenv(name, value)
    try:
        _make_bucket(f"{endpoint}/lakes")
        yield "s3://lakes"
    finally:
        object_store.store.cache_clear()  # its clients know an endpoint that is gone
        server.kill()
        server.wait()


def _make_bucket(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.put(address).raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_everything_that_a_receiver_does_with_its_lake_it_does_in_an_object_store(
    bucket: str, settings: Settings, start: Callable[[Settings], Receiver], tmp_path: Path
) -> None:
    receiver = start(replace(settings, lake_url=f"{bucket}/lake"))
    path = receiver.shop()
    visit = f"v1,{CLIENT},{BOUGHT - 60},ad"
    receiver.visit(path, visit)
    again = receiver.visit(path, visit, f"v2,{CLIENT},{BOUGHT - 90},ad")  # replaces a file
    uploadings = [
        receiver.ended(
            path,
            receiver.upload(
                path,
                f"{CLIENT},order_paid,{BOUGHT + number},1,RUB",
                f"{STRANGER},order_paid,{BOUGHT},1,RUB",
            ),
        )
        for number in range(2)
    ]
    tended = {table.table: table for table in tend(receiver.settings, Upkeep())}
    back_up(receiver.settings, tmp_path / "copy")
    elsewhere = replace(settings, data=tmp_path / "again", lake_url=f"{bucket}/again")
    restored = restore(tmp_path / "copy", elsewhere)

    assert (again["new"], again["known"]) == (1, 1)
    assert [uploading["linked_quantity"] for uploading in uploadings] == [1, 1]
    assert (tended["links"].files_before, tended["links"].files_after) == (2, 1)
    assert restored.checked.faults == ()
    assert receiver.client.get("/health").json()["parts"]["lake"] == "ok"
    for one in (receiver, start(elsewhere)):
        report = one.call("GET", f"{path.replace('management', 'visitjoin')}/report")["report"]
        assert [row["conversions"] for row in report] == [2]


def test_what_an_object_store_needs_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "find_spec", lambda _: None)

    with pytest.raises(SettingError, match=r"pip install 'visitjoin\[s3\]'"):
        Lake("s3://lakes/lake")
    with pytest.raises(SettingError, match="a folder or below s3://BUCKET/PREFIX"):
        Lake("gs://lakes/lake")
