from itertools import chain, repeat

import pytest

from tests.sender.awaited import either_of
from tests.sender.faulty import Faulty
from visitjoin.contract.uploads import UploadingId, UploadStatus
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run import track as tracking
from visitjoin.sender.run.track import LONGEST_PAUSE

track = either_of(tracking.track, tracking.track_async)


@pytest.fixture
def metrica(either_metrica: Metrica) -> Metrica:
    return either_metrica


@pytest.fixture
def statuses(faulty: Faulty) -> list[str]:
    faulty.uploadings.append({"id": 1, "status": "PREPARED"})
    return ["UPLOADED", "UPLOADED", "EXPORTED", "MATCHED", "PROCESSED"]


def test_an_uploading_is_followed_to_its_last_status(
    metrica: Metrica, faulty: Faulty, statuses: list[str]
) -> None:
    later = iter(statuses)
    seen: list[str] = []

    last = track(
        metrica,
        UploadingId(1),
        on_change=lambda uploading: seen.append(uploading.status),
        sleep=lambda _: faulty.uploadings[0].update(status=next(later)),
    )

    assert last.status is UploadStatus.PROCESSED
    assert seen == ["PREPARED", "UPLOADED", "EXPORTED", "MATCHED", "PROCESSED"]


def test_pauses_grow_to_a_minute_and_no_further(metrica: Metrica, faulty: Faulty) -> None:
    faulty.uploadings.append({"id": 1, "status": "PREPARED"})
    pauses: list[float] = []
    later = chain(repeat("EXPORTED", 30), ["LINKAGE_FAILURE"])

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        faulty.uploadings[0]["status"] = next(later)

    track(metrica, UploadingId(1), sleep=sleep)

    assert pauses == sorted(pauses)
    assert pauses[0] < 1
    assert pauses[-1] == LONGEST_PAUSE


def test_patience_ends_with_the_uploading_as_it_stands(metrica: Metrica, faulty: Faulty) -> None:
    faulty.uploadings.append({"id": 1, "status": "EXPORTED"})
    waited: list[float] = []

    uploading = track(metrica, UploadingId(1), patience=10, sleep=waited.append)

    assert uploading.status is UploadStatus.EXPORTED
    assert 10 <= sum(waited) < 10 + LONGEST_PAUSE
