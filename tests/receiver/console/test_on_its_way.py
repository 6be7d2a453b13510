"""An uploading is followed with its page, from the file's arrival to the last outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from litestar.testing import TestClient

from tests.receiver.conftest import CLIENT, TOKEN, MovableClock, Receiver
from visitjoin.contract.uploads import UploadStatus
from visitjoin.receiver.app import create_app
from visitjoin.receiver.config import Settings

from .browsing import Browsing, said

BOUGHT: Final = 1_773_900_000
"""19 March 2026, 09:00 in Moscow."""


class Held:
    """Keeps uploadings in a status until it lets them go."""

    status: UploadStatus | None = UploadStatus.EXPORTED

    def __call__(self, status: UploadStatus) -> bool:
        return status is self.status


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def receiver(tmp_path: Path, held: Held) -> Iterator[Receiver]:
    settings, clock = Settings(data=tmp_path / "data", admin_token=TOKEN), MovableClock()
    with TestClient(create_app(settings, clock, stays=held)) as client:
        yield Receiver(client, clock, settings)


def test_a_page_says_how_far_an_uploading_is_and_asks_again_until_its_end(
    receiver: Receiver, held: Held
) -> None:
    path = receiver.shop()
    sold = f"{CLIENT},order_paid,{BOUGHT},1,RUB"
    uploading = receiver.upload(path, sold, "1.79E+18,order_paid,1,1,RUB")
    shop = path.replace("/management/v1", "")
    page = f"{shop}/uploading/{uploading['id']}"
    browsing = Browsing.anew(receiver, TOKEN)

    on_its_way = browsing.get(page)
    while "Its rows are being joined to visits." not in on_its_way.text:
        on_its_way = browsing.get(page)

    assert 'data-every="1"' in on_its_way.text
    assert '<li class="now" aria-current="step">Stored</li>' in on_its_way.text
    assert "Rows 2 1 rejected Joined to a visit … Share joined …" in said(on_its_way)
    assert "What became of the rows" not in on_its_way.text
    assert 'data-every="2"' in browsing.get(f"{shop}/uploadings").text

    held.status = None
    receiver.client.app.state.worker.wake()
    receiver.ended(path, uploading)

    assert "Done, nothing joined Every row has its outcome" in browsing.text(page)
    assert "How far it is" not in browsing.get(page).text
