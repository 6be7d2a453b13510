"""What tells whether a receiver works: /health, /metrics and its log."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.receiver.conftest import CLIENT, STRANGER, TOKEN, Receiver
from visitjoin.receiver import Settings

BOUGHT = 1773999000


def _failing(receiver: Receiver) -> dict[str, str]:
    """The parts that are not ok, and what is said of them."""
    answer = receiver.client.get("/health")
    parts: dict[str, str] = answer.json()["parts"]
    failing = {part: said for part, said in parts.items() if said != "ok"}
    assert answer.status_code == (503 if failing else 200)
    assert answer.json()["status"] == ("failing" if failing else "ok")
    return failing


def test_a_receiver_that_works_is_healthy(receiver: Receiver) -> None:
    assert _failing(receiver) == {}


def test_a_catalog_that_is_gone_is_said_so(receiver: Receiver) -> None:
    receiver.client.app.state.door.catalog.dispose()
    catalog = receiver.settings.data / "catalog.sqlite"
    catalog.rename(catalog.with_suffix(".away"))
    catalog.mkdir()

    assert _failing(receiver) == {"catalog": "The catalog does not answer."}
    text = receiver.client.get("/metrics").text  # what else there is to tell is not held up
    assert 'visitjoin_healthy{part="catalog"} 0.0' in text
    catalog.rmdir()
    catalog.with_suffix(".away").rename(catalog)


def test_a_lake_or_a_spool_that_cannot_be_written_to_is_said_so(receiver: Receiver) -> None:
    for part in ("lake", "spool"):
        shutil.rmtree(receiver.settings.data / part, ignore_errors=True)
        (receiver.settings.data / part).write_bytes(b"a file where the folder was")

    assert set(_failing(receiver)) == {"lake", "spool"}


def test_a_full_disk_is_said_so_before_an_upload_meets_it(
    settings: Settings, start: Callable[[Settings], Receiver]
) -> None:
    more_than_any_disk = 10**18
    receiver = start(replace(settings, largest_file=more_than_any_disk))

    said = _failing(receiver)["spool"]

    assert re.fullmatch(
        r"The spool has [\d,]+ bytes left, and the largest upload has [\d,]+\.", said
    )


def test_a_worker_that_has_ended_is_said_so(receiver: Receiver) -> None:
    receiver.client.app.state.worker.stop(timedelta(seconds=5))

    assert set(_failing(receiver)) == {"worker"}


def _metrics(receiver: Receiver) -> dict[str, float]:
    """Values by name and labels, as Prometheus's own parser reads them."""
    families = text_string_to_metric_families(receiver.client.get("/metrics").text)
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_say_what_was_taken_refused_and_linked(receiver: Receiver) -> None:
    path = receiver.shop()
    receiver.visit(path, f"v1,{CLIENT},{BOUGHT - 60},ad")
    before = _metrics(receiver)
    uploading = receiver.upload(
        path,
        f"{CLIENT},order_paid,{BOUGHT},1,RUB",
        f"{STRANGER},order_paid,{BOUGHT},1,RUB",
        f"damaged,order_paid,{BOUGHT},1,RUB",
    )
    receiver.refused("POST", f"{path}/offline_conversions/upload", files={"other": ("a", "b")})
    receiver.ended(path, uploading)

    after = _metrics(receiver)

    # Rows and seconds are those of the process, and other tests work in it too.
    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    assert grown["visitjoin_uploads_taken_total"] == 1
    assert grown["visitjoin_uploads_refused_total missing_parameter"] == 1
    for outcome in ("linked", "visitor_not_found", "rejected"):
        assert grown[f"visitjoin_rows_total {outcome}"] == 1
    for status in ("UPLOADED", "EXPORTED", "MATCHED"):
        assert grown[f"visitjoin_step_seconds_count {status}"] == 1
    assert after["visitjoin_queue_length"] == after["visitjoin_oldest_unfinished_seconds"] == 0
    assert after["visitjoin_spool_free_bytes"] > 0


def test_metrics_say_how_long_an_uploading_has_been_waiting(receiver: Receiver) -> None:
    path = receiver.shop()
    lake = receiver.client.app.state.worker.stores.lake
    with lake.writing:  # the worker cannot begin
        uploading = receiver.upload(path, f"{CLIENT},order_paid,{BOUGHT},1,RUB")
        receiver.clock.advance(timedelta(minutes=7))
        waiting = _metrics(receiver)
    receiver.ended(path, uploading)

    assert waiting["visitjoin_queue_length"] == 1
    assert waiting["visitjoin_oldest_unfinished_seconds"] == 7 * 60


