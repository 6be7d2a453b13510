"""Hits by the Measurement Protocol, from the door to the visits that conversions link to."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from tests.receiver.conftest import CLIENT
from tests.receiver.stalling import ADDRESS, StallingUpload
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.lake.tables import LakeTable
from visitjoin.receiver.lake.visits_of_hits import batches_to_do

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.receiver.conftest import Receiver

Row: TypeAlias = dict[str, Any]

LANDING = (
    "https://shop.example/sale?utm_source=ya%20direct&utm_medium=cpc&yclid=15822632115978862591"
)


@pytest.fixture
def counter(shared: Receiver) -> str:
    """The number of a counter of the test's own."""
    return shared.shop().rpartition("/")[2]


def _hit(receiver: Receiver, counter: str, **fields: str) -> int:
    sent = {"tid": counter, "cid": CLIENT, "t": "pageview", "dl": LANDING} | fields
    return receiver.client.post("/collect", data=sent).status_code


def _rows(receiver: Receiver, table: LakeTable, counter: str) -> list[Row]:
    lake = Lake(receiver.settings.lake)
    found = pa.table(lake.open(table).scan(predicate=f"counter_id = {counter}").read_all())
    return list(found.to_pylist())


def _made(receiver: Receiver, counter: str, *, hits: int) -> tuple[list[Row], list[Row]]:
    """The visits, oldest first, and the hits, once visits are made of so many hits."""
    lake = Lake(receiver.settings.lake)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        receiver.client.app.state.worker.wake()
        kept = _rows(receiver, LakeTable.HITS, counter)
        if len(kept) >= hits and int(counter) not in batches_to_do(lake):
            visits = _rows(receiver, LakeTable.VISITS, counter)
            return sorted(visits, key=lambda row: row["started_at"]), kept
        time.sleep(0.02)
    raise AssertionError(f"{len(kept)} hits")


def _files(folder: Path, pattern: str) -> Iterator[bytes]:
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):  # a journal that was taken meanwhile
            yield path.read_bytes()


def test_a_pageview_becomes_a_visit_with_the_marks_of_its_landing_page(
    shared: Receiver, counter: str
) -> None:
    assert _hit(shared, counter, dr="https://yandex.ru/") == 200

    ((visit,), _) = _made(shared, counter, hits=1)
    started = int(shared.clock().timestamp())
    assert (visit["client_id"], visit["started_at"]) == (CLIENT, started)
    assert (visit["yclid"], visit["traffic_source"]) == ("15822632115978862591", "ad")
    assert (visit["utm_source"], visit["utm_medium"]) == ("ya direct", "cpc")
    assert visit["start_url"] == LANDING


def test_a_conversion_sent_after_a_hit_was_answered_links_to_its_visit(
    shared: Receiver, counter: str
) -> None:
    path = f"/management/v1/counter/{counter}"
    _hit(shared, counter, et=str(int(shared.clock().timestamp()) - 3600))

    uploading = shared.upload(path, f"{CLIENT},order_paid,{int(shared.clock().timestamp())},9,RUB")

    assert shared.ended(path, uploading)["linked_quantity"] == 1


def test_what_a_visitor_did_in_a_visit_is_in_it(shared: Receiver, counter: str) -> None:
    _hit(shared, counter)
    _hit(shared, counter, t="event", params='{"__ym":{"user_id":"anna"}}')
    _hit(shared, counter, t="event", ea="buy", pa="purchase", ti="A-17", tr="990.5", pr1id="7")

    (visit,), hits = _made(shared, counter, hits=3)
    bought = [hit for hit in hits if hit["goal"]]
    assert (visit["user_id"], visit["purchase_ids"]) == ("anna", ["A-17"])
    assert [(str(hit["revenue"]), hit["products"]) for hit in bought] == [
        ("990.500000", '{"pr1id":"7"}')
    ]


def test_of_the_actions_in_a_shop_purchases_alone_have_revenue(
    shared: Receiver, counter: str
) -> None:
    _hit(shared, counter)
    for action in ("detail", "add", "remove", "purchase"):
        _hit(shared, counter, t="event", pa=action, ti="A-17", tr="990.5", pr1id="7")

    (visit,), hits = _made(shared, counter, hits=5)
    found = {hit["action"]: (hit["purchase_id"], hit["revenue"], hit["products"]) for hit in hits}
    assert found.pop("purchase") == ("A-17", Decimal("990.5"), '{"pr1id":"7"}')
    assert found.pop(None) == (None, None, None)
    assert found == dict.fromkeys(("detail", "add", "remove"), (None, None, '{"pr1id":"7"}'))
    assert visit["purchase_ids"] == ["A-17"]


