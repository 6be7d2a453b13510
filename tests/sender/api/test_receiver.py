"""What our receiver answers beyond the API, asked by the sender's own client."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import Running
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.contract.extension import Correction, CorrectionState
from visitjoin.contract.uploads import UploadingId
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.run.track import track

BOUGHT = int(datetime.now(UTC).timestamp()) - 60
CLIENT = "1700000000123456789"


def _sent(shop: Metrica, folder: Path) -> Correction:
    """Send one conversion, and return what retracts it."""
    file = folder / "conversions.csv"
    file.write_text(f"ClientId,Target,DateTime\n{CLIENT},order_paid,{BOUGHT}\n")
    track(shop, shop.upload(file).id)
    return Correction(client_id=CLIENT, target="order_paid", happened_at=BOUGHT, retract=True)


def test_a_conversion_is_corrected_once_under_a_key_and_the_words_are_listed(
    running: Running, tmp_path: Path
) -> None:
    with running.shop() as shop:
        receiver = Receiver(shop)
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


def test_a_correction_that_makes_no_sense_is_not_even_sent(running: Running) -> None:
    with running.shop() as shop, pytest.raises(SettingError, match="Correction 1: neither retract"):
        Receiver(shop).correct([Correction(purchase_id="A-1")])


def test_all_outcomes_of_an_uploading_come_as_one_file(running: Running, tmp_path: Path) -> None:
    into = tmp_path / "outcomes.parquet"
    with running.shop() as shop:
        _sent(shop, tmp_path)
        (uploading,) = shop.uploadings()

        Receiver(shop).download_outcomes(uploading.id, into)

    rows = pl.read_parquet(into)
    assert rows.select("row_no", "outcome", "happened_at").rows() == [
        (1, "visitor_not_found", BOUGHT)
    ]


def test_a_download_that_is_refused_leaves_no_file(running: Running, tmp_path: Path) -> None:
    with running.shop() as shop, pytest.raises(Refused, match="There is no uploading 77"):
        Receiver(shop).download_outcomes(UploadingId(77), tmp_path / "outcomes.parquet")

    assert list(tmp_path.iterdir()) == []
