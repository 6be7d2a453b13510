"""A client that stops in the middle of its body is let go, and nothing of it stays."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from tests.receiver.conftest import Receiver
from tests.receiver.stalling import StallingUpload
from visitjoin.receiver import Settings

BEGINNING = b'--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\nClientId,Target'


def _upload_of(receiver: Receiver, path: str) -> StallingUpload:
    return StallingUpload(f"{path}/offline_conversions/upload", receiver.headers, BEGINNING)


def test_a_body_that_stands_still_is_given_up(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, patience=timedelta(seconds=0.05)))
    upload = _upload_of(receiver, receiver.shop())

    with receiver.client.portal() as portal:
        portal.call(upload.run, receiver.client.app)

    answer, body = upload.said
    assert answer["type"] == "http.response.start"
    assert answer["status"] == 504
    assert body["type"] == "http.response.body"
    assert b'"error_type":"timeout"' in body["body"]
    assert list(settings.spool.iterdir()) == []


def test_of_more_uploads_than_are_received_at_once_nothing_is_read(
    start: Callable[[Settings], Receiver], settings: Settings
) -> None:
    receiver = start(replace(settings, bodies_at_once=1))
    path = receiver.shop()
    uploads = [_upload_of(receiver, path) for _ in range(2)]

    async def come_one_after_the_other() -> list[bool]:
        running = [asyncio.create_task(upload.run(receiver.client.app)) for upload in uploads]
        # Each has a folder from the step on in which it would begin to read.
        while len(list(settings.spool.iterdir())) < len(uploads):  # noqa: ASYNC110 - a disk tells nobody
            await asyncio.sleep(0.001)
        read = [upload.begun.is_set() for upload in uploads]
        for upload in uploads:
            upload.hung_up.set()
        await asyncio.gather(*running)
        return read

    with receiver.client.portal() as portal:
        read = portal.call(come_one_after_the_other)

    assert sorted(read) == [False, True]
    assert all(upload.begun.is_set() for upload in uploads)


def test_a_client_that_hangs_up_is_no_fault_of_the_receiver(receiver: Receiver) -> None:
    upload = _upload_of(receiver, receiver.shop())
    upload.hung_up.set()

    with receiver.client.portal() as portal, capture_logs() as logs:
        portal.call(upload.run, receiver.client.app)

    assert [event for event in logs if event["log_level"] == "error"] == []
    assert list(receiver.settings.spool.iterdir()) == []