def test_a_late_hit_goes_where_it_belongs_and_joins_two_visits(
    shared: Receiver, counter: str
) -> None:
    now = int(shared.clock().timestamp())
    _hit(shared, counter, et=str(now - 7200), hid="a")
    _hit(shared, counter, et=str(now - 7200 + 3000), hid="b")
    (first, second), _ = _made(shared, counter, hits=2)

    _hit(shared, counter, t="event", et=str(now - 7200 + 1500), hid="late")

    (visit,), _ = _made(shared, counter, hits=3)
    assert visit["visit_id"] == first["visit_id"]
    assert (visit["started_at"], visit["ended_at"]) == (first["started_at"], second["ended_at"])


def test_a_hit_that_is_sent_again_counts_once(shared: Receiver, counter: str) -> None:
    for _ in range(2):
        _hit(shared, counter, hid="h1")
        shared.clock.advance(timedelta(minutes=5))
    _hit(shared, counter, hid="h2")

    visits, hits = _made(shared, counter, hits=2)
    assert len(visits) == 1
    assert sorted(hit["hit_id"] for hit in hits) == ["h1", "h2"]


def test_visits_that_were_imported_stay_as_they_are(shared: Receiver, counter: str) -> None:
    path = f"/management/v1/counter/{counter}"
    shared.visit(path, f"imported,{CLIENT},2026-03-20T11:50:00Z,email")

    _hit(shared, counter)

    visits, _ = _made(shared, counter, hits=1)
    assert [visit["traffic_source"] for visit in visits] == ["email", "ad"]


def test_a_robots_hits_are_marked_and_make_no_visit(shared: Receiver, counter: str) -> None:
    robot = {"User-Agent": "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"}
    query = {"tid": counter, "cid": "25", "t": "pageview", "dl": LANDING}
    assert shared.client.get("/collect", params=query, headers=robot).status_code == 200
    _hit(shared, counter)

    visits, hits = _made(shared, counter, hits=2)
    assert {hit["client_id"]: hit["robot"] for hit in hits} == {"25": True, CLIENT: False}
    assert [visit["client_id"] for visit in visits] == [CLIENT]


def test_a_beacon_brings_several_hits_and_says_which_is_wrong(
    shared: Receiver, counter: str
) -> None:
    lines = [
        f"tid={counter}&cid={CLIENT}&t=pageview&dl=https%3A%2F%2Fshop.example%2F&hid=1",
        f"tid={counter}&cid=1.7E18&t=event&ea=order&hid=2",
        f"tid={counter}&cid={CLIENT}&t=event&ea=order&hid=3",
    ]
    text = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://shop.example"}

    answer = shared.client.post("/collect", content="\n".join(lines), headers=text)

    assert (answer.status_code, answer.text[:11]) == (400, "Line 2: cid")
    assert answer.headers["access-control-allow-origin"] == "*"
    _, hits = _made(shared, counter, hits=2)
    assert sorted(hit["hit_id"] for hit in hits) == ["1", "3"]


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"t": "timing"}, 400, "t: "),
        ({"cid": ""}, 400, "cid: "),
        ({"cid": "18446744073709551616"}, 400, "cid: "),
        ({"tid": "shop"}, 400, "tid: "),
        ({"tid": "999999"}, 404, "tid: there is no counter 999999."),
        ({"et": "1773964000"}, 400, "et: more than 12 hours ago"),
    ],
)
def test_a_hit_that_cannot_be_taken_is_refused_and_says_why(
    shared: Receiver, counter: str, fields: dict[str, str], status: int, says: str
) -> None:
    sent = {"tid": counter, "cid": CLIENT, "t": "pageview", "dl": LANDING} | fields

    answer = shared.client.post("/collect", data=sent)

    assert answer.status_code == status
    assert answer.text.startswith(says)
    assert CLIENT not in answer.text


def test_an_image_gets_its_visitor_from_a_cookie_and_its_page_from_the_referrer(
    shared: Receiver, counter: str
) -> None:
    image = {"Accept": "image/avif,image/webp,*/*", "Referer": "https://shop.example/"}

    first = shared.client.get("/collect", params={"tid": counter}, headers=image)
    second = shared.client.get("/collect", params={"tid": counter, "hid": "2"}, headers=image)

    assert first.headers["content-type"] == "image/gif"
    assert first.content.startswith(b"GIF89a")
    (visit,), _ = _made(shared, counter, hits=2)
    assert first.cookies["_ym_uid"] == second.cookies["_ym_uid"] == visit["client_id"]
    assert visit["start_url"] == "https://shop.example/"
    shared.client.cookies.clear()


