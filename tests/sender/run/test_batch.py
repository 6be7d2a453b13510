"""A batch is uploaded once, whatever happens to the answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.sender.awaited import either_of
from tests.sender.faulty import Faulty
from visitjoin.contract.errors import OutcomeUnknown, Refused, TryLater
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.run import batch as batches
from visitjoin.sender.run.batch import new_batch_id

upload_once = either_of(batches.upload_once, batches.upload_once_async)
find_batch = either_of(batches.find_batch, batches.find_batch_async)


@pytest.fixture
def metrica(either_metrica: Metrica) -> Metrica:
    return either_metrica


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "conversions.csv"
    path.write_text("ClientId,Target,DateTime\n17,order_paid,1794690000\n")
    return path


def uploads(faulty: Faulty) -> int:
    return sum(request.startswith("POST") for request in faulty.requests)


@pytest.mark.parametrize("fault", ["lost", "half"])
def test_an_upload_that_was_taken_and_whose_answer_was_lost_is_found_and_not_sent_again(
    metrica: Metrica, faulty: Faulty, file: Path, fault: str
) -> None:
    faulty.faults.append(fault)

    uploading = upload_once(metrica, file, batch="7f", sleep=lambda _: None)

    assert uploading.comment == "visitjoin 7f"
    assert (uploads(faulty), len(faulty.uploadings)) == (1, 1)


@pytest.mark.parametrize("fault", ["cut", "500", "502", "503", "504"])
def test_an_upload_that_was_not_taken_is_sent_again(
    metrica: Metrica, faulty: Faulty, file: Path, fault: str
) -> None:
    faulty.faults.append(fault)
    told: list[str] = []

    upload_once(metrica, file, batch="7f", remark=told.append, sleep=lambda _: None)

    assert (uploads(faulty), len(faulty.uploadings)) == (2, 1)
    (sentence,) = told
    assert "(batch 7f)" in sentence
    assert sentence.endswith("the uploadings are searched for it, for up to 21 s.")


def test_an_upload_refused_for_its_rate_is_sent_again_without_a_search(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    faulty.faults.extend(["429", "429 1"])

    upload_once(metrica, file, batch="7f", sleep=lambda _: None)

    assert faulty.requests == ["POST /management/v1/counter/1/offline_conversions/upload"] * 3


def test_the_search_has_patience_with_a_server_that_lists_late(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    faulty.faults.append("lost")
    hidden: list[dict[str, object]] = []
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        """At the first look the uploading is not listed yet; at the second it is."""
        pauses.append(seconds)
        hidden.extend(faulty.uploadings)
        faulty.uploadings[:] = hidden[-1:] if len(pauses) > 1 else []

    upload_once(metrica, file, batch="7f", sleep=sleep)

    assert uploads(faulty) == 1
    assert pauses == [1.0, 5.0]


def test_another_batch_with_the_same_rows_is_not_taken_for_this_one(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    upload_once(metrica, file, batch="first", sleep=lambda _: None)
    faulty.faults.append("cut")

    upload_once(metrica, file, batch="second", sleep=lambda _: None)

    assert [one["comment"] for one in faulty.uploadings] == ["visitjoin first", "visitjoin second"]


def test_a_server_that_never_answers_ends_in_an_unknown_outcome_that_names_the_batch(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    # Each of the three uploads fails, and each of the looks that follow it finds nothing.
    faulty.faults.extend(["500", "ok", "ok", "ok"] * 3)

    with pytest.raises(OutcomeUnknown, match="batch 7f"):
        upload_once(metrica, file, batch="7f", sleep=lambda _: None)

    assert uploads(faulty) == 3
    assert faulty.uploadings == []


def test_the_request_carries_the_batch_as_its_idempotency_key(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    upload_once(metrica, file, batch="7f", sleep=lambda _: None)

    assert faulty.keys == ["7f"]


def listed(faulty: Faulty, number: int, *, newest: datetime) -> None:
    """Fill the list with uploadings of others, one an hour."""
    faulty.uploadings += [
        {
            "id": 1000 - back,
            "status": "PROCESSED",
            "comment": f"visitjoin {back}",
            "create_time": (newest - timedelta(hours=back)).isoformat(),
        }
        for back in reversed(range(number))
    ]


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_batch_is_found_pages_back_in_a_long_list(metrica: Metrica, faulty: Faulty) -> None:
    listed(faulty, 100, newest=NOW)
    faulty.largest_page = 30

    found = find_batch(metrica, "99")

    assert found is not None
    assert found.id == 901
    assert len(faulty.requests) == 4


def test_the_search_ends_with_the_list(metrica: Metrica, faulty: Faulty) -> None:
    listed(faulty, 100, newest=NOW)
    faulty.largest_page = 30

    assert find_batch(metrica, "7f") is None
    assert len(faulty.requests) == 5


def test_the_search_ends_at_what_is_older_than_the_batch(metrica: Metrica, faulty: Faulty) -> None:
    listed(faulty, 100, newest=NOW)
    faulty.largest_page = 30

    assert find_batch(metrica, "7f", since=NOW - timedelta(hours=4)) is None
    assert len(faulty.requests) == 1


def test_a_server_whose_clock_is_hours_behind_is_searched_all_the_same(
    metrica: Metrica, faulty: Faulty
) -> None:
    """The API does not say of which zone `create_time` is."""
    listed(faulty, 100, newest=NOW)
    faulty.largest_page = 5

    assert find_batch(metrica, "9", since=NOW) is not None


def test_a_list_that_is_not_newest_first_is_read_to_its_end(
    metrica: Metrica, faulty: Faulty
) -> None:
    listed(faulty, 100, newest=NOW)
    faulty.uploadings.reverse()
    faulty.largest_page = 30

    found = find_batch(metrica, "1", since=NOW - timedelta(hours=4))

    assert found is not None
    assert found.id == 999


def test_a_server_that_does_not_page_is_not_asked_for_ever(
    metrica: Metrica, faulty: Faulty
) -> None:
    """Its second page is its first."""
    listed(faulty, 3, newest=NOW)
    faulty.pages = False

    assert find_batch(metrica, "7f") is None
    assert len(faulty.requests) == 2


def test_a_refusal_is_not_tried_again(metrica: Metrica, faulty: Faulty, file: Path) -> None:
    faulty.faults.append("400")

    with pytest.raises(Refused):
        upload_once(metrica, file, batch="7f", sleep=lambda _: None)

    assert len(faulty.requests) == 1


def test_a_server_that_stays_over_its_quota_is_left_alone(
    metrica: Metrica, faulty: Faulty, file: Path
) -> None:
    faulty.faults.extend(["429"] * 20)

    with pytest.raises(TryLater):
        upload_once(metrica, file, batch="7f", sleep=lambda _: None)

    assert len(faulty.requests) == 6


def test_no_two_batches_have_one_id() -> None:
    assert len({new_batch_id() for _ in range(1000)}) == 1000
