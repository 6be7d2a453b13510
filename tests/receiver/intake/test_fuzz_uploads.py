"""Uploads that nobody would think of: none fails, and no row is lost or invented.

What the receiver says of a file is held against a slow and obvious count, and the rows that it
keeps against what it says. VISITJOIN_FUZZ_CASES=10000 tries as many outside the suite.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from tests.prepare.slow_check import slow_check
from tests.receiver.conftest import CLIENT, NOW, TOKEN, MovableClock, Receiver
from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver import Settings, create_app
from visitjoin.receiver.catalog.progress import advance, unfinished
from visitjoin.receiver.work.leasing import leased
from visitjoin.receiver.work.life import carry_on
from visitjoin.receiver.work.spool import Folder
from visitjoin.receiver.work.stores import Stores

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from litestar import Litestar

    from tests.receiver.conftest import Json

CASES = int(os.environ.get("VISITJOIN_FUZZ_CASES", "500"))
"""Of both tests together."""
EVERY = 25
"""Which accepted upload goes through the whole life, to its outcomes: each costs ten uploads."""

pytestmark = pytest.mark.timeout(CASES)  # seconds: a case takes less than a tenth of one

HEADERS = ("ClientId", "UserId", "Yclid", "PurchaseId", "Target", "DateTime", "Price", "Currency")
MOSCOW = ZoneInfo("Europe/Moscow")
BOUNDARY = b"----boundary7MA4YWxk"

FUZZ: Callable[[Any], Any] = settings(
    max_examples=CASES // 2,
    derandomize=CASES <= 500,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Target:
    """A receiver whose worker is not started: what it accepted stays in the spool to be counted."""

    app: Litestar
    path: str
    settings: Settings
    client: httpx.AsyncClient
    runner: asyncio.Runner
    accepted: int = 0

    def upload(self, chunks: Sequence[bytes], content_type: str) -> httpx.Response:
        """Upload a body that comes in these chunks."""
        return self.runner.run(self._upload(chunks, content_type))

    async def _upload(self, chunks: Sequence[bytes], content_type: str) -> httpx.Response:
        async def body() -> AsyncIterator[bytes]:
            for chunk in chunks:
                yield chunk

        headers = {"Content-Type": content_type} if content_type else {}
        address = f"{self.path}/offline_conversions/upload"
        return await self.client.post(address, content=body(), headers=headers)

    def get(self, path: str) -> Json:
        """What a call answers."""
        answer = self.runner.run(self.client.get(path))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def check_rows(self, uploading: dict[str, Any]) -> None:
        """Each row of an accepted file is kept once, and now and then has one outcome."""
        (waiting,) = (
            each
            for each in unfinished(self.app.state.worker.stores.catalog)
            if each.id == uploading["id"]
        )
        folder = Folder(self.settings.spool / waiting.folder)
        kept = pl.read_parquet(folder.conversions)["row_no"].to_list()
        dropped = pl.read_parquet(folder.rejects)["row_no"].to_list()
        rows = kept + dropped
        assert len(kept) == uploading["line_quantity"]
        assert len(set(rows)) == len(rows) == uploading["source_quantity"]
        self.accepted += 1
        stores: Stores = self.app.state.worker.stores
        with leased(stores, [waiting.id]) as leases:
            if self.accepted % EVERY == 1:
                carry_on(stores, leases)
                self._check_outcomes(uploading, sorted(rows))
            else:
                folder.remove()
                advance(stores.catalog, leases, UploadStatus.LINKAGE_FAILURE)

    def _check_outcomes(self, uploading: dict[str, Any], rows: list[int]) -> None:
        extension = self.path.replace("management", "visitjoin")
        answer = self.get(f"{extension}/uploading/{uploading['id']}/outcomes?limit=100000")
        assert [row["row_no"] for row in answer["outcomes"]] == rows
        assert sum(answer["counts"].values()) == answer["rows"] == uploading["source_quantity"]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    own = Settings(data=tmp_path_factory.mktemp("receiver") / "data", admin_token=TOKEN)
    clock = MovableClock()
    app = create_app(own, clock)
    with TestClient(app) as client:
        path = Receiver(client, clock, own).shop()
    called: Any = app  # the types of ASGI differ in names alone
    caller = httpx.AsyncClient(
        transport=httpx.ASGITransport(called, raise_app_exceptions=False),
        base_url="http://receiver",
        headers={"Authorization": f"OAuth {TOKEN}"},
    )
    with asyncio.Runner() as runner:
        yield Target(app, path, own, caller, runner)
        runner.run(caller.aclose())


identifiers = st.one_of(
    st.sampled_from(["", " ", CLIENT, "18446744073709551616", "1.7E+18", "u 1", '"', "\u00a0"]),
    st.integers(0, 2**65).map(str),
)
names = st.one_of(
    st.sampled_from(
        ["", " ", "crm-204", 'say "so"', "a,b", "два\nслова", "x\r\ny", "'", "\t", "="]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=5),
)
goals = st.sampled_from(["order_paid", "order_paid", "", "Order paid", "1", "ORDER_PAID"])
times = st.one_of(
    st.integers(int(NOW.timestamp()) - 10**6, int(NOW.timestamp()) + 10).map(str),
    st.sampled_from(["", "soon", "1773999000000", "2026-03-11 14:05", "2026-03-11T14:05:00Z"]),
)
prices = st.sampled_from(["", "0", "990.50", "-3", "1e3", "5 RUB", "1000000000000", "0.1234567"])
currencies = st.sampled_from(["", "RUB", "usd", "BTC", "rubles", "₽"])
cells = st.fixed_dictionaries(
    dict(
        zip(
            HEADERS,
            (identifiers, names, identifiers, names, goals, times, prices, currencies),
            strict=True,
        )
    )
)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A table as text, and what becomes of its rows: None for one without anything in it."""

    text: bytes
    fates: tuple[bool | None, ...]

    @property
    def rows(self) -> int:
        return sum(fate is not None for fate in self.fates)

    @property
    def accepted(self) -> int:
        return sum(fate is True for fate in self.fates)


