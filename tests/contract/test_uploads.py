import msgspec
import pytest

from visitjoin.contract.answers import UploadingAnswer
from visitjoin.contract.uploads import UploadStatus, fault_of_comment


def test_an_answer_without_most_of_its_fields_is_read() -> None:
    """The smallest answer that another client's tests have seen."""
    answer = msgspec.json.decode(
        b'{"uploading":{"id":7,"source_quantity":2,"line_quantity":2,"status":"UPLOADED"}}',
        type=UploadingAnswer,
    )

    assert answer.uploading.id == 7
    assert answer.uploading.linked_quantity is None


def test_fields_that_we_do_not_know_are_passed_over() -> None:
    answer = msgspec.json.decode(
        b'{"uploading":{"id":7,"status":"PROCESSED","new_in_2027":1}}', type=UploadingAnswer
    )

    assert answer.uploading.status is UploadStatus.PROCESSED


def test_processed_and_linkage_failure_are_the_last_statuses() -> None:
    assert [status for status in UploadStatus if status.is_last] == [
        UploadStatus.PROCESSED,
        UploadStatus.LINKAGE_FAILURE,
    ]


@pytest.mark.parametrize("comment", ["", "batch 7", "Заказы за 3 ноября", "2026-11-03 14:05"])
def test_comments_that_clients_send_are_taken(comment: str) -> None:
    assert fault_of_comment(comment) is None


def test_a_comment_that_is_too_long_is_refused_with_its_length() -> None:
    assert fault_of_comment("x" * 255) is None
    assert fault_of_comment("x" * 256) == "The comment has 256 characters; 255 are allowed."


def test_a_comment_with_markup_is_refused() -> None:
    assert fault_of_comment("<b>") is not None