def test_every_metric_and_no_other_is_in_the_reference(receiver: Receiver) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "monitoring.md"
    documented = set(re.findall(r"^\| `(visitjoin_\w+)", page.read_text("utf-8"), re.MULTILINE))
    families = text_string_to_metric_families(receiver.client.get("/metrics").text)

    told = {
        sample.name.removesuffix("_count").removesuffix("_sum").removesuffix("_bucket")
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }

    # A counter with a label says nothing before it first counts.
    assert told | {"visitjoin_uploads_refused_total"} == documented


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A receiver in a process of its own, whose log can be read, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "visitjoin", "serve", "--data", tmp_path / "data", "--port", "0"],
        env=os.environ | {"VISITJOIN_ADMIN_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process, process.stdout.readline().strip().removeprefix("Listening on ")
    process.kill()
    process.communicate()


def test_a_log_has_no_token_no_identifier_and_no_word_of_a_client(
    serving: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, address = serving
    secrets = {"token": TOKEN, "client": CLIENT, "comment": "for-Mrs-Smith", "file": "smith.csv"}
    secrets |= {"other token": "another-token-4321", "order": "A-1007"}
    with httpx.Client(base_url=address, headers={"Authorization": f"OAuth {TOKEN}"}) as client:
        _work(client, secrets)
        for file in (tmp_path / "data" / "lake" / "visits").rglob("*.parquet"):
            file.write_bytes(b"damaged")
        assert client.get("/visitjoin/v1/counter/1/report").status_code == 500
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=20)

    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert {"upload_accepted", "visits_imported", "request_failed", "worker_stopped"} <= set(events)
    assert [name for name, secret in secrets.items() if secret in log] == []


def _work(client: httpx.Client, secrets: dict[str, str]) -> None:
    """Everything that a client may put a word of its own into, taken and refused."""
    counter = "/management/v1/counter/1"
    _posted(client, "/management/v1/counters", json={"counter": {"name": "Shop"}})
    _posted(client, f"{counter}/offline_conversions/extended_threshold")
    visits = f"visit_id,client_id,started_at\nv1,{secrets['client']},{BOUGHT}\n"
    _posted(client, "/visitjoin/v1/counter/1/visits", files={"file": ("visits.csv", visits)})
    rows = f"{secrets['client']},order_paid,{BOUGHT}\n,order_paid,{secrets['client']}\n"
    table = {"file": (secrets["file"], f"ClientId,Target,DateTime\n{rows}")}
    upload = f"{counter}/offline_conversions/upload"
    _posted(client, upload, files=table, params={"comment": secrets["comment"]})
    corrections = [{"purchase_id": secrets["order"], "retract": True, "comment": "Mrs Smith"}]
    asked = {"corrections": corrections}
    _posted(client, "/visitjoin/v1/counter/1/corrections", json=asked)
    refused = [
        client.post(upload, files={"file": (secrets["file"], secrets["client"])}),
        client.post(upload, files=table, params={"comment": f"{secrets['comment']} <b>"}),
        client.get(f"/{secrets['client']}", params={"oauth_token": secrets["token"]}),
        client.get(counter, headers={"Authorization": f"OAuth {secrets['other token']}"}),
    ]
    assert [answer.status_code for answer in refused] == [400, 400, 404, 403]


def _posted(client: httpx.Client, path: str, **more: Any) -> None:  # noqa: ANN401 - httpx's own
    client.post(path, **more).raise_for_status()


def test_every_event_of_the_log_is_in_the_reference() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "reference" / "monitoring.md").read_text("utf-8")
    modules = (root / "src" / "visitjoin" / "receiver").rglob("*.py")
    calls = re.compile(r'_log\.\w+\(\s*"(\w+)"(?: if [\w.]+ else "(\w+)")?')

    found = [event for module in modules for event in calls.findall(module.read_text("utf-8"))]

    events = {event for both in found for event in both if event}
    assert {"worker_started", "upload_known"} <= events
    assert sorted(event for event in events if f"`{event}`" not in page) == []
