"""Uploads as they are met in the wild: taken, or refused with a word on what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.receiver.conftest import Json, Receiver

CLIENT = "1700000000123456789"
ROW = f"{CLIENT},order_paid,1773999000,990.50,RUB"
HEADER = "ClientId,Target,DateTime,Price,Currency"
TABLE = f"{HEADER}\n{ROW}\n"

SEVERAL_KINDS = f"""ClientId,UserId,Yclid,PurchaseId,Target,DateTime
{CLIENT},,,,order_paid,1773999000
,u1,,,order_paid,1773999000
,,{CLIENT},,order_paid,1773999000
,,,o1,order_paid,1773999000
,,,,order_paid,1773999000
"""


def _form(table: str | bytes, *, name: str = "file", boundary: str = "xx", more: str = "") -> bytes:
    data = table.encode() if isinstance(table, str) else table
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="data.csv"\r\n'
    return (
        f"{more}{head}Content-Type: text/csv\r\n\r\n".encode()
        + data
        + (f"\r\n--{boundary}--\r\n".encode())
    )


def _post(receiver: Receiver, path: str, body: bytes, content_type: str | None) -> Json:
    headers = receiver.headers | ({"Content-Type": content_type} if content_type else {})
    return receiver.client.post(f"{path}/offline_conversions/upload", content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (_form(TABLE), "multipart/form-data; boundary=xx"),
        (_form(TABLE), 'multipart/form-data; charset=utf-8; boundary="xx"'),
        (_form(TABLE), "multipart/form-data"),
        (_form(TABLE), "multipart/form-data; boundary=another"),
        (_form(TABLE), "application/json"),
        (_form(TABLE), "application/x-www-form-urlencoded"),
        (_form(TABLE), None),
        (TABLE.encode(), "text/csv"),
        (TABLE.encode(), "text/csv; charset=utf-8"),
        (TABLE.encode(), "application/octet-stream"),
        (TABLE.encode(), "application/json"),
        (TABLE.encode(), "application/x-www-form-urlencoded"),  # curl --data-binary
        (TABLE.encode(), None),
        (
            _form(
                TABLE, more='--xx\r\nContent-Disposition: form-data; name="comment"\r\n\r\nx\r\n'
            ),
            "multipart/form-data; boundary=xx",
        ),
        (b"a preamble\r\n" + _form(TABLE) + b"an epilogue", "multipart/form-data; boundary=xx"),
    ],
)
def test_a_file_is_taken_however_its_body_is_labelled(
    shared: Receiver, body: bytes, content_type: str | None
) -> None:
    answer = _post(shared, shared.shop(), body, content_type)

    assert answer.status_code == 200, answer.text
    uploading = answer.json()["uploading"]
    assert (uploading["source_quantity"], uploading["line_quantity"]) == (1, 1)


@pytest.mark.parametrize(
    ("table", "taken"),
    [
        ("\ufeff" + TABLE, (1, 1)),
        (TABLE.replace("\n", "\r\n"), (1, 1)),
        (TABLE.rstrip("\n"), (1, 1)),
        (TABLE + "\n\n", (1, 1)),
        (TABLE.replace(",", ";"), (1, 1)),
        ('"' + TABLE.strip().replace(",", '","').replace("\n", '"\n"') + '"\n', (1, 1)),
        (f'"",{HEADER}\n"1",{ROW}\n"2",{ROW}\n', (2, 2)),  # R's write.csv
        (
            f"Target,DateTime,Price,Currency,ClientId\norder_paid,1773999000,1,RUB,{CLIENT}\n",
            (1, 1),
        ),
        (f"{HEADER}\n{CLIENT},order_paid,1773999000,0,\n", (1, 1)),
        (f"{HEADER}\n{CLIENT},order_paid,1773999000,,\n", (1, 1)),
        (SEVERAL_KINDS, (5, 4)),
        (f"clientid,TARGET,datetime\n{CLIENT},order_paid,1773999000\n", (1, 1)),
        (f"{HEADER}\n{ROW},one,two\n{ROW}\n", (2, 1)),
        (f"{HEADER}\n{CLIENT},order_paid\n{ROW}\n", (2, 1)),
        # Found by the fuzz: two readers that differ about what is damaged.
        (b'UserId,Target,DateTime,"a\n\xae"\nu,t,soon,1\n', (1, 0)),
        (
            b'UserId,Target,DateTime,P"rice\nu,t,soon,5\n"x\r\n\r\nt\r,soon,5\n,,,\nu,t\r,5,7\n',
            (2, 0),
        ),
    ],
)
def test_tables_are_read_as_clients_write_them(
    shared: Receiver, table: str | bytes, taken: tuple[int, int]
) -> None:
    answer = _post(shared, shared.shop(), _form(table), "multipart/form-data; boundary=xx")

    assert answer.status_code == 200, answer.text
    uploading = answer.json()["uploading"]
    assert (uploading["source_quantity"], uploading["line_quantity"]) == taken


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", "multipart/form-data; boundary=xx", "The body is empty"),
        (b"", None, "The body is empty"),
        (_form(""), "multipart/form-data; boundary=xx", "The file is empty"),
        (_form(HEADER), "multipart/form-data; boundary=xx", "no rows under the header"),
        (_form(HEADER + "\r\n"), "multipart/form-data; boundary=xx", "no rows under the header"),
        (_form("\n\n"), "multipart/form-data; boundary=xx", "The file is empty"),
        (_form(ROW), "multipart/form-data; boundary=xx", "must hold the column names"),
        (_form(TABLE, name="data"), "multipart/form-data; boundary=xx", "It has `data`"),
        (b"--xx--\r\n", "multipart/form-data; boundary=xx", "no part named `file`"),
        (_form(TABLE)[:-9], "multipart/form-data; boundary=xx", "breaks off"),
        (TABLE.encode(), "multipart/form-data; boundary=xx", "not framed by the boundary"),
        (TABLE.encode(), "multipart/form-data", "multipart/form-data with a boundary"),
        (b'{"file": "x"}', "application/json", "The body is JSON"),
        (_form(b"PK\x03\x04\x14\x00\x06\x00\x08"), "multipart/form-data; boundary=xx", ""),
        (_form(TABLE.encode("utf-16")), "multipart/form-data; boundary=xx", "UTF-16"),
        (_form(TABLE.replace("\n", "\r")), "multipart/form-data; boundary=xx", "as on old Macs"),
        (_form(f'{HEADER}\n"{ROW}\n'), "multipart/form-data; boundary=xx", ""),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_change(
    shared: Receiver, body: bytes, content_type: str | None, said: str
) -> None:
    path = shared.shop()

    answer = _post(shared, path, body, content_type)

    assert answer.status_code == 400, answer.text
    assert said in answer.json()["message"]
    assert shared.call("GET", f"{path}/offline_conversions/uploadings") == {"uploadings": []}


def test_a_body_in_chunks_of_any_size_is_taken(shared: Receiver) -> None:
    path = shared.shop()

    def chunks() -> Iterator[bytes]:
        body = _form(TABLE)
        yield from (body[n : n + 1] for n in range(len(body)))

    answer = shared.client.post(
        f"{path}/offline_conversions/upload",
        content=chunks(),
        headers=shared.headers | {"Content-Type": "multipart/form-data; boundary=xx"},
    )

    assert "content-length" not in answer.request.headers
    assert answer.json()["uploading"]["line_quantity"] == 1


def test_a_compressed_body_is_refused_by_name(shared: Receiver) -> None:
    refused = shared.client.post(
        f"{shared.shop()}/offline_conversions/upload",
        content=b"\x1f\x8b",
        headers=shared.headers | {"Content-Encoding": "gzip"},
    )

    assert refused.status_code == 400
    assert "Send it uncompressed" in refused.json()["message"]
