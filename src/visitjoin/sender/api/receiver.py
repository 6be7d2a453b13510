"""What our receiver can do beyond the API. Metrica must not be asked for any of it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from visitjoin.contract.errors import SettingError
from visitjoin.contract.explanation import (
    RowExplained,
    RowExplainedAnswer,
    Summary,
    SummaryAnswer,
)
from visitjoin.contract.extension import (
    IDEMPOTENCY_KEY,
    OUTCOMES_PAGE,
    Correction,
    CorrectionsAnswer,
    CorrectionsBody,
    InstanceAnswer,
    KeptCorrection,
    KeptCorrectionsAnswer,
    OutcomeRow,
    OutcomesAnswer,
    ReportAnswer,
    ReportRow,
    VisitsImported,
    VisitsImportedAnswer,
    fault_of_corrections,
)
from visitjoin.contract.uploads import UploadingId
from visitjoin.sender.api.client import AsyncMetrica, Metrica
from visitjoin.sender.api.methods import awaited, waiting
from visitjoin.sender.api.steps import FilePart, Request, Steps, ask, download

T = TypeVar("T")

_BEYOND: Final = "/visitjoin/v1"

_END_OF_PARQUET: Final = b"PAR1"
"""Each Parquet file ends with these four (its specification, "File format")."""


@dataclass(frozen=True)
class ReceiverCalls:
    """The calls of our receiver that the API does not have, as descriptions, for one counter."""

    counter_id: int

    def instance(self) -> Steps[str]:
        """The receiver's own name: another one at the same address has another."""
        request = Request(method="GET", path=f"{_BEYOND}/instance")
        return (yield from ask(request, InstanceAnswer, tries_again=True)).instance

    def import_visits(self, table: Path) -> Steps[VisitsImported]:
        """Import visits from a Logs API export (TSV), a CSV or a Parquet file.

        Importing the same visits again counts them once, so an import may be repeated.
        """
        if not table.is_file():
            raise SettingError(f"There is no file {table}.")
        request = Request(
            method="POST",
            path=self._path("visits"),
            file=FilePart(path=table, content_type="application/octet-stream"),
        )
        return (yield from ask(request, VisitsImportedAnswer)).visits

    def outcomes(
        self, uploading_id: UploadingId, *, offset: int = 0, limit: int = OUTCOMES_PAGE
    ) -> Steps[OutcomesAnswer]:
        """A page of the rows of an uploading and their fate, in the order of the file."""
        request = Request(
            method="GET",
            path=self._path(f"uploading/{uploading_id}/outcomes"),
            params={"offset": offset, "limit": limit},
        )
        return (yield from ask(request, OutcomesAnswer, tries_again=True))

    def download_outcomes(self, uploading_id: UploadingId, path: Path) -> Steps[None]:
        """Write all rows of an uploading and their fates to a Parquet file, in no order.

        path: the file; it has the columns of `OutcomeRow`, and appears whole or not at all.
        """
        request = Request(
            method="GET",
            path=self._path(f"uploading/{uploading_id}/outcomes"),
            params={"format": "parquet"},
            is_slow=True,
        )
        yield from download(request, path, ends_with=_END_OF_PARQUET)

    def summary(self, uploading_id: UploadingId) -> Steps[Summary]:
        """An uploading in words: how many rows ended where, and what to mend."""
        request = Request(method="GET", path=self._path(f"uploading/{uploading_id}/summary"))
        return (yield from ask(request, SummaryAnswer, tries_again=True)).summary

    def explain_row(self, uploading_id: UploadingId, row_no: int) -> Steps[RowExplained]:
        """One row of an uploading, its outcome and the facts behind it. row_no: from 1."""
        path = self._path(f"uploading/{uploading_id}/outcomes/{row_no}")
        request = Request(method="GET", path=path)
        return (yield from ask(request, RowExplainedAnswer, tries_again=True)).explained

    def report(self) -> Steps[tuple[ReportRow, ...]]:
        """Linked conversions and revenue by goal, traffic source and currency."""
        request = Request(method="GET", path=self._path("report"))
        return (yield from ask(request, ReportAnswer, tries_again=True)).report

    def correct(
        self, corrections: Sequence[Correction], *, key: str | None = None
    ) -> Steps[CorrectionsAnswer]:
        """Retract conversions or give them new prices: all of the corrections or none.

        corrections: at most 10,000. key: an Idempotency-Key; after OutcomeUnknown the same call
        under the same key is safe.

        Raises SettingError where a correction makes no sense.
        """
        if fault := fault_of_corrections(corrections):
            raise SettingError(fault)
        request = Request(
            method="POST",
            path=self._path("corrections"),
            headers={IDEMPOTENCY_KEY: key} if key is not None else None,
            json=msgspec.to_builtins(CorrectionsBody(corrections=tuple(corrections))),
        )
        return (yield from ask(request, CorrectionsAnswer))

    def corrections(
        self, *, limit: int = OUTCOMES_PAGE, offset: int = 0
    ) -> Steps[tuple[KeptCorrection, ...]]:
        """The corrections of the counter, newest first. limit, offset: rows of the list, from 0."""
        request = Request(
            method="GET",
            path=self._path("corrections"),
            params={"limit": limit, "offset": offset},
        )
        return (yield from ask(request, KeptCorrectionsAnswer, tries_again=True)).corrections

    def _path(self, rest: str) -> str:
        return f"{_BEYOND}/counter/{self.counter_id}/{rest}"


