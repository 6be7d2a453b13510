from datetime import UTC, datetime, timedelta

from visitjoin.contract.window import can_upload, cut_off, first_upload

ENABLED = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_just_enabled_the_window_is_empty() -> None:
    assert cut_off(ENABLED, processed_at=ENABLED) == ENABLED


def test_the_window_grows_with_time_until_it_is_21_days() -> None:
    assert cut_off(ENABLED, ENABLED + timedelta(days=5)) == ENABLED
    assert cut_off(ENABLED, ENABLED + timedelta(days=21)) == ENABLED
    assert cut_off(ENABLED, ENABLED + timedelta(days=22)) == ENABLED + timedelta(days=1)


def test_an_upload_is_possible_a_day_after_enabling() -> None:
    assert not can_upload(ENABLED, ENABLED + timedelta(hours=23, minutes=59))
    assert can_upload(ENABLED, ENABLED + timedelta(hours=24))


def test_tracking_that_is_new_tells_when_metrica_takes_the_first_upload() -> None:
    tomorrow = ENABLED + timedelta(hours=24)

    assert first_upload(ENABLED, ENABLED + timedelta(hours=23)) == tomorrow
    assert first_upload(ENABLED, tomorrow) is None


def test_a_receiver_may_take_uploads_at_once() -> None:
    assert can_upload(ENABLED, ENABLED, delay=timedelta(0))
