"""One visitor is forgotten: nothing names them any more, and everything still adds up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from tests.receiver.conftest import CLIENT, STRANGER
from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.receiver.catalog.audit import noted
from visitjoin.receiver.erasing import Forgotten, forget_visitor

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

YCLID = "15822632115978862591"
USER = "anna's account"
PURCHASE = "A-1742"
NAMES = (CLIENT, YCLID, USER, PURCHASE)


def _forget(receiver: Receiver, kind: IdentifierKind, identifier: str) -> Forgotten:
    def wake(_: float) -> None:
        receiver.client.app.state.worker.wake()
        time.sleep(0.01)

    return forget_visitor(receiver.settings, 1, kind, identifier, clock=receiver.clock, sleep=wake)


def _full(receiver: Receiver) -> str:
    """A counter where a visitor is known by everything there is, and another one beside."""
    path = receiver.shop()
    now = int(receiver.clock().timestamp())
    for client in (CLIENT, STRANGER):
        page = {"tid": "1", "cid": client, "t": "pageview", "et": str(now - 600)}
        page["dl"] = "https://shop.example/" + (f"?yclid={YCLID}" if client == CLIENT else "")
        receiver.client.post("/collect", data=page)
    params = '{"__ym":{"user_id":"' + USER + '"}}'
    bought = {"pa": "purchase", "ti": PURCHASE, "params": params}
    receiver.client.post("/collect", data={"tid": "1", "cid": CLIENT, "t": "event"} | bought)
    by_client = [f"{each},order_paid,{now},9,RUB" for each in (CLIENT, STRANGER, f"{CLIENT}x")]
    ended = receiver.ended(path, receiver.upload(path, *by_client))
    assert (ended["linked_quantity"], ended["line_quantity"]) == (2, 2)
    table = f"UserId,Yclid,PurchaseId,Target,DateTime\n{USER},,,order_paid,{now}\n,{YCLID},,"
    table += f"order_paid,{now}\n,,{PURCHASE},order_paid,{now}\n"
    files = {"file": ("deals.csv", table)}
    more = receiver.call("POST", f"{path}/offline_conversions/upload", files=files)["uploading"]
    assert receiver.ended(path, more)["linked_quantity"] == 3
    correction = {"client_id": CLIENT, "target": "order_paid", "happened_at": now, "retract": True}
    ours = path.replace("management", "visitjoin")
    receiver.call("POST", f"{ours}/corrections", json={"corrections": [correction]})
    return path


def _files_naming(folder: Path, names: tuple[str, ...]) -> list[str]:
    """Files below a folder that hold one of the texts, in whatever table or log."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            if file.suffix == ".parquet":
                content += str(pq.ParquetFile(file).read().to_pylist()).encode()
            if any(name.encode() in content for name in names):
                found.append(file.name)
    return found


@pytest.mark.parametrize(
    ("kind", "identifier"), [(IdentifierKind.CLIENT_ID, CLIENT), (IdentifierKind.USER_ID, USER)]
)
def test_nothing_names_a_visitor_who_is_forgotten(
    receiver: Receiver, kind: IdentifierKind, identifier: str
) -> None:
    path = _full(receiver)
    lake = Path(receiver.settings.lake)
    assert _files_naming(lake, NAMES)

    forgotten = _forget(receiver, kind, identifier)

    # Of a UserID it is known which ClientIDs it stands for; of a browser not who else has it.
    gone = NAMES if kind is IdentifierKind.USER_ID else (CLIENT, YCLID, PURCHASE)
    assert _files_naming(lake, gone) == []
    assert (forgotten.rows.hits, forgotten.rows.visits, forgotten.corrections) == (2, 1, 1)
    assert forgotten.rows.conversions == (4 if kind is IdentifierKind.USER_ID else 3)
    assert _files_naming(lake, (STRANGER,))
    ours = path.replace("management", "visitjoin")
    outcomes = receiver.client.get(
        f"{ours}/uploading/1/outcomes", headers=receiver.headers, params={"limit": 10}
    )
    assert outcomes.status_code == 200
    assert CLIENT not in outcomes.text
    assert receiver.ended(path, {"id": 1})["linked_quantity"] == 2
    last = noted(receiver.client.app.state.door.catalog, since=receiver.clock())[-1]
    assert (last.made_by, last.action, last.counter_id, last.object) == (
        "console",
        "forget",
        1,
        None,
    )
    assert _forget(receiver, kind, identifier).is_nothing


def test_hits_that_nobody_takes_in_are_in_the_way(receiver: Receiver) -> None:
    receiver.shop()
    (receiver.settings.hits / "of-another-machine.000000000001.open").touch()

    with pytest.raises(SettingError, match="wait for a receiver"):
        forget_visitor(
            receiver.settings,
            1,
            IdentifierKind.CLIENT_ID,
            CLIENT,
            clock=receiver.clock,
            sleep=lambda _: None,
        )
