"""The fast checks give what a slow and obvious reading gives, row by row, through real files."""

import csv
from datetime import datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from visitjoin.contract.reasons import Reason
from visitjoin.prepare import prepare

from .conftest import NOW
from .slow_check import slow_check

BERLIN = ZoneInfo("Europe/Berlin")
HEADERS = ("ClientId", "UserId", "Yclid", "PurchaseId", "Target", "DateTime", "Price", "Currency")
WAYS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%dT%H:%MZ",
    "%Y-%m-%d %H:%M:%S+03:00",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M",
)
ODD_IDENTIFIERS = (
    *(
        "1.79351E+18",
        "1,8e+18",
        "17.0",
        "1e3",
        "+5",
        "-7",
        "1_0",
        "crm-204",
        "0x1F",
        "٣",
        "1.",
        "e5",
    ),
)
ODD_TIMES = (
    "1794690000000",
    "179469000000",
    "20261103",
    "soon",
    "2026-13-01 10:00",
    "2026-02-30 10:00",
)
ODD_PRICES = (
    *("0", "00012.50", "1 234,50", "12\u00a0990,5", "1.234,50", "1,5", "-3", "--3", "1e3", "5 RUB"),
    *("999999999999.999999", "1000000000000", "0.1234567", "1.1000000", ".5", "5.", "1 23", "٣"),
)

blank = st.sampled_from(["", " ", "\u00a0"])
identifiers = st.one_of(blank, st.integers(0, 2**65).map(str), st.sampled_from(ODD_IDENTIFIERS))
names = st.one_of(blank, st.sampled_from(["crm-204", " A-1 ", '"q"', "a;b", "два\nслова"]))
seconds = st.integers(int(NOW.timestamp()) - 10**7, int(NOW.timestamp()) + 5).map(str)
local = st.builds(
    datetime.strftime,
    # Both changes of Berlin's clocks in 2026 are inside.
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 12, 1)),  # noqa: DTZ001 - local on purpose
    st.sampled_from(WAYS),
)
times = st.one_of(blank, seconds, local, st.sampled_from(ODD_TIMES))
prices = st.one_of(blank, st.decimals(0, 10**6, places=2).map(str), st.sampled_from(ODD_PRICES))
currencies = st.sampled_from(["", "RUB", "usd", "BTC", "rubles", "₽", "R1B", " EUR "])
rows = st.tuples(
    *(identifiers, names, identifiers, names),
    *(st.one_of(st.just("order_paid"), blank), times, prices, currencies),
).map(lambda cells: dict(zip(HEADERS, cells, strict=True)))


def prepared(table: list[dict[str, str]], zone: ZoneInfo | None) -> dict[int, Any]:
    """Each row's conversion or reason, by its number, as `prepare` has it."""
    text = StringIO()
    writer = csv.DictWriter(text, HEADERS, delimiter=";")
    writer.writeheader()
    writer.writerows(table)
    with TemporaryDirectory() as folder:
        source, conversions, rejects = (
            Path(folder) / name for name in ("t.csv", "c.parquet", "r.parquet")
        )
        source.write_text(text.getvalue(), encoding="utf-8", newline="")
        result = prepare(source, conversions=conversions, rejects=rejects, now=NOW, zone=zone)
        kept = {row.pop("row_no"): row for row in pl.read_parquet(conversions).to_dicts()}
        dropped = {row["row_no"]: row["reason"] for row in pl.read_parquet(rejects).to_dicts()}
    assert result.rows == len(kept) + len(dropped)
    return kept | dropped


@given(st.lists(rows, min_size=1, max_size=60), st.sampled_from([BERLIN, None]))
@settings(max_examples=150, deadline=None)
def test_every_row_ends_as_the_slow_reading_says(
    table: list[dict[str, str]], zone: ZoneInfo | None
) -> None:
    table = [row for row in table if any(cell.strip() for cell in row.values())]
    table.append(dict.fromkeys(HEADERS, "") | {"Target": "so that no table is empty"})

    expected = {
        number: slow_check(row, now=NOW, zone=zone) for number, row in enumerate(table, start=1)
    }

    assert prepared(table, zone) == expected


def test_the_slow_reading_knows_every_reason_that_a_row_can_have() -> None:
    """So that agreement with it says something."""
    sound = dict(zip(HEADERS, ("17", "", "", "", "t", "1794690000", "5", "RUB"), strict=True))
    odd = (
        *({"ClientId": value} for value in ("", *ODD_IDENTIFIERS)),
        *({"DateTime": value} for value in ("", "2026-10-25 02:30", "1795176001", *ODD_TIMES)),
        *({"Price": value} for value in ODD_PRICES),
        *({"Currency": "rubles"}, {"Target": ""}),
    )

    answers = [slow_check(sound | cell, now=NOW, zone=BERLIN) for cell in odd]
    answers.append(slow_check(sound | {"DateTime": "2026-11-03 14:05"}, now=NOW, zone=None))
    found = {answer for answer in answers if isinstance(answer, Reason)}

    only_by_mapping = {Reason.LEFT_OUT, Reason.KEY_EMPTY, Reason.PRICE_NOT_IN_MINOR_UNITS}
    only_of_calls_and_chats = {
        Reason.PHONE_NUMBER_MALFORMED,
        Reason.DURATION_NOT_SECONDS,
        Reason.FLAG_NOT_0_OR_1,
        Reason.CHAT_PLATFORM_UNKNOWN,
        Reason.CHAT_CONTACT_MISSING,
    }
    others = {Reason.TOO_MANY_FIELDS, Reason.SEVERAL_IDENTIFIERS}
    assert found == set(Reason) - only_by_mapping - only_of_calls_and_chats - others
