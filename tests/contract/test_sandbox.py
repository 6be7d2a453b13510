from datetime import timedelta

import pytest

from visitjoin.contract.sandbox import Failing, Failure, duration_of, fault_of_failure
from visitjoin.contract.uploads import UploadStatus


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("+25h", timedelta(hours=25)),
        ("21d", timedelta(days=21)),
        (" 30m ", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("-1h", None),
        ("1.5h", None),
        ("25", None),
        ("9999999999d", None),
    ],
)
def test_a_duration_is_a_whole_number_and_its_unit(text: str, duration: timedelta | None) -> None:
    assert duration_of(text) == duration


@pytest.mark.parametrize(
    ("failure", "fault"),
    [
        (Failure(what=Failing.STATUS), "429, or one from 500 to 599"),
        (Failure(what=Failing.STATUS, status=404), "404 is no status of a failure. Order 429"),
        (Failure(what=Failing.STATUS, status=600), "429, or one from 500 to 599"),
        (
            Failure(what=Failing.STATUS, status=500, at=UploadStatus.UPLOADED),
            '"at" goes with "stuck"',
        ),
        (Failure(what=Failing.EMPTY, status=500), '"status" goes with an answered status alone'),
        (Failure(what=Failing.EMPTY, retry_after=1), '"retry_after" goes with an answered status'),
        (Failure(what=Failing.EMPTY, taken=True), 'alone, not with "empty"'),
        (Failure(what=Failing.EMPTY, at=UploadStatus.UPLOADED), '"at" goes with "stuck" alone'),
        (Failure(what=Failing.EMPTY, call="upload"), '"upload" fits no request'),
        (Failure(what=Failing.EMPTY, call="post */upload"), "the method in capitals"),
        (Failure(what=Failing.EMPTY, call="POST upload"), "such as"),
        (Failure(what=Failing.STUCK, at=UploadStatus.PROCESSED), "is a last status"),
        (Failure(what=Failing.STUCK, times=2), "until the failures are cleared"),
    ],
)
def test_an_order_that_contradicts_itself_is_said_to(failure: Failure, fault: str) -> None:
    assert fault in (fault_of_failure(failure) or "")


@pytest.mark.parametrize(
    "failure",
    [
        Failure(what=Failing.STATUS, status=429, retry_after=7, taken=True, times=2),
        Failure(what=Failing.CUT_IN_BODY, call="POST */upload", times=1),
        Failure(what=Failing.CUT_IN_BODY, call="*/upload"),
        Failure(what=Failing.CUT_IN_BODY, call="P*T /management/v1/*"),
        Failure(what=Failing.STUCK, at=UploadStatus.EXPORTED),
    ],
)
def test_an_order_that_can_be_followed_has_no_fault(failure: Failure) -> None:
    assert fault_of_failure(failure) is None
