"""What a test can ask of a sandbox, and tell it."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from visitjoin.contract.errors import ApiError, SettingError
from visitjoin.contract.extension import OutcomeRow
from visitjoin.contract.sandbox import ANY_CALL, Failing, Failure, SandboxState, SeededVisit
from visitjoin.contract.uploads import UploadingId, UploadStatus
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.api.sandbox import Controls

PATIENCE: Final = timedelta(seconds=30)
"""How long an uploading may take: it takes a part of a second, on a busy machine some."""

_LOOK: Final = 0.02
"""Seconds between two looks."""


class Sandbox:
    """A sandbox that runs. What is told here passes by the failures that are ordered."""

    def __init__(self, address: str, token: str, state: SandboxState) -> None:
        """Talk to a sandbox on this machine. state: as it stands."""
        self.address = address
        """For the client that is tested, such as http://127.0.0.1:41234."""
        self.token = token
        """An OAuth token that may do everything."""
        self._state = state
        self._metrica = Metrica(counter=state.counter, token=token, base_url=state.side_door)
        self._controls = Controls(self._metrica)

    def __repr__(self) -> str:
        return f"Sandbox({self.address!r}, counter={self.counter})"

    @property
    def counter(self) -> int:
        """The counter that is there from the beginning; its tracking is on."""
        return self._state.counter

    @property
    def targets(self) -> tuple[str, ...]:
        """Identifiers of that counter's goals, for the column Target."""
        return self._state.targets

    @property
    def visits(self) -> tuple[SeededVisit, ...]:
        """That counter's visits, the newest last; each has the identifiers by which it is found."""
        return self._state.visits

    @property
    def now(self) -> datetime:
        """What the sandbox's clock says; aware, UTC."""
        return self._controls.state().now

    def move_clock(self, by: timedelta) -> None:
        """Move the clock ahead, by whole seconds; what becomes due is done at once."""
        self._state = self._controls.move_clock(by)

    def fail(
        self,
        what: int | str,
        *,
        call: str = ANY_CALL,
        times: int | None = None,
        retry_after: int | None = None,
        taken: bool = False,
        at: UploadStatus | str | None = None,
    ) -> None:
        """Let requests fail from now on.

        what: 429, a status from 500 to 599, or the name of a `Failing`, such as "cut-in-body".
        call: which requests: method and path, `*` for anything, as in "POST */upload".
        times: how many of them; None: all, until `recover` or `reset`.
        retry_after: seconds that the answer with a status asks to wait.
        taken: whether the receiver takes the request before the status is answered.
        at: the status in which uploadings are "stuck"; None for UPLOADED.

        Raises SettingError where this makes no sense.
        """
        self._state = self._controls.fail(
            Failure(
                what=Failing.STATUS if isinstance(what, int) else _failing(what),
                status=what if isinstance(what, int) else None,
                call=call,
                times=times,
                retry_after=retry_after,
                taken=taken,
                at=None if at is None else UploadStatus(at),
            )
        )

    def recover(self) -> None:
        """Clear all failures; uploadings that were stuck go on."""
        self._state = self._controls.recover()

    def reset(self) -> None:
        """Begin anew: the first data, no failures, the real time, ids from 1."""
        self._state = self._controls.reset()

    def outcomes(
        self, uploading_id: int, *, counter: int | None = None, patience: timedelta = PATIENCE
    ) -> tuple[OutcomeRow, ...]:
        """What became of the rows of an uploading, in the order of the file, when it has ended.

        counter: whose uploading it is; None for that of the beginning. patience: how long to wait,
        in real time.

        Raises Refused where there is no such uploading, TimeoutError where it does not end.
        """
        whose = self.counter if counter is None else counter
        with Metrica(counter=whose, token=self.token, base_url=self._state.side_door) as metrica:
            deadline = time.monotonic() + patience.total_seconds()
            while True:
                try:
                    return _all(Receiver(metrica), UploadingId(uploading_id))
                except ApiError as error:
                    if error.status != HTTPStatus.CONFLICT:
                        raise
                    if time.monotonic() > deadline:
                        raise TimeoutError(error.message) from error
                time.sleep(_LOOK)

    def close(self) -> None:
        """Let go of the connections to it."""
        self._metrica.close()


def _all(receiver: Receiver, uploading_id: UploadingId) -> tuple[OutcomeRow, ...]:
    pages: Iterator[tuple[OutcomeRow, ...]] = receiver.all_outcomes(uploading_id)
    return tuple(row for page in pages for row in page)


def _failing(what: str) -> Failing:
    try:
        return Failing(what)
    except ValueError as error:
        raise SettingError(f'"{what}" is no failure. There are: {", ".join(Failing)}.') from error