@st.composite
def tables(draw: st.DrawFn) -> Written:
    """A table: columns in some order, unknown ones, quotes, line ends, blank and odd rows."""
    headers = draw(st.permutations([*HEADERS, "Note"]))
    needed = {"Target", "DateTime", draw(st.sampled_from(HEADERS[:4]))}
    headers = [header for header in headers if header in needed or draw(st.booleans())]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoted = draw(st.booleans())
    lines, fates = [_line(headers, quoted=quoted)], []
    for row in draw(st.lists(cells, max_size=8)):
        present = {"Note": "so it is", **row}
        values = [present[header] for header in headers]
        odd = draw(st.sampled_from(["", "", "", "", "blank", "short", "long"]))
        values, fate = _made_odd(odd, headers, values)
        lines.append(_line(values, quoted=quoted) if odd != "blank" else "")
        fates.append(fate)
    mark = draw(st.sampled_from(["", "\ufeff"]))
    last = draw(st.sampled_from(["", end, end + end]))
    return Written(text=(mark + end.join(lines) + last).encode(), fates=tuple(fates))


def _made_odd(odd: str, headers: list[str], values: list[str]) -> tuple[list[str], bool | None]:
    if odd == "blank":
        return [], None
    if odd == "short":
        values = values[: len(values) // 2 + 1]
    read = dict.fromkeys(HEADERS, "") | dict(zip(headers, values, strict=False))
    if odd == "long":
        return [*values, "more"], False
    if not any(value.strip() for value in values):
        return values, None
    return values, isinstance(slow_check(read, now=NOW, zone=MOSCOW), dict)


def _line(values: list[str], *, quoted: bool) -> str:
    needs = [quoted or any(mark in value for mark in ',";\t\r\n') for value in values]
    return ",".join(
        '"' + value.replace('"', '""') + '"' if need else value
        for value, need in zip(values, needs, strict=True)
    )


def framed(table: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """A form with the table as its part `file`."""
    head = b'Content-Disposition: form-data; name="file"; filename="d.csv"\r\n'
    parts = b"--" + BOUNDARY + b"\r\n" + head + b"Content-Type: text/csv\r\n\r\n" + table
    return before + parts + b"\r\n" + after + b"--" + BOUNDARY + b"--\r\n"


NOTE = b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
TYPES = st.sampled_from(
    [
        f"multipart/form-data; boundary={BOUNDARY.decode()}",
        "multipart/form-data",
        "multipart/form-data; boundary=another",
        "application/json",
        "text/csv",
        "",
    ]
)


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    """The body in chunks."""
    edges = sorted({0, len(body), *(place % (len(body) + 1) for place in places)})
    return [body[a:b] for a, b in pairwise(edges)]


@FUZZ
@given(
    table=tables(),
    content_type=TYPES,
    before=st.sampled_from([b"", NOTE, b"preamble\r\n"]),
    after=st.sampled_from([b"", NOTE]),
    places=st.lists(st.integers(0, 10**6), max_size=4),
)
def test_every_row_of_a_table_is_counted_as_a_slow_reading_counts_it(
    *,
    target: Target,
    table: Written,
    content_type: str,
    before: bytes,
    after: bytes,
    places: list[int],
) -> None:
    if before.startswith(b"preamble") and "7MA4" not in content_type:
        before = b""  # then nothing says that the body is a form
    body = framed(table.text, before=before, after=after)

    answer = target.upload(cut(body, places), content_type)

    if table.rows == 0:
        assert answer.status_code == 400, answer.text
        return
    assert answer.status_code == 200, answer.text
    uploading = answer.json()["uploading"]
    said = (uploading["source_quantity"], uploading["line_quantity"])
    assert said == (table.rows, table.accepted)
    target.check_rows(uploading)


@FUZZ
@given(
    table=tables(),
    content_type=TYPES,
    bare=st.booleans(),
    wounds=st.lists(
        st.tuples(
            st.integers(0, 10**6),
            st.integers(0, 3),
            st.one_of(
                st.binary(max_size=3), st.sampled_from([b"\r\n", b"\n", b"\r", b'"', b"--", b","])
            ),
        ),
        min_size=1,
        max_size=4,
    ),
    places=st.lists(st.integers(0, 10**6), max_size=4),
)
def test_a_damaged_body_is_refused_or_all_its_rows_are_kept(
    *,
    target: Target,
    table: Written,
    content_type: str,
    bare: bool,
    wounds: list[tuple[int, int, bytes]],
    places: list[int],
) -> None:
    body = table.text if bare else framed(table.text)
    for place, length, instead in wounds:
        at = place % (len(body) + 1)
        body = body[:at] + instead + body[at + length :]

    answer = target.upload(cut(body, places), content_type)

    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        target.check_rows(answer.json()["uploading"])
    else:
        assert answer.json()["errors"][0]["message"]
