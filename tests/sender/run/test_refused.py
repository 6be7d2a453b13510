"""A file that the server refuses: the others go, every row is told, and the reason is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import polars as pl
import pytest

from tests.conftest import Running
from tests.e2e.faulty_proxy import Proxy, faulty_proxy
from tests.e2e.patterns import UPLOAD
from visitjoin.contract.errors import OutcomeUnknown, VisitjoinError
from visitjoin.receiver.sandbox.faults import PASS, refused
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.report.page import write_html
from visitjoin.sender.report.refusals import check_taken
from visitjoin.sender.report.report import Fate, Report, add
from visitjoin.sender.run.correct import correct
from visitjoin.sender.run.history import history
from visitjoin.sender.run.resend import resend
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.run.wishes import Wishes

NOW = datetime.now(UTC)
BOUGHT = int(NOW.timestamp()) - 60
ONE_BY_ONE = Wishes(rows_per_batch=1, parallel=1)


@dataclass(frozen=True)
class Shop:
    """A counter behind a proxy that says 400 when it is told to."""

    metrica: Metrica
    proxy: Proxy
    folder: Path

    def deals(self, third: str = "0.01") -> Path:
        """Three deals and a row of nobody."""
        table = self.folder / "deals.csv"
        table.write_text(
            "ClientId,Target,DateTime,Price,Currency\n"
            f"17,order_paid,{BOUGHT},100,RUB\n"
            f"18,order_paid,{BOUGHT},20.50,RUB\n"
            f"19,order_paid,{BOUGHT},{third},RUB\n"
            f",order_paid,{BOUGHT},5,RUB\n"
        )
        return table


@pytest.fixture
def shop(running: Running, tmp_path: Path) -> Iterator[Shop]:
    with running.shop() as direct, faulty_proxy(running.address) as proxy:
        counter, token = direct.counter_id, running.token
        with Metrica(counter=counter, token=token, base_url=proxy.address) as metrica:
            yield Shop(metrica, proxy, tmp_path)


def rows(report: Report) -> dict[str, int]:
    return {fate.value: total.rows for fate, total in report.fates.items()}


def test_every_row_is_told_and_the_money_adds_up_to_the_kopeck(shop: Shop) -> None:
    shop.proxy.order(UPLOAD, [PASS, refused(400)])
    told = shop.folder / "told.csv"

    report = send(shop.metrica, shop.deals(), replace(ONE_BY_ONE, fates=told))

    assert rows(report) == {"rejected": 1, "refused": 1, "visitor_not_found": 2}
    assert report.fates[Fate.REFUSED].money == {"RUB": Decimal("20.50")}
    assert report.uploaded.money == {"RUB": Decimal("100.01")}
    kept_back = [report.fates[Fate.REJECTED], report.fates[Fate.REFUSED]]
    assert report.in_export == add([*kept_back, report.uploaded])
    assert report.in_export == add(add(one.fates.values()) for one in report.by_target)
    assert not report.is_spotless
    of_row = pl.read_csv(told, infer_schema=False).row(1, named=True)
    assert (of_row["fate"], of_row["remark"][:3]) == ("refused", "400")


def test_the_page_and_json_have_a_line_for_it(shop: Shop) -> None:
    shop.proxy.order(UPLOAD, [refused(400)])
    report = send(shop.metrica, shop.deals(), ONE_BY_ONE)
    page = shop.folder / "report.html"

    write_html(report, page, now=NOW)

    drawn = page.read_text(encoding="utf-8")
    assert "refused by the server: not sent, goes again next time" in drawn
    assert report.refused[0].batch in drawn
    as_json = msgspec.json.decode(msgspec.json.encode(report))
    assert as_json["fates"]["refused"] == {"rows": 1, "money": {"RUB": "100.000000"}}
    assert as_json["refused"][0]["rows"] == 1


def test_the_next_run_sends_what_was_refused_and_nothing_else(shop: Shop) -> None:
    shop.proxy.order(UPLOAD, [PASS, refused(400)])
    send(shop.metrica, shop.deals(), ONE_BY_ONE)

    again = send(shop.metrica, shop.deals(), ONE_BY_ONE)

    assert rows(again) == {"rejected": 1, "known": 2, "visitor_not_found": 1}
    assert again.refused == ()


def test_a_new_price_that_was_refused_is_not_told_as_sent(shop: Shop) -> None:
    send(shop.metrica, shop.deals(), ONE_BY_ONE)
    shop.proxy.order(UPLOAD, [refused(400)])

    report = send(shop.metrica, shop.deals(third="7"), ONE_BY_ONE)
    again = send(shop.metrica, shop.deals(third="7"), ONE_BY_ONE)

    assert report.repriced == ()
    assert [(one.before, one.now) for one in again.repriced] == [(Decimal("0.01"), Decimal(7))]


def test_the_history_keeps_the_words_of_the_server(shop: Shop) -> None:
    shop.proxy.order(UPLOAD, [refused(400)])
    report = send(shop.metrica, shop.deals(), ONE_BY_ONE)

    (kept,) = history(shop.metrica, limit=20).refused

    (told,) = report.refused
    assert (kept.id, kept.refusal) == (told.batch, told.refusal)
    with pytest.raises(VisitjoinError, match=rf"batch {kept.id} \(1 row\): 400 .* send again"):
        check_taken(report.refused)


def test_a_file_that_is_too_large_is_told_how_to_be_cut(shop: Shop) -> None:
    shop.proxy.order(UPLOAD, [refused(413)])

    report = send(shop.metrica, shop.deals())

    assert "Send smaller files: --rows-per-batch 1." in report.refused[0].sentence


def test_what_was_not_found_and_is_refused_now_is_tried_once_more(shop: Shop) -> None:
    send(shop.metrica, shop.deals())
    shop.proxy.order(UPLOAD, [refused(400)])

    first = resend(shop.metrica, pause=timedelta())
    second = resend(shop.metrica, pause=timedelta())

    assert (first.rows, [one.rows for one in first.refused]) == (0, [3])
    assert (second.rows, second.refused) == (3, ())


def test_a_correction_that_is_refused_is_not_told_as_made(shop: Shop) -> None:
    send(shop.metrica, shop.deals())
    shop.proxy.order(UPLOAD, [refused(400)])

    done = [
        correct(shop.metrica, shop.deals(), refunded=True, apply=True, by_price_alone=True)
        for _ in range(2)
    ]

    states = [{change.state.value: change.rows for change in one.changes} for one in done]
    assert states == [{"rejected": 1, "refused": 3}, {"rejected": 1, "set_to_zero": 3}]
    assert done[0].net_error == {"RUB": Decimal("120.51")}


def test_an_upload_that_stays_without_an_answer_is_told_and_the_next_run_finishes_it(
    shop: Shop,
) -> None:
    shop.proxy.order(UPLOAD, [refused(500)] * 3)
    said: list[str] = []

    with pytest.raises(OutcomeUnknown):
        send(shop.metrica, shop.deals(), telling=Telling(remark=said.append), sleep=lambda _: None)
    assert said[-1].startswith("Whether it was taken is not known. The ledger has it: the next run")

    said.clear()
    send(shop.metrica, shop.deals(), telling=Telling(remark=said.append), sleep=lambda _: None)
    (told,) = said
    assert told.startswith("Uploaded now what an earlier run left on its way: 3 rows, uploading ")