class Receiver:
    """The calls of our receiver that the API does not have, for the counter of a client."""

    def __init__(self, metrica: Metrica) -> None:
        """Raises SettingError where the client talks to Metrica itself."""
        self.calls = _calls_beyond(metrica)
        self._metrica = metrica

    def run(self, steps: Steps[T]) -> T:
        """Do a piece of work with the client."""
        return self._metrica.run(steps)

    instance = waiting(ReceiverCalls.instance)
    import_visits = waiting(ReceiverCalls.import_visits)
    outcomes = waiting(ReceiverCalls.outcomes)
    download_outcomes = waiting(ReceiverCalls.download_outcomes)
    summary = waiting(ReceiverCalls.summary)
    explain_row = waiting(ReceiverCalls.explain_row)
    report = waiting(ReceiverCalls.report)
    correct = waiting(ReceiverCalls.correct)
    corrections = waiting(ReceiverCalls.corrections)

    def all_outcomes(self, uploading_id: UploadingId) -> Iterator[tuple[OutcomeRow, ...]]:
        """All rows of an uploading and their fate, a page at a time."""
        offset = 0
        while rows := self.outcomes(uploading_id, offset=offset).outcomes:
            yield rows
            offset += len(rows)


class AsyncReceiver:
    """`Receiver` for asyncio: the same calls, awaited."""

    def __init__(self, metrica: AsyncMetrica) -> None:
        """Raises SettingError where the client talks to Metrica itself."""
        self.calls = _calls_beyond(metrica)
        self._metrica = metrica

    async def run(self, steps: Steps[T]) -> T:
        """Do a piece of work with the client."""
        return await self._metrica.run(steps)

    instance = awaited(ReceiverCalls.instance)
    import_visits = awaited(ReceiverCalls.import_visits)
    outcomes = awaited(ReceiverCalls.outcomes)
    download_outcomes = awaited(ReceiverCalls.download_outcomes)
    summary = awaited(ReceiverCalls.summary)
    explain_row = awaited(ReceiverCalls.explain_row)
    report = awaited(ReceiverCalls.report)
    correct = awaited(ReceiverCalls.correct)
    corrections = awaited(ReceiverCalls.corrections)

    async def all_outcomes(
        self, uploading_id: UploadingId
    ) -> AsyncIterator[tuple[OutcomeRow, ...]]:
        """All rows of an uploading and their fate, a page at a time."""
        offset = 0
        while rows := (await self.outcomes(uploading_id, offset=offset)).outcomes:
            yield rows
            offset += len(rows)


def _calls_beyond(metrica: Metrica | AsyncMetrica) -> ReceiverCalls:
    if metrica.is_yandex:
        raise SettingError(
            "Yandex.Metrica has no such call: it takes a receiver of one's own (--api)."
        )
    return ReceiverCalls(metrica.counter_id)
