"""What our receiver answers beyond the API, asked by the sender's own client."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import Running
from tests.e2e.faulty_proxy import faulty_proxy
from tests.e2e.patterns import OUTCOMES
from tests.sender.awaited import either_of, receiver_of
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.contract.extension import Correction, CorrectionState
from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.sandbox.faults import ANSWER_OF_NOTHING, HALF_AN_ANSWER, Fault
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run import track as tracking

track = either_of(tracking.track, tracking.track_async)

BOUGHT = int(datetime.now(UTC).timestamp()) - 60
CLIENT = "1700000000123456789"


def _sent(shop: Metrica, folder: Path) -> Correction:
    """Send one conversion, and return what retracts it."""
    file = folder / "conversions.csv"
    file.write_text(f"ClientId,Target,DateTime\n{CLIENT},order_paid,{BOUGHT}\n")
    track(shop, shop.upload(file).id)
    return Correction(client_id=CLIENT, target="order_paid", happened_at=BOUGHT, retract=True)


def test_a_conversion_is_corrected_once_under_a_key_and_the_words_are_listed(
    either: Running, tmp_path: Path
) -> None:
    with either.shop() as shop:
        receiver = receiver_of(shop)
        retract = _sent(shop, tmp_path)
        reprice = Correction(
            client_id=CLIENT,
            target="order_paid",
            happened_at=BOUGHT,
            price=Decimal("80.50"),
            currency="RUB",
        )

        first = receiver.correct([retract, reprice], key="refunds-3")
        again = receiver.correct([retract, reprice], key="refunds-3")

        assert again == first
        assert [(row.found, row.state) for row in first.corrections] == [
            (1, CorrectionState.RETRACTED),
            (1, CorrectionState.REPRICED),
        ]
        newest, oldest = receiver.corrections()
        assert (newest.price, newest.made_by, oldest.retract) == (Decimal("80.50"), "admin", True)


def test_a_correction_that_makes_no_sense_is_not_even_sent(either: Running) -> None:
    with either.shop() as shop, pytest.raises(SettingError, match="Correction 1: neither retract"):
        receiver_of(shop).correct([Correction(purchase_id="A-1")])


def test_all_outcomes_of_an_uploading_come_as_one_file(either: Running, tmp_path: Path) -> None:
    into = tmp_path / "outcomes.parquet"
    with either.shop() as shop:
        _sent(shop, tmp_path)
        (uploading,) = shop.uploadings()

        receiver_of(shop).download_outcomes(uploading.id, into)

    rows = pl.read_parquet(into)
    assert rows.select("row_no", "outcome", "happened_at").rows() == [
        (1, "visitor_not_found", BOUGHT)
    ]


@pytest.mark.parametrize("fault", [HALF_AN_ANSWER, ANSWER_OF_NOTHING], ids=["half", "nothing"])
def test_a_file_that_is_not_whole_is_asked_for_again(
    either: Running, tmp_path: Path, fault: Fault
) -> None:
    into = tmp_path / "outcomes.parquet"
    with faulty_proxy(either.address) as proxy:
        proxy.order(OUTCOMES, [fault])
        with replace(either, address=proxy.address).shop() as shop:
            _sent(shop, tmp_path)
            (uploading,) = shop.uploadings()

            receiver_of(shop).download_outcomes(uploading.id, into)

        assert len(proxy.seen(OUTCOMES)) == 2
    assert pl.read_parquet(into).height == 1


def test_a_download_that_is_refused_leaves_no_file(either: Running, tmp_path: Path) -> None:
    with either.shop() as shop, pytest.raises(Refused, match="There is no uploading 77"):
        receiver_of(shop).download_outcomes(UploadingId(77), tmp_path / "outcomes.parquet")

    assert list(tmp_path.iterdir()) == []


def test_what_our_receiver_has_beyond_the_api_is_asked_page_by_page(
    either: Running, tmp_path: Path
) -> None:
    bought = int(datetime.now(UTC).timestamp()) - 60
    visits, conversions = tmp_path / "visits.csv", tmp_path / "conversions.csv"
    visits.write_text(f"visit_id,client_id,started_at\nv1,17,{bought - 60}\n")
    conversions.write_text(
        f"ClientId,Target,DateTime,Price,Currency\n17,order_paid,{bought},10.5,RUB\n"
        f"18,order_paid,{bought},1,RUB\n"
    )
    with either.shop() as shop:
        receiver = receiver_of(shop)
        imported = receiver.import_visits(visits)
        last = track(shop, shop.upload(conversions, batch="7f").id)
        (page,) = receiver.all_outcomes(last.id)
        second = receiver.outcomes(last.id, offset=1, limit=1)
        (revenue,) = receiver.report()

    assert imported.new == 1
    assert [row.outcome for row in page] == ["linked", "visitor_not_found"]
    assert second.outcomes == page[1:]
    assert (revenue.conversions, revenue.revenue) == (1, Decimal("10.5"))