@pytest.mark.parametrize("signal", ["DNT", "Sec-GPC"])
def test_nothing_is_kept_of_who_asks_not_to_be_tracked(
    shared: Receiver, counter: str, signal: str
) -> None:
    query = {"tid": counter, "cid": "25", "t": "pageview", "dl": LANDING}

    assert shared.client.get("/collect", params=query, headers={signal: "1"}).status_code == 200
    _hit(shared, counter)

    _, hits = _made(shared, counter, hits=1)
    assert [hit["client_id"] for hit in hits] == [CLIENT]


def test_a_counter_may_keep_the_hits_of_who_asks_not_to_be_tracked(
    shared: Receiver, counter: str
) -> None:
    """It has asked for consent."""
    settings = {"counter": {"collection": {"honours_do_not_track": False}}}
    shared.call("PUT", f"/management/v1/counter/{counter}", json=settings)
    query = {"tid": counter, "cid": "25", "t": "pageview", "dl": LANDING}

    shared.client.get("/collect", params=query, headers={"DNT": "1", "Sec-GPC": "1"})

    (visit,), _ = _made(shared, counter, hits=1)
    assert visit["client_id"] == "25"


def test_a_counter_with_measurement_tokens_takes_no_hit_without_one(
    shared: Receiver, counter: str
) -> None:
    tokens = ["2c1f7e0a-6f0d-4b0e-9f2b-0a2d6e1c9b77", "the-one-that-comes-next"]
    settings = {"counter": {"collection": {"measurement_tokens": tokens}}}
    shared.call("PUT", f"/management/v1/counter/{counter}", json=settings)

    statuses = [
        _hit(shared, counter, hid="1"),
        _hit(shared, counter, hid="2", ms="2c1f7e0a-6f0d-4b0e-9f2b-0a2d6e1c9b7"),
        _hit(shared, counter, hid="3", ms="того"),
        *(_hit(shared, counter, hid=token, ms=token) for token in tokens),
    ]

    assert statuses == [403, 403, 403, 200, 200]
    _, hits = _made(shared, counter, hits=2)
    assert sorted(hit["hit_id"] for hit in hits) == tokens


def test_no_address_of_a_network_is_kept_anywhere(shared: Receiver, counter: str) -> None:
    body = f"tid={counter}&cid={CLIENT}&t=pageview&dl=https://shop.example/".encode()
    by_proxy = {"X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "Forwarded": f"for={ADDRESS}"}
    hit = StallingUpload("/collect", by_proxy | {"Content-Length": str(len(body))}, body)

    with capture_logs() as logs:
        with shared.client.portal() as portal:
            portal.call(hit.run, shared.client.app)
        journals = list(_files(shared.settings.hits, "*"))
        made = _made(shared, counter, hits=1)

    catalog = list(_files(shared.settings.data, "catalog.sqlite*"))
    assert CLIENT in str(made)
    assert ADDRESS not in str([made, journals, catalog, logs])


@pytest.mark.parametrize("is_honoured", [True, False])
def test_an_image_gives_no_cookie_to_who_is_not_tracked(
    shared: Receiver, counter: str, *, is_honoured: bool
) -> None:
    """And one to who is: else each of their pages would be another visitor's."""
    settings = {"counter": {"collection": {"honours_do_not_track": is_honoured}}}
    shared.call("PUT", f"/management/v1/counter/{counter}", json=settings)
    image = {"Accept": "image/*", "Referer": "https://shop.example/", "DNT": "1"}

    answer = shared.client.get("/collect", params={"tid": counter}, headers=image)

    assert answer.content.startswith(b"GIF89a")
    assert ("set-cookie" in answer.headers) == (not is_honoured)
    shared.client.cookies.clear()


def test_a_page_of_another_origin_may_send(shared: Receiver) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}

    answer = shared.client.options("/collect", headers=asked)

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]


def test_another_time_out_holds_for_the_visits_of_all_hits(shared: Receiver, counter: str) -> None:
    now = int(shared.clock().timestamp())
    for ago in (7200, 4800, 1):
        _hit(shared, counter, et=str(now - ago), hid=str(ago))
    visits, _ = _made(shared, counter, hits=3)
    assert len(visits) == 3

    path = f"/management/v1/counter/{counter}"
    shared.call("PUT", path, json={"counter": {"visit_threshold": 3600}})
    _hit(shared, counter, hid="next")

    visits, _ = _made(shared, counter, hits=4)
    assert [visit["ended_at"] - visit["started_at"] for visit in visits] == [2400, 1]
